import type { HandlerCall } from '../../../aws-rules/resource-handlers/handler-call';
import type { ExtraPermission } from '../../config/extra-permission';
import type { PackagedService } from './packaged-service';

/** Condition keys that limit what a permission on a role allows; without them it would allow any policy or service. */
const CONDITIONS: Readonly<Record<string, string>> = {
  'iam:PolicyARN': 'ArnEquals',
  'iam:PassedToService': 'StringEquals',
  'iam:PermissionsBoundary': 'ArnEquals',
  'lambda:FunctionArn': 'ArnLike',
};

/**
 * @param calls Calls that are denied.
 * @returns The permissions to write into cdk.json, as JSON on one line: one for the actions that share resource and condition.
 */
export function neededPermissions(
  calls: readonly Pick<HandlerCall, 'action' | 'resource' | 'context'>[],
  service: Pick<PackagedService, 'stack' | 'names'>,
): string {
  const permissions: { actions: string[]; resources: string[]; condition?: ExtraPermission['condition'] }[] = [];
  for (const { action, resource, context = {} } of calls) {
    const resources = [withPlaceholders(resource, service)];
    const condition = conditionOf(context, service);
    const same = permissions.find(
      (each) => JSON.stringify([each.resources, each.condition]) === JSON.stringify([resources, condition]),
    );
    if (!same) permissions.push({ actions: [action], resources, ...(condition && { condition }) });
    else if (!same.actions.includes(action)) same.actions.push(action);
  }
  return permissions.map((permission) => JSON.stringify(permission)).join(', ');
}

/** @returns The condition that limits a permission to what the call needs; undefined if there is nothing to limit. */
function conditionOf(
  context: NonNullable<HandlerCall['context']>,
  service: Pick<PackagedService, 'stack' | 'names'>,
): ExtraPermission['condition'] {
  const condition: Record<string, Record<string, string>> = {};
  for (const [key, value] of Object.entries(context)) {
    const operator = CONDITIONS[key];
    if (operator === undefined) continue;
    condition[operator] = { ...condition[operator], [key]: withPlaceholders(String(value), service) };
  }
  return Object.keys(condition).length > 0 ? condition : undefined;
}

/** @returns An ARN with the placeholders of the configuration, and `*` after the name of the stack. */
function withPlaceholders(arn: string, { stack, names }: Pick<PackagedService, 'stack' | 'names'>): string {
  const [, partition, service, region, account, ...rest] = arn.split(':');
  if (partition === undefined || rest.length === 0) return arn;
  const resource = rest.join(':').replace(new RegExp(`(^|[/:])${names.serviceStack}-[^/:]*`), '$1{stack}-*');
  return [
    'arn',
    partition === stack.partition ? '{partition}' : partition,
    service,
    region === stack.region ? '{region}' : region,
    account === stack.account ? '{account}' : account,
    resource,
  ].join(':');
}
