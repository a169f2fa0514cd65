import { evaluateAccess } from '../../../aws-rules/access/evaluate';
import { type PolicyDocument, parsePolicy } from '../../../aws-rules/access/policy';
import { TemplateText } from '../../../aws-rules/limits/template-text';
import { takesNoResource } from '../../../aws-rules/resource-level';
import { wildcardsMeet } from '../../../aws-rules/wildcard';
import { boundaryStatements, describeBoundaryExcess, FEWER_PERMISSIONS } from '../../permissions/permissions-boundary';
import { ATTACHABLE_POLICIES } from '../../permissions/service-role-permissions';
import { actionsOfOperation } from './api-operations';
import type { ContractBreach } from './contract-breach';
import { neededPermissions, readable } from './needed-permissions';
import { comparableArn, type PackagedService } from './packaged-service';
import { propertyPath, resourcesOf } from './resources-of';
import { type RoleGrant, roleGrants } from './role-grants';
import { rolePolicies } from './role-policies';

/** Policies that AWS defines, whose names the ARN has after this. */
const DEFINED_BY_AWS = ':iam::aws:policy/';

/**
 * Finds what the roles of a service grant and the permissions boundary of the environment does not. AWS accepts such a role, and
 * denies the call when the function makes it.
 *
 * What is denied in any case is an error. What is denied in part, because the role grants it by a wildcard that covers more than
 * the boundary, is a warning: it is not known what the function needs of it. So is a policy that the template does not contain.
 */
export function findBeyondBoundary(service: PackagedService): ContractBreach[] {
  const { names, stack, template, functionPermissions } = service;
  const values = new TemplateText(template, stack, 'marked');
  const boundary = boundaryOf(service);
  const policies = resourcesOf(template, 'AWS::IAM::Role').map(([id]) => [id, rolePolicies(id, service)] as const);
  // A managed policy that several roles have is compared once.
  const given = new Map(policies.flatMap(([, role]) => role.given.map(({ path, documents }) => [path, documents])));
  return [
    ...tooLong(describeBoundaryExcess(names, functionPermissions)),
    ...[...given].flatMap(([path, documents]) => beyond(path, roleGrants(documents, values), boundary, service)),
    ...policies.flatMap(([id, { attached }]) => unknownPolicies(id, attached, values, service)),
  ];
}

function tooLong(problem: string | undefined): ContractBreach[] {
  if (problem === undefined) return [];
  const path = 'pipeline.functionPermissions in cdk.json';
  return [{ severity: 'error', path, problem, remedy: FEWER_PERMISSIONS }];
}

function beyond(
  path: string,
  granted: readonly RoleGrant[],
  boundary: PolicyDocument,
  service: PackagedService,
): ContractBreach[] {
  const [operations, actions] = [true, false].map((isOperation) =>
    granted.filter(({ action }) => (actionsOfOperation(action) !== undefined) === isOperation),
  ) as [RoleGrant[], RoleGrant[]];
  const outside = actions.filter((each) => !isWithin(each, boundary, service));
  const denied = outside.filter(({ action }) => !mayAllow(action, boundary));
  const possible = outside.filter((each) => !denied.includes(each) && !each.isUnknown);
  const narrowed = possible.filter((each) => isPattern(each) && allowsPart(each, boundary, service));
  const elsewhere = possible.filter((each) => !narrowed.includes(each));
  return [
    ...breach('error', path, [...denied, ...elsewhere], service),
    ...breach('warning', path, narrowed, service),
    ...withoutEffect(path, operations),
  ];
}

/** @returns A breach for operations of APIs that are granted as if they were actions. */
function withoutEffect(path: string, grants: readonly RoleGrant[]): ContractBreach[] {
  const operations = [...new Set(grants.map(({ action }) => action))];
  if (operations.length === 0) return [];
  const remedies = operations.map(
    (each) => `in place of ${each}, grant ${(actionsOfOperation(each) ?? []).join(', ')}`,
  );
  return [
    {
      severity: 'warning',
      path,
      value: operations.join(', '),
      problem: 'IAM has no such action: AWS ignores it, and authorises the call by another action',
      remedy: remedies.join('; '),
    },
  ];
}

/** @returns A breach for attached policies of which it is not known what they grant. */
function unknownPolicies(
  roleId: string,
  attached: readonly unknown[],
  values: TemplateText,
  { names }: PackagedService,
): ContractBreach[] {
  const unknown = new Set(
    attached
      .map((value) => values.text(value) ?? 'a policy whose ARN the template does not have')
      .filter((arn) => !Object.hasOwn(ATTACHABLE_POLICIES, arn.split(DEFINED_BY_AWS)[1] ?? '')),
  );
  if (unknown.size === 0) return [];
  return [
    {
      severity: 'warning',
      path: propertyPath(roleId, 'ManagedPolicyArns'),
      value: readable([...unknown].join(', ')),
      problem:
        `the template does not have what it grants, so it is not compared with the permissions boundary ` +
        `${names.permissionsBoundary}, which limits every role of the service: AWS denies what the boundary does not allow`,
      remedy:
        'make sure that the boundary has the actions that the code calls (docs/decisions/0022-permissions-boundary.md); write the ' +
        'others into pipeline.functionPermissions in cdk.json',
    },
  ];
}

function breach(
  severity: ContractBreach['severity'],
  path: string,
  grants: readonly RoleGrant[],
  service: PackagedService,
): ContractBreach[] {
  const [first] = grants;
  if (first === undefined) return [];
  const writable = grants.filter(({ action }) => !action.includes('*') && !action.includes('?'));
  const patterns = [...new Set(grants.filter((each) => !writable.includes(each)).map(({ action }) => action))];
  const needed = neededPermissions(writable, 'functionPermissions', service);
  const boundary = service.names.permissionsBoundary;
  return [
    {
      severity,
      path,
      value: readable(grants.map(({ shown }) => shown).join(', ')),
      problem:
        severity === 'error'
          ? `the permissions boundary ${boundary}, which limits every role of the service, does not allow it: AWS denies the call`
          : `the permissions boundary ${boundary}, which limits every role of the service, allows only a part of it, such as what is named after the stack: AWS denies other calls`,
      remedy: [
        severity === 'error' ? '' : 'nothing, if that part is enough; or ',
        needed,
        needed === '' || patterns.length === 0 ? '' : '; and ',
        patterns.length === 0
          ? ''
          : `write the actions that the code calls${patterns.includes('*') ? '' : ` of ${patterns.join(', ')}`} into pipeline.functionPermissions in cdk.json`,
      ].join(''),
    },
  ];
}

/** The statements of sls for logs have a pattern without the hyphen that is after the stack's name in its functions' names. */
function withHyphen(resource: string, { serviceStack }: PackagedService['names']): string {
  return resource.replace(`:log-group:/aws/lambda/${serviceStack}*`, `:log-group:/aws/lambda/${serviceStack}-*`);
}

/** @returns Whether the boundary allows all of it. A wildcard is matched by a wildcard of the boundary only. */
function isWithin(
  { action, resource }: RoleGrant,
  document: PolicyDocument,
  { stack, names }: PackagedService,
): boolean {
  const arn = `arn:${stack.partition}:iam::${stack.account}:role/${names.serviceStack}-role`;
  const principal = { type: 'session', accountId: stack.account, arn: `${arn}/session`, roleArn: arn } as const;
  const context = { 'aws:RequestedRegion': stack.region };
  const identityPolicies = [{ name: names.permissionsBoundary, document }];
  // Of some actions AWS lists no resource and authorises one all the same, such as PutLifecycleEventHookExecutionStatus.
  return [comparableArn(withHyphen(resource, names), stack), ...(takesNoResource(action) ? ['*'] : [])].some(
    (each) => evaluateAccess({ request: { principal, action, resource: each, context }, identityPolicies }).allowed,
  );
}

/** @returns Whether the boundary allows the action, or one that its wildcards match, on any resource. */
function mayAllow(action: string, boundary: PolicyDocument): boolean {
  return resourcesFor(action, boundary).length > 0;
}

/** @returns Whether the boundary allows an action that the grant matches on a resource that it matches. */
function allowsPart(
  { action, resource }: RoleGrant,
  boundary: PolicyDocument,
  { stack, names }: PackagedService,
): boolean {
  return resourcesFor(action, boundary).some((allowed) =>
    wildcardsMeet(allowed, comparableArn(withHyphen(resource, names), stack)),
  );
}

/** @returns The patterns of resources on which the boundary allows the action, or one that its wildcards match. */
function resourcesFor(action: string, { statements }: PolicyDocument): readonly string[] {
  const pattern = action.toLowerCase();
  return statements.flatMap(({ effect, actions = [], resources = [] }) =>
    effect === 'Allow' && actions.some((allowed) => wildcardsMeet(pattern, allowed.toLowerCase())) ? resources : [],
  );
}

function isPattern({ action, resource }: RoleGrant): boolean {
  return /[*?]/.test(action + resource);
}

function boundaryOf({ stack, names, functionPermissions }: PackagedService): PolicyDocument {
  const statements = boundaryStatements(stack, names, functionPermissions);
  return parsePolicy({ Version: '2012-10-17', Statement: statements.map((statement) => statement.toStatementJson()) });
}
