import type { HandledChange } from './handled-change';
import type { HandlerCall } from './handler-call';

/** A call without its basis, which follows from what AWS publishes. */
export type TableCall = Omit<HandlerCall, 'basis'>;

/** For each resource type, the calls of a change; a type of CloudFormation itself may need none. */
export type HandlerTable = Readonly<Record<string, (change: HandledChange) => readonly TableCall[]>>;

/** @returns One call for each action, on the same resource. */
export function calls(resource: string, ...actions: readonly string[]): readonly TableCall[] {
  return actions.map((action) => ({ action, resource }));
}

/** @returns The calls if the condition holds. */
export function when(condition: boolean, found: readonly TableCall[]): readonly TableCall[] {
  return condition ? found : [];
}

/**
 * The permission to pass a role to a service (IAM guide, "Granting a user permissions to pass a role to an AWS service").
 *
 * @param path Property with the role's ARN.
 */
export function passRole(change: HandledChange, path: string, service: string): readonly TableCall[] {
  return change.has(path) ? [passing(change.text(path), service)] : [];
}

/** @returns The call by which IAM authorises that a role is passed. */
export function passing(roleArn: string, service: string): TableCall {
  return { action: 'iam:PassRole', resource: roleArn, context: { 'iam:PassedToService': service } };
}

interface TagRule {
  /** Property with the tags. */
  readonly property: string;
  /** Action that sets tags. */
  readonly set: string;
  /**
   * Action that removes tags.
   *
   * @default - Setting the remaining ones removes them.
   */
  readonly remove?: string;
}

interface LifecycleRule {
  readonly resource: (change: HandledChange) => string;
  readonly create: readonly string[];
  /** Actions of every update. */
  readonly update?: readonly string[];
  readonly delete: readonly string[];
  /**
   * Actions that also need a permission for tags.
   *
   * @default - The type has no tags.
   */
  readonly tags?: TagRule;
  /**
   * Roles that creating and updating the resource passes: property and service.
   *
   * @default - None.
   */
  readonly passes?: readonly (readonly [path: string, service: string])[];
  /**
   * Calls that depend on properties.
   *
   * @default - None.
   */
  readonly more?: (change: HandledChange, resource: string) => readonly TableCall[];
}

/**
 * The calls of a type whose operations each have fixed actions, apart from tags and passed roles. An update that only
 * changes tags makes no other call.
 */
export function lifecycle(rule: LifecycleRule): (change: HandledChange) => readonly TableCall[] {
  return (change) => {
    const resource = rule.resource(change);
    const onlyTags = change.changed.every((name) => name === rule.tags?.property);
    const more = rule.more?.(change, resource) ?? [];
    if (change.operation === 'delete') return [...calls(resource, ...rule.delete), ...more];
    if (change.operation === 'update' && onlyTags) return tagging(change, resource, rule.tags);
    return [
      ...withTags(
        calls(resource, ...(change.operation === 'create' ? rule.create : (rule.update ?? []))),
        change,
        rule,
      ),
      ...(rule.passes ?? []).flatMap(([path, service]) => passRole(change, path, service)),
      ...tagging(change, resource, rule.tags),
      ...more,
    ];
  };
}

/** Adds the condition keys of the tags to the calls of a creation, which send them. */
function withTags(found: readonly TableCall[], change: HandledChange, { tags }: LifecycleRule): readonly TableCall[] {
  const context = tags && change.operation === 'create' ? tagContext(change.newTags(tags.property)) : undefined;
  return context ? found.map((call) => ({ ...call, context })) : found;
}

/** @returns The calls that set and remove tags. */
export function tagging(change: HandledChange, resource: string, tags: TagRule | undefined): readonly TableCall[] {
  if (!tags) return [];
  const context = tagContext(change.newTags(tags.property));
  const removed = change.removedTags(tags.property);
  return [
    ...(context ? [{ action: tags.set, resource, context }] : []),
    ...(tags.remove && removed.length > 0
      ? [{ action: tags.remove, resource, context: { 'aws:TagKeys': removed } }]
      : []),
  ];
}

/** @returns The condition keys of tags in a request; undefined without tags. */
export function tagContext(tags: Readonly<Record<string, string>>): TableCall['context'] {
  const keys = Object.keys(tags);
  if (keys.length === 0) return undefined;
  return {
    'aws:TagKeys': keys,
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}
