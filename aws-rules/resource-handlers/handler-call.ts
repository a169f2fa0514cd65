/** Where a resource is, or will be. */
export interface ResourceLocation {
  readonly partition: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

/** What a call on a role needs to know of it. */
export interface HandledRole {
  readonly arn: string;
  /** ARN of the permissions boundary; undefined when the role has none. */
  readonly permissionsBoundary: string | undefined;
}

/** What CloudFormation does to one resource of a stack. */
export interface ResourceChange {
  /** Resource type, e.g. `AWS::Lambda::Alias`. */
  readonly type: string;
  readonly operation: 'create' | 'update' | 'delete';
  /** Properties after the change; those of the resource itself when it is deleted. */
  readonly properties: Record<string, unknown>;
  /**
   * Properties before an update.
   *
   * @default - None: every property counts as changed.
   */
  readonly previous?: Record<string, unknown> | undefined;
  /**
   * Value of `Ref`.
   *
   * @default - The name in the properties, or the one that CloudFormation generates.
   */
  readonly physicalId?: string | undefined;
  readonly stackName: string;
  readonly logicalId: string;
  readonly location: ResourceLocation;
  /**
   * Tags of the stack, which CloudFormation adds to each resource that it creates.
   *
   * @default - None.
   */
  readonly stackTags?: Readonly<Record<string, string>> | undefined;
  /**
   * UpdatePolicy of the resource.
   *
   * @default - None.
   */
  readonly updatePolicy?: Record<string, unknown> | undefined;
  /**
   * Looks up a role that exists, by its name.
   *
   * @default - A role is as its properties say; any other role has the path `/` and no boundary.
   */
  readonly roleOf?: ((name: string) => HandledRole | undefined) | undefined;
  /**
   * Whether `GENERATED_MARK` stands for what AWS generates.
   *
   * @default false - `X` stands for each character
   */
  readonly marksGenerated?: boolean | undefined;
}

/** One call of an AWS API that CloudFormation makes for a resource, with the permissions of the stack's role. */
export interface HandlerCall {
  /** Action as IAM knows it, e.g. `lambda:UpdateAlias`. */
  readonly action: string;
  /**
   * ARN on which the call is authorised, `*` for an action without a resource level. A part that is not known, because
   * the property's value is not text, is `*`.
   */
  readonly resource: string;
  /**
   * Values of condition keys that the call sets itself.
   *
   * @default - None.
   */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** Whether AWS publishes the action for the type and operation, or it follows from the APIs that set the properties. */
  readonly basis: 'published' | 'inferred';
}
