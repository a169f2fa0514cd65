import type { Scope } from './scope';

/** Properties of a resource with every intrinsic function resolved. */
// biome-ignore lint/suspicious/noExplicitAny: the template decides; every resource type checks what it reads
export type Properties = Record<string, any>;

/** What a resource type may know of the stack operation it is part of. */
export interface ResourceContext {
  readonly scope: Scope;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  /** the resource's UpdatePolicy, intrinsic functions resolved; undefined where the template has none */
  readonly updatePolicy: Properties | undefined;
  /** true while CloudFormation takes a failed operation back */
  readonly rollback: boolean;
  /** Writes a stack event for this resource in the status it has, with that reason. */
  note(reason: string): void;
}

/** A resource as it stands after an operation. */
export interface Physical {
  /** what `Ref` gives */
  readonly id: string;
  /** what `Fn::GetAtt` gives, by attribute name; a dotted one as one name */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * One CloudFormation resource type, written by the service that owns it. `create`, `update` and `delete` run as tasks of
 * the virtual clock: they sleep as long as AWS would take, and throw {@link AwsError} where AWS would refuse.
 */
export interface ResourceType {
  /** e.g. `AWS::Lambda::Alias` */
  readonly type: string;
  /** the properties that are acted on; a template with any other is refused by name before anything changes */
  readonly accepts: readonly string[];
  /** the properties whose change makes CloudFormation replace the resource */
  readonly replacedBy: readonly string[];
  create(properties: Properties, context: ResourceContext): Promise<Physical>;
  /** called when any accepted property outside `replacedBy` has changed */
  update(physicalId: string, properties: Properties, previous: Properties, context: ResourceContext): Promise<Physical>;
  delete(physicalId: string, properties: Properties, context: ResourceContext): Promise<void>;
}
