import { evaluateAccess } from '../../../aws-rules/access/evaluate';
import { type PolicyDocument, parsePolicy } from '../../../aws-rules/access/policy';
import { inlinePolicies } from '../../../aws-rules/limits/inline-policies';
import { TemplateText } from '../../../aws-rules/limits/template-text';
import { takesNoResource } from '../../../aws-rules/resource-level';
import { wildcardsMeet } from '../../../aws-rules/wildcard';
import { permissionsBoundary } from '../../permissions/permissions-boundary';
import type { ContractBreach } from './contract-breach';
import { neededPermissions, readable } from './needed-permissions';
import { comparableArn, type PackagedService } from './packaged-service';
import { propertyPath, resourcesOf } from './resources-of';

/** An action on a resource that a role grants. Both may contain wildcards. */
interface Granted {
  readonly action: string;
  readonly resource: string;
}

/**
 * Finds what the roles of a service grant and the permissions boundary of the environment does not. AWS accepts such a role, and
 * denies the call when the function makes it.
 *
 * What is denied in any case is an error. What is denied in part, because the role grants it by a wildcard that covers more than
 * the boundary, is a warning: it is not known what the function needs of it.
 */
export function findBeyondBoundary(service: PackagedService): ContractBreach[] {
  const values = new TemplateText(service.template, service.stack, 'marked');
  const boundary = boundaryOf(service);
  return resourcesOf(service.template, 'AWS::IAM::Role').flatMap(([id]) => {
    const path = propertyPath(id, 'Policies');
    const beyond = grantsOf(values.resolved(inlinePolicies(id, service.template).flat())).filter(
      (each) => !isOwnLog(each, service) && !isWithin(each, boundary, service),
    );
    const denied = beyond.filter(({ action }) => !mayAllow(action, boundary));
    const narrowed = beyond.filter((each) => !denied.includes(each) && isPattern(each));
    const elsewhere = beyond.filter((each) => !denied.includes(each) && !narrowed.includes(each));
    return [
      ...breach('error', path, [...denied, ...elsewhere], service),
      ...breach('warning', path, narrowed, service),
    ];
  });
}

function breach(
  severity: ContractBreach['severity'],
  path: string,
  grants: readonly Granted[],
  service: PackagedService,
): ContractBreach[] {
  const [first] = grants;
  if (first === undefined) return [];
  const writable = grants.filter(({ action }) => !action.includes('*') && !action.includes('?'));
  const patterns = [...new Set(grants.map(({ action }) => action))].filter(
    (action) => !writable.some((each) => each.action === action),
  );
  const needed = neededPermissions(writable, 'functionPermissions', service);
  const boundary = service.names.permissionsBoundary;
  return [
    {
      severity,
      path,
      value: readable(grants.map(({ action, resource }) => `${action} on ${resource}`).join(', ')),
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
          : `write the actions that the code calls of ${patterns.join(', ')} into pipeline.functionPermissions in cdk.json`,
      ].join(''),
    },
  ];
}

/** @returns The statements that allow something, one grant for each action on each resource. Resources that are unknown are left out. */
function grantsOf(documents: unknown): Granted[] {
  const grants = listOf(documents)
    .flatMap((document) => listOf((document as { Statement?: unknown } | null)?.Statement))
    .flatMap((statement) => {
      const { Effect, Action, Resource } = (statement ?? {}) as Readonly<Record<string, unknown>>;
      if (Effect !== 'Allow') return [];
      return texts(Action).flatMap((action) => texts(Resource).map((resource) => ({ action, resource })));
    });
  return uniqueBy(grants, ({ action, resource }) => `${action} ${resource}`);
}

/** The statements of sls for logs have a pattern without the hyphen after the stack's name. */
function isOwnLog({ action, resource }: Granted, { names }: PackagedService): boolean {
  return action.startsWith('logs:') && resource.includes(`:log-group:/aws/lambda/${names.serviceStack}`);
}

/** @returns Whether the boundary allows all of it. A wildcard is matched by a wildcard of the boundary only. */
function isWithin({ action, resource }: Granted, document: PolicyDocument, { stack, names }: PackagedService): boolean {
  const arn = `arn:${stack.partition}:iam::${stack.account}:role/${names.serviceStack}-role`;
  const principal = { type: 'session', accountId: stack.account, arn: `${arn}/session`, roleArn: arn } as const;
  const context = { 'aws:RequestedRegion': stack.region };
  const identityPolicies = [{ name: names.permissionsBoundary, document }];
  // Of some actions AWS lists no resource and authorises one all the same, such as PutLifecycleEventHookExecutionStatus.
  return [comparableArn(resource, stack), ...(takesNoResource(action) ? ['*'] : [])].some(
    (each) => evaluateAccess({ request: { principal, action, resource: each, context }, identityPolicies }).allowed,
  );
}

/** @returns Whether the boundary allows the action, or one that its wildcards match, on any resource. */
function mayAllow(action: string, { statements }: PolicyDocument): boolean {
  const pattern = action.toLowerCase();
  return statements.some(
    ({ effect, actions = [] }) =>
      effect === 'Allow' && actions.some((allowed) => wildcardsMeet(pattern, allowed.toLowerCase())),
  );
}

function isPattern({ action, resource }: Granted): boolean {
  return /[*?]/.test(action + resource);
}

function boundaryOf({ stack, names, functionPermissions }: PackagedService): PolicyDocument {
  return parsePolicy(permissionsBoundary(stack, names, functionPermissions).toJSON());
}

function uniqueBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

function texts(value: unknown): string[] {
  return listOf(value).filter((each): each is string => typeof each === 'string');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
