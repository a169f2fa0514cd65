import { takesNoResource } from '../../aws-rules/resource-level';

/** A value of a permission that is wrong next to its other values. */
interface PermissionMistake {
  readonly list: 'actions' | 'resources';
  /** Index in that list. */
  readonly at: number;
  readonly value: string;
  readonly message: string;
}

/** Texts by their index in a list. */
type Indexed = ReadonlyMap<number, string>;

/** An action without wildcards. */
export const ACTION = /^[a-z0-9-]+:[A-Z][A-Za-z0-9]*$/;
/** An ARN, or `*`. */
export const ARN = /^(arn:[^:]+:[a-z0-9-]+:[^:]*:[^:]*:.+|\*)$/;

/**
 * Services of whose actions every one that takes a resource takes one with the service's own ARN. Others do not, e.g.
 * `ssm:SendCommand` takes an EC2 instance, `kinesis:StartStreamEncryption` a KMS key.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 * "resource types defined by" each of them
 */
const ONLY_OWN_ARNS = ['dynamodb', 'lambda', 'secretsmanager', 'sns', 'sqs'];

/** An ARN of IAM that is nothing but wildcards behind the kind of resource: every role, every user, or both. */
const EVERY_IDENTITY = /^arn:[^:]*:iam:[^:]*:[^:]*:([*?]+.*|[a-z-]+[*?]+|[a-z-]+\/[*?]+)$/;

/**
 * Actions by which a service would get what any role or user of the account may do. To those that give a role permissions,
 * the denials of `lib/permissions/service-role-permissions.ts` set limits, whatever the configuration allows; to these
 * nothing does.
 */
const TAKES_OVER =
  /^(iam:(PassRole|UpdateAssumeRolePolicy|CreateUser|AddUserToGroup|(Attach|Put)(User|Group)Policy|(Create|Update)(AccessKey|LoginProfile))|sts:AssumeRole.*)$/;

const SUCH_AS = 'write ARNs such as "arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*"';

/**
 * Finds permissions that would not reach anything, or too much. Works on the unchecked value, so that this is reported together
 * with the mistakes in single values, and ignores what they are about.
 *
 * @param path Of the list in the configuration.
 */
export function permissionConflicts(permissions: unknown, path: string): string[] {
  if (!Array.isArray(permissions)) return [];
  return permissions.flatMap((permission, index) => {
    const { actions, resources } = (permission ?? {}) as { readonly actions?: unknown; readonly resources?: unknown };
    return mistakesBetween(matchingOf(actions, ACTION), matchingOf(resources, ARN)).map(
      ({ list, at, value, message }) => `${path}[${index}].${list}[${at}]: "${value}" ${message}`,
    );
  });
}

function mistakesBetween(actions: Indexed, resources: Indexed): PermissionMistake[] {
  const limited = [...actions].filter(([, action]) => !takesNoResource(action));
  const names = limited.map(([, action]) => action);
  return [
    ...unlimited(names, resources),
    ...limited.flatMap(([at, action]) => withoutFittingArn(at, action, [...resources.values()])),
    ...everyIdentity(names, resources),
  ];
}

function matchingOf(list: unknown, pattern: RegExp): Indexed {
  if (!Array.isArray(list)) return new Map();
  return new Map([...list.entries()].filter(([, value]) => typeof value === 'string' && pattern.test(value)));
}

function unlimited(limited: readonly string[], resources: Indexed): PermissionMistake[] {
  if (limited.length === 0) return [];
  return [...resources]
    .filter(([, resource]) => resource === '*')
    .map(([at, value]) => ({
      list: 'resources',
      at,
      value,
      message: `is for actions that take no resource, but ${limited.join(', ')} ${limited.length === 1 ? 'takes' : 'take'} one; ${SUCH_AS}, and the other actions as a permission of their own`,
    }));
}

/** Refuses what IAM accepts and what then allows nothing, only where that is certain. */
function withoutFittingArn(at: number, action: string, resources: readonly string[]): PermissionMistake[] {
  const service = serviceOf(action);
  if (!ONLY_OWN_ARNS.includes(service) || resources.length === 0 || resources.includes('*')) return [];
  const given = resources.map((arn) => arn.split(':')[2] ?? '');
  if (given.includes(service)) return [];
  return [
    {
      list: 'actions',
      at,
      value: action,
      message: `takes resources of ${service}, but the permission has only those of ${[...new Set(given)].join(', ')}; write it with an ARN such as "arn:{partition}:${service}:…"`,
    },
  ];
}

function everyIdentity(limited: readonly string[], resources: Indexed): PermissionMistake[] {
  const dangerous = limited.filter((action) => TAKES_OVER.test(action));
  if (dangerous.length === 0) return [];
  return [...resources]
    .filter(([, resource]) => EVERY_IDENTITY.test(resource))
    .map(([at, value]) => ({
      list: 'resources',
      at,
      value,
      message: `is everything of its kind in the account, and with ${dangerous.join(', ')} the service could give itself what any of it may do; write the names, such as "arn:{partition}:iam::{account}:role/{stack}-*"`,
    }));
}

function serviceOf(action: string): string {
  return action.split(':')[0] ?? '';
}
