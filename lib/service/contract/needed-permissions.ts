import { GENERATED_MARK } from '../../../aws-rules/resource-handlers/generated-name';
import type { HandlerCall } from '../../../aws-rules/resource-handlers/handler-call';
import type { ExtraPermission } from '../../config/extra-permission';
import { anyResource } from './any-resource';
import type { PackagedService } from './packaged-service';

/** Condition keys that limit what a permission on a role allows; without them it would allow any policy or service. */
const CONDITIONS: Readonly<Record<string, string>> = {
  'iam:PolicyARN': 'ArnEquals',
  'iam:PassedToService': 'StringEquals',
  'iam:PermissionsBoundary': 'ArnEquals',
  'lambda:FunctionArn': 'ArnLike',
};

/** Keys without a value of which a permission would allow too much. */
const LIMITING = ['iam:PolicyARN', 'iam:PassedToService'];

/** What is not known of a call, and so stands for any resource or value. */
const UNKNOWN = '*';

type NeededCall = Pick<HandlerCall, 'action' | 'resource' | 'context'>;
type Naming = Pick<PackagedService, 'stack' | 'names'>;

interface WrittenPermission {
  readonly actions: string[];
  readonly resources: string[];
  readonly condition?: ExtraPermission['condition'];
}

/**
 * @param calls Calls that are denied.
 * @param key `deployPermissions` or `functionPermissions`.
 * @returns What to write into cdk.json: the permissions as JSON on one line, one for the actions that share resources and
 * condition; and which ones cannot be written out, because the template does not have the ARN.
 */
export function neededPermissions(
  calls: readonly NeededCall[],
  key: 'deployPermissions' | 'functionPermissions',
  service: Naming,
): string {
  const permissions: WrittenPermission[] = [];
  const unknown = new Set<string>();
  const user = key === 'functionPermissions' ? 'that the code uses' : 'that the template uses';
  for (const call of calls) {
    const resource = call.resource === UNKNOWN ? anyResource(call.action) : asPattern(call.resource, service);
    if (resource === undefined || LIMITING.some((name) => call.context?.[name] === UNKNOWN)) {
      unknown.add(describeUnknown(call, user, service));
      continue;
    }
    addTo(permissions, { actions: [call.action], resources: [resource], condition: conditionOf(call, service) });
  }
  const written = merged(permissions).map((permission) => JSON.stringify(permission));
  return [
    ...(written.length === 0 ? [] : [`add to pipeline.${key} in cdk.json: ${written.join(', ')}`]),
    ...(unknown.size === 0
      ? []
      : [`write into pipeline.${key} in cdk.json a permission for ${[...unknown].join(', ')}`]),
  ].join('; and ');
}

/** @returns An ARN or a text with ARNs as people read it: what AWS generates is `*`. */
export function readable(text: string): string {
  return text.replace(new RegExp(`${GENERATED_MARK}(?:[^/:]*${GENERATED_MARK})?`, 'g'), '*');
}

function describeUnknown({ action, resource, context }: NeededCall, user: string, service: Naming): string {
  if (context?.['iam:PolicyARN'] === UNKNOWN) {
    const condition = conditionOf({ context: { ...context, 'iam:PolicyARN': 'ARN of the policy' } }, service);
    const role = resource === UNKNOWN ? 'the ARN of the role' : asPattern(resource, service);
    return `${action} on ${role} with the condition ${JSON.stringify(condition)}, because the template does not have the ARN of the policy`;
  }
  return `${action} on the ARNs ${user}, which cannot be known here`;
}

function addTo(permissions: WrittenPermission[], { actions, resources, condition }: WrittenPermission): void {
  const same = permissions.find((each) => isSame([each.resources, each.condition], [resources, condition]));
  if (!same) permissions.push({ actions, resources, ...(condition && { condition }) });
  else for (const action of actions) if (!same.actions.includes(action)) same.actions.push(action);
}

/** @returns The permissions, those that allow the same actions under the same condition as one. */
function merged(permissions: readonly WrittenPermission[]): readonly WrittenPermission[] {
  const result: WrittenPermission[] = [];
  for (const permission of permissions) {
    const same = result.find((each) =>
      isSame([each.actions.toSorted(), each.condition], [permission.actions.toSorted(), permission.condition]),
    );
    if (same) same.resources.push(...permission.resources);
    else result.push(permission);
  }
  return result;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** @returns The condition that limits a permission to what the call needs; undefined if there is nothing to limit. */
function conditionOf({ context = {} }: Pick<NeededCall, 'context'>, service: Naming): ExtraPermission['condition'] {
  const condition: Record<string, Record<string, string>> = {};
  for (const [key, value] of Object.entries(context)) {
    const operator = CONDITIONS[key];
    if (operator === undefined) continue;
    condition[operator] = { ...condition[operator], [key]: asPattern(String(value), service) };
  }
  return Object.keys(condition).length > 0 ? condition : undefined;
}

/**
 * @returns A pattern for an ARN with the placeholders of the configuration: `*` after the name of the stack, and from where AWS
 * generates what follows. Of a path of API Gateway only the collection stays, because everything under it belongs to one API.
 */
function asPattern(arn: string, { stack, names }: Naming): string {
  const [, partition, service, region, account, ...rest] = arn.split(':');
  if (partition === undefined || rest.length === 0) return readable(arn);
  const whole = rest.join(':');
  const generated = new RegExp(`${GENERATED_MARK}[^/:]*`, 'g');
  const resource =
    service === 'apigateway'
      ? whole.replace(new RegExp(`[*${GENERATED_MARK}].*$`), '*')
      : whole
          .replaceAll(names.permissionsBoundary, '{stack}-boundary')
          .replace(new RegExp(`(^|[/:])${names.serviceStack}-[^/:]*`, 'g'), '$1{stack}-*')
          .replace(generated, '*');
  return [
    'arn',
    partition === stack.partition ? '{partition}' : partition,
    service,
    region === stack.region ? '{region}' : region,
    account === stack.account ? '{account}' : account,
    resource,
  ].join(':');
}
