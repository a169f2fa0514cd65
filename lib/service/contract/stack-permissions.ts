import { type AccessDecision, type AccessRequest, evaluateAccess } from '../../../aws-rules/access/evaluate';
import { type PolicyDocument, parsePolicy } from '../../../aws-rules/access/policy';
import { conditionalValues } from '../../../aws-rules/conditional-values';
import { TemplateText } from '../../../aws-rules/limits/template-text';
import type { HandledRole, HandlerCall, ResourceChange } from '../../../aws-rules/resource-handlers/handler-call';
import { handlerCalls } from '../../../aws-rules/resource-handlers/handler-calls';
import { takesNoResource } from '../../../aws-rules/resource-level';
import { matchesWildcard, wildcardsMeet } from '../../../aws-rules/wildcard';
import { roleArn } from '../../names/release-names';
import { cloudFormationPermissions } from '../../permissions/cloudformation-permissions';
import type { ContractBreach } from './contract-breach';
import { neededPermissions, readable } from './needed-permissions';
import { comparableArn, type PackagedResource, type PackagedService } from './packaged-service';
import { resourcesOf } from './resources-of';

/**
 * A call that no release makes: `release prepare` refuses a package that changes whom a deployed role trusts, because the role
 * of the environment may never do that (docs/decisions/0022-permissions-boundary.md).
 */
const NEVER_GRANTED = 'iam:UpdateAssumeRolePolicy';

/** What to do about a role that the environment's policy denies explicitly. */
const DENIED_ALWAYS =
  'no deployPermissions allow it: a role needs the permissions boundary of the environment, which npm run package writes into it, ' +
  'and a path other than that of the pipeline';

/**
 * Finds the resources that CloudFormation may not create, change or delete with the role of the environment, each with the
 * `deployPermissions` to write. A failed release deletes what it created, and a change that is denied cannot be rolled back
 * either, so all are needed from the first release on. Types of which the calls are not known are named, because they are not
 * checked.
 */
export function findMissingPermissions(service: PackagedService): ContractBreach[] {
  const policy = environmentPolicy(service);
  const values = new TemplateText(service.template, service.stack, 'marked');
  const unchecked = new Set<string>();
  const missing: Missing[] = Object.entries(service.template.Resources).flatMap(([id, resource]) => {
    const deniedIn = (operation: ResourceChange['operation']): HandlerCall[] =>
      conditionalValues(resource).flatMap((variant) => {
        const calls = handlerCalls(changeOf(service, id, variant as PackagedResource, values, operation));
        if (calls === undefined) unchecked.add(resource.Type);
        return (calls ?? []).filter((call) => call.action !== NEVER_GRANTED && !decide(service, policy, call).allowed);
      });
    const denied = [...deniedIn('create'), ...deniedIn('delete')];
    if (denied.length === 0) return [];
    const certain = denied.filter((call) => !mayBeAllowed(service, policy, call));
    const remedy = denied.some((call) => isDeniedAlways(decide(service, policy, call)))
      ? DENIED_ALWAYS
      : neededPermissions([...denied, ...deniedIn('update')], 'deployPermissions', service);
    const isCertain = certain.length > 0;
    return [{ id, type: resource.Type, denied: isCertain ? certain : denied, isCertain, remedy }];
  });
  // Resources that need the same are reported once, such as the alarms of many functions.
  const keyOf = ({ remedy, isCertain }: Missing) => `${isCertain} ${remedy}`;
  const groups = [...new Set(missing.map(keyOf))].map((key) => missing.filter((each) => keyOf(each) === key));
  return [...groups.map(breachOf), ...(unchecked.size === 0 ? [] : [uncheckedTypes([...unchecked])])];
}

/** A resource that CloudFormation may not create, change or delete. */
interface Missing {
  readonly id: string;
  readonly type: string;
  readonly denied: readonly HandlerCall[];
  /** Whether a call is denied whatever the template does not say, such as an imported ARN. */
  readonly isCertain: boolean;
  readonly remedy: string;
}

function breachOf([first, ...others]: readonly Missing[]): ContractBreach {
  const { id, type, denied, isCertain, remedy } = first as Missing;
  const { action, resource } = denied[0] as HandlerCall;
  const actions = new Set(denied.map((call) => call.action)).size - 1;
  return {
    severity: isCertain ? 'error' : 'warning',
    path: `Resources.${id}`,
    value: type,
    problem:
      `the role with which CloudFormation deploys the stack may not call ${action} on ${readable(resource)}` +
      (actions === 0 ? '' : `, and ${actions} other ${actions === 1 ? 'action' : 'actions'}`) +
      (isCertain ? '' : ', unless what the template does not say, such as an imported ARN, is among what it may') +
      (others.length === 0
        ? ''
        : `; ${others.length} more: ${others.map((each) => `Resources.${each.id}`).join(', ')}`),
    remedy: isCertain ? remedy : `nothing, if it is; or ${remedy}`,
  };
}

function uncheckedTypes(types: readonly string[]): ContractBreach {
  return {
    severity: 'warning',
    path: 'Resources',
    value: types.join(', '),
    problem:
      'which permissions CloudFormation needs for these types is not known here, so it is not checked that it has them',
    remedy:
      'make sure that pipeline.deployPermissions in cdk.json has them: aws cloudformation describe-type --type RESOURCE ' +
      '--type-name … lists them under handlers',
  };
}

function environmentPolicy({ stack, names, deployPermissions }: PackagedService): PolicyDocument {
  const statements = cloudFormationPermissions(stack, names, deployPermissions);
  return parsePolicy({
    Version: '2012-10-17',
    Statement: statements.map((statement) => statement.toStatementJson()),
  });
}

function changeOf(
  service: PackagedService,
  logicalId: string,
  resource: PackagedResource,
  values: TemplateText,
  operation: ResourceChange['operation'],
): ResourceChange {
  const { stack, provider } = service;
  return {
    type: resource.Type,
    operation,
    properties: values.resolved(resource.Properties) as Record<string, unknown>,
    stackName: stack.stackName,
    logicalId,
    location: stack,
    marksGenerated: true,
    stackTags: provider.stackTags ?? {},
    updatePolicy: values.resolved(resource.UpdatePolicy ?? {}) as Record<string, unknown>,
    roleOf: (name) => templateRole(service, values, name),
  };
}

/** @returns The role of the template that gets this name. Policies that stand next to it change it after it was created. */
function templateRole({ template }: PackagedService, values: TemplateText, name: string): HandledRole | undefined {
  const found = resourcesOf(template, 'AWS::IAM::Role').find(([id]) => values.text({ Ref: id }) === name);
  const arn = found && values.text({ 'Fn::GetAtt': [found[0], 'Arn'] });
  if (found === undefined || arn === undefined) return undefined;
  return { arn, permissionsBoundary: values.text(found[1].Properties.PermissionsBoundary) };
}

/**
 * @returns Whether a call that is denied may be allowed all the same, because a part of its resource or a value of a condition key
 * is not known: a statement allows the action on a resource that may be this one.
 */
function mayBeAllowed({ stack }: PackagedService, { statements }: PolicyDocument, call: HandlerCall): boolean {
  const isUnknown = (text: string) => text.includes('*');
  const unknownContext = Object.values(call.context ?? {})
    .flat()
    .some(isUnknown);
  if (takesNoResource(call.action) ? !unknownContext : !isUnknown(call.resource) && !unknownContext) return false;
  const resource = comparableArn(call.resource, stack);
  return statements.some(
    ({ effect, actions = [], resources = [] }) =>
      effect === 'Allow' &&
      actions.some((pattern) => matchesWildcard(pattern.toLowerCase(), call.action.toLowerCase())) &&
      resources.some((pattern) => wildcardsMeet(pattern, resource)),
  );
}

function contextOf({ context = {} }: HandlerCall, stack: PackagedService['stack']): AccessRequest['context'] {
  return Object.fromEntries(
    Object.entries(context).map(([key, value]) => [
      key,
      typeof value === 'string' ? comparableArn(value, stack) : value.map((each) => comparableArn(each, stack)),
    ]),
  );
}

function decide({ stack, names }: PackagedService, document: PolicyDocument, call: HandlerCall): AccessDecision {
  return evaluateAccess({
    request: {
      principal: {
        type: 'session',
        accountId: stack.account,
        arn: `arn:${stack.partition}:sts::${stack.account}:assumed-role/${names.cloudFormationRole}/AWSCloudFormation`,
        roleArn: roleArn(stack, names, names.cloudFormationRole),
      },
      action: call.action,
      resource: comparableArn(call.resource, stack),
      context: { 'aws:RequestedRegion': stack.region, ...contextOf(call, stack) },
    },
    identityPolicies: [{ name: names.cloudFormationRole, document }],
  });
}

function isDeniedAlways(decision: AccessDecision): boolean {
  return !decision.allowed && decision.explicit;
}
