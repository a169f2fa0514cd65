/** A pipeline as its synthesised template describes it, reduced to what decides what an execution does. */
export interface Pipeline {
  readonly name: string;
  /** name of the CloudFormation stack that the pipeline is part of */
  readonly stackName: string;
  /** the template's file name in the cloud assembly */
  readonly templateFile: string;
  readonly stages: readonly Stage[];
}

export interface Stage {
  readonly name: string;
  readonly actions: readonly Action[];
}

/** What every action has. Names of artifacts are those of the pipeline. */
export interface ActionBase {
  readonly stage: string;
  readonly name: string;
  /** actions of one stage with the same run order run side by side */
  readonly runOrder: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** under which other actions read this one's output variables; undefined if none does */
  readonly namespace: string | undefined;
  /** the role that CodePipeline assumes for the action; undefined for the pipeline's own */
  readonly roleArn: string | undefined;
  readonly region: string;
}

/** Fetches a commit (provider CodeStarSourceConnection). */
export interface SourceAction extends ActionBase {
  readonly type: 'Source';
  /** `owner/name` */
  readonly repository: string;
  readonly branch: string;
  readonly connectionArn: string;
}

/** Runs a CodeBuild project. */
export interface BuildAction extends ActionBase {
  readonly type: 'CodeBuild';
  readonly project: CodeBuildProject;
  /** the input artifact in which the build runs */
  readonly primarySource: string;
  /** the action's own environment variables, which may hold `#{Namespace.Name}` */
  readonly environment: readonly EnvironmentVariable[];
}

/** CDK Pipelines' self-update: reported, never run. */
export interface SelfMutationAction extends ActionBase {
  readonly type: 'SelfMutation';
  readonly project: CodeBuildProject;
}

/** What an action that hands a template to CloudFormation hands on with it. */
export interface StackInput {
  readonly stackName: string;
  readonly template: ArtifactPath;
  /** a JSON file of parameters and tags */
  readonly templateConfiguration: ArtifactPath | undefined;
  /** may hold `#{Namespace.Name}` */
  readonly parameters: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  /** the role that CloudFormation assumes */
  readonly executionRoleArn: string | undefined;
}

/** Creates a stack, or updates it if it is there. Its output variables are the stack's outputs. */
export interface CreateUpdateStackAction extends ActionBase, StackInput {
  readonly type: 'CreateUpdateStack';
}

/** Prepares a CloudFormation change set, in place of one of that name if there is one. */
export interface ReplaceChangeSetAction extends ActionBase, StackInput {
  readonly type: 'ReplaceChangeSet';
  readonly changeSetName: string;
}

/** Executes a prepared change set. Its output variables are the stack's outputs. */
export interface ExecuteChangeSetAction extends ActionBase {
  readonly type: 'ExecuteChangeSet';
  readonly stackName: string;
  readonly changeSetName: string;
}

/** Invokes a Lambda function, which answers by CodePipeline's own API. */
export interface LambdaAction extends ActionBase {
  readonly type: 'Lambda';
  readonly functionName: string;
  /** what the function is told; may hold `#{Namespace.Name}`. Undefined where it is told nothing */
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

export interface ArtifactPath {
  readonly artifact: string;
  /** relative to the artifact's root */
  readonly path: string;
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

export interface CodeBuildProject {
  readonly logicalId: string;
  readonly name: string;
  /** the buildspec itself (YAML or JSON), or the path of one in the source */
  readonly buildSpec: string;
  readonly environment: readonly EnvironmentVariable[];
  /** e.g. `aws/codebuild/standard:7.0`; decides which shell is the default one */
  readonly image: string;
  readonly roleArn: string;
  /** of virtual time, 5 to 2160; 60 where the template has none */
  readonly timeoutMinutes: number;
  /** names its S3 cache: builds of projects with the same name share what they keep; undefined without a cache */
  readonly cache: string | undefined;
}
