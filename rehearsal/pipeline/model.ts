/** A pipeline as its synthesised template describes it, reduced to what an execution needs. */
export interface Pipeline {
  readonly name: string;
  /** Name of the CloudFormation stack that contains the pipeline. */
  readonly stackName: string;
  /** Name of the template's file in the cloud assembly. */
  readonly templateFile: string;
  /**
   * ARN of the pipeline's service role.
   *
   * @default - None: what actions without a role of their own do is not authorised. AWS refuses such a pipeline.
   */
  readonly roleArn?: string | undefined;
  /**
   * Name of the bucket for artifacts.
   *
   * @default - None: access to artifacts is not authorised. AWS refuses such a pipeline.
   */
  readonly artifactBucket?: string | undefined;
  readonly stages: readonly Stage[];
}

export interface Stage {
  readonly name: string;
  readonly actions: readonly Action[];
}

/** The properties that all actions have. */
export interface ActionBase {
  readonly stage: string;
  readonly name: string;
  /** Actions of a stage with the same run order run in parallel. */
  readonly runOrder: number;
  /** Names of the input artifacts. */
  readonly inputs: readonly string[];
  /** Names of the output artifacts. */
  readonly outputs: readonly string[];
  /** Namespace under which other actions read the output variables. Undefined if there is none. */
  readonly namespace: string | undefined;
  /** ARN of the role that CodePipeline assumes for the action. Undefined for the pipeline's own role. */
  readonly roleArn: string | undefined;
  readonly region: string;
}

/** Fetches a commit (provider CodeStarSourceConnection). */
export interface SourceAction extends ActionBase {
  readonly type: 'Source';
  /** The repository, as `owner/name`. */
  readonly repository: string;
  readonly branch: string;
  readonly connectionArn: string;
}

/** Runs a CodeBuild project. */
export interface BuildAction extends ActionBase {
  readonly type: 'CodeBuild';
  readonly project: CodeBuildProject;
  /** Name of the input artifact in which the build runs. */
  readonly primarySource: string;
  /** The action's own environment variables. Values may contain `#{Namespace.Name}`. */
  readonly environment: readonly EnvironmentVariable[];
}

/** The self-update of CDK Pipelines. It is reported, never run. */
export interface SelfMutationAction extends ActionBase {
  readonly type: 'SelfMutation';
  readonly project: CodeBuildProject;
}

/** The input of an action that passes a template to CloudFormation. */
export interface StackInput {
  readonly stackName: string;
  readonly template: ArtifactPath;
  /** A JSON file with parameters and tags. Undefined if there is none. */
  readonly templateConfiguration: ArtifactPath | undefined;
  /** Values may contain `#{Namespace.Name}`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  /** ARN of the role that CloudFormation assumes. Undefined for the action's role. */
  readonly executionRoleArn: string | undefined;
}

/** Creates a stack, or updates an existing one. Its output variables are the stack's outputs. */
export interface CreateUpdateStackAction extends ActionBase, StackInput {
  readonly type: 'CreateUpdateStack';
}

/** Creates a CloudFormation change set, and replaces an existing one of that name. */
export interface ReplaceChangeSetAction extends ActionBase, StackInput {
  readonly type: 'ReplaceChangeSet';
  readonly changeSetName: string;
}

/** Executes a change set. Its output variables are the stack's outputs. */
export interface ExecuteChangeSetAction extends ActionBase {
  readonly type: 'ExecuteChangeSet';
  readonly stackName: string;
  readonly changeSetName: string;
}

/** Invokes a Lambda function, which reports its result through CodePipeline's API. */
export interface LambdaAction extends ActionBase {
  readonly type: 'Lambda';
  readonly functionName: string;
  /** Parameters for the function, which may contain `#{Namespace.Name}`. Undefined if there are none. */
  readonly userParameters: string | undefined;
}

export type Action =
  | SourceAction
  | BuildAction
  | SelfMutationAction
  | CreateUpdateStackAction
  | ReplaceChangeSetAction
  | ExecuteChangeSetAction
  | LambdaAction;

/** A file in an artifact. */
export interface ArtifactPath {
  readonly artifact: string;
  /** Path relative to the artifact's root. */
  readonly path: string;
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

export interface CodeBuildProject {
  readonly logicalId: string;
  readonly name: string;
  /** The buildspec itself (YAML or JSON), or its path in the source. */
  readonly buildSpec: string;
  readonly environment: readonly EnvironmentVariable[];
  /** Image, e.g. `aws/codebuild/standard:7.0`. It determines the default shell. */
  readonly image: string;
  readonly roleArn: string;
  /** Minutes of virtual time, 5 to 2160. 60 if the template has none. */
  readonly timeoutMinutes: number;
  /**
   * Name of the log group.
   *
   * @default - CodeBuild's own for the project, which the first build creates
   */
  readonly logGroup?: string | undefined;
  /** Identifies the S3 cache. Projects with the same value share their cache. Undefined without a cache. */
  readonly cache: string | undefined;
}
