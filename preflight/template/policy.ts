import { matchesWildcard } from '../../aws-rules/wildcard';
import { target, text } from './intrinsics';
import { at, listOf, type Resource, resourcesOf, type Template } from './template';

/** An allowed or denied action on a resource. Both are text, which may contain `*` and `?`. */
export interface Grant {
  readonly effect: 'Allow' | 'Deny';
  readonly action: string;
  readonly resource: string;
  /** JSON. A grant with a condition covers only grants with the same condition. */
  readonly condition: string;
}

/** What a role may do, as far as the template says. */
interface RoleRights {
  readonly roleId: string;
  readonly grants: readonly Grant[];
  /** What else may grant rights: ARNs of managed policies outside of the template, and statements with NotAction. */
  readonly unread: readonly string[];
}

/** @returns The rights of a role; undefined if the role is not in the template. */
export function rightsOf(template: Template, role: unknown): RoleRights | undefined {
  const roleId = target(role);
  const resource = roleId === undefined ? undefined : template.Resources[roleId];
  if (roleId === undefined || resource?.Type !== 'AWS::IAM::Role') return undefined;
  const managed = listOf(resource.Properties.ManagedPolicyArns);
  const own = managed.map((arn) => target(arn)).filter((id) => id !== undefined && id in template.Resources);
  const attached = resourcesOf(template, 'AWS::IAM::Policy', 'AWS::IAM::RolePolicy', 'AWS::IAM::ManagedPolicy').filter(
    ([id, policy]) => own.includes(id) || isFor(policy, roleId),
  );
  const documents = [
    ...listOf(resource.Properties.Policies).map((policy) => at(policy, 'PolicyDocument')),
    ...attached.map(([, policy]) => policy.Properties.PolicyDocument),
  ];
  const inverted = documents.flatMap((document) => listOf(at(document, 'Statement'))).filter(isInverted);
  return {
    roleId,
    grants: documents.flatMap(grantsIn),
    unread: [
      ...managed.filter((arn) => !own.includes(target(arn))).map(text),
      ...inverted.map((statement) => JSON.stringify(statement)),
    ],
  };
}

/** @returns Whether a statement lists the actions or resources that it does not apply to. */
function isInverted(statement: unknown): boolean {
  return at(statement, 'NotAction') !== undefined || at(statement, 'NotResource') !== undefined;
}

function isFor(policy: Resource, roleId: string): boolean {
  const roles = [...listOf(policy.Properties.Roles), ...listOf(policy.Properties.RoleName)];
  return roles.some((role) => target(role) === roleId);
}

function grantsIn(document: unknown): readonly Grant[] {
  return listOf(at(document, 'Statement')).flatMap((statement) =>
    listOf(at(statement, 'Action')).flatMap((action) =>
      listOf(at(statement, 'Resource')).map((resource) => ({
        effect: at(statement, 'Effect') === 'Deny' ? 'Deny' : 'Allow',
        action: text(action),
        resource: text(resource),
        condition: JSON.stringify(at(statement, 'Condition') ?? null),
      })),
    ),
  );
}

/** @returns Whether one grant allows everything that another allows. */
export function covers(wider: Grant, narrower: Grant): boolean {
  return (
    matchesWildcard(wider.action.toLowerCase(), narrower.action.toLowerCase()) &&
    matchesWildcard(wider.resource, narrower.resource) &&
    (wider.condition === 'null' || wider.condition === narrower.condition)
  );
}

/**
 * Actions and resources of AWS's managed policies that matter to a release, by the name at the end of their ARN.
 * AWSCodeDeployRoleForLambda and …Limited may invoke only functions named `CodeDeployHook_…`.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const KNOWN_POLICIES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  AdministratorAccess: [['*', '*']],
  PowerUserAccess: [['*', '*']],
  AWSLambda_FullAccess: [['lambda:*', '*']],
  AWSCodeDeployFullAccess: [['codedeploy:*', '*']],
  AWSCodeDeployRoleForLambda: [['lambda:InvokeFunction', 'arn:aws:lambda:*:*:function:CodeDeployHook_*']],
  AWSCodeDeployRoleForLambdaLimited: [['lambda:InvokeFunction', 'arn:aws:lambda:*:*:function:CodeDeployHook_*']],
  AWSLambdaBasicExecutionRole: [],
  AWSLambdaVPCAccessExecutionRole: [],
  AWSXRayDaemonWriteAccess: [],
};

/** @returns Whether a role has a right; undefined if a policy outside of the template may grant it. */
export function allows(rights: RoleRights, action: string, resources: readonly string[]): boolean | undefined {
  const names = rights.unread.map((arn) => arn.split('/').at(-1)!);
  const grants = [
    ...rights.grants,
    ...names.flatMap((name) =>
      (KNOWN_POLICIES[name] ?? []).map(([known, resource]) => ({
        effect: 'Allow' as const,
        action: known,
        resource,
        condition: 'null',
      })),
    ),
  ];
  const applies = ({ action: granted, resource }: Grant) =>
    matchesWildcard(granted.toLowerCase(), action.toLowerCase()) &&
    resources.some((requested) => matchesWildcard(resource, requested));
  if (grants.some((grant) => grant.effect === 'Deny' && applies(grant))) return false;
  if (grants.some((grant) => grant.effect === 'Allow' && applies(grant))) return true;
  return names.every((name) => name in KNOWN_POLICIES) ? false : undefined;
}
