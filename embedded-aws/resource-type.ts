import type { Scope } from './scope';

/** Properties of a resource, intrinsic functions resolved. */
// biome-ignore lint/suspicious/noExplicitAny: templates decide what they hold; every resource type checks what it reads
export type Properties = Record<string, any>;

/** Facts about the stack operation that a resource type is part of. */
export interface ResourceContext {
  readonly scope: Scope;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  /** UpdatePolicy of the resource, intrinsic functions resolved; undefined when the template has none. */
  readonly updatePolicy: Properties | undefined;
  /** Whether CloudFormation is rolling back a failed operation. */
  readonly rollback: boolean;
  /** Adds a stack event for the resource, in its current status, with that reason. */
  note(reason: string): void;
}

/** A resource after an operation. */
export interface Physical {
  /** Value of `Ref`. */
  readonly id: string;
  /** Values of `Fn::GetAtt` by attribute name; a dotted name is one name. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * A CloudFormation resource type, implemented by the service that owns it. `create`, `update` and `delete` run as tasks
 * of the virtual clock: they sleep as long as AWS would take, and throw {@link AwsError} where AWS would refuse.
 */
export interface ResourceType {
  /** Name of the type, e.g. `AWS::Lambda::Alias`. */
  readonly type: string;
  /** Properties that are acted on. A template with any other is refused by name before anything changes. */
  readonly accepts: readonly string[];
  /** Properties whose change makes CloudFormation replace the resource. */
  readonly replacedBy: readonly string[];
  create(properties: Properties, context: ResourceContext): Promise<Physical>;
  /** Called when an accepted property outside of `replacedBy` has changed. */
  update(physicalId: string, properties: Properties, previous: Properties, context: ResourceContext): Promise<Physical>;
  delete(physicalId: string, properties: Properties, context: ResourceContext): Promise<void>;
}
