import { ActionConfiguration } from './action-configuration';
import type { Intrinsics, SynthesisedTemplate } from './intrinsics';
import type { Action, ActionBase, ArtifactPath, EnvironmentVariable, StackInput } from './model';
import type { RefusedPart } from './refusal';
import { plaintext, readProject } from './template-project';

/** What is known of an action from where it stands in the template. */
export interface TemplateActionContext {
  readonly stage: string;
  readonly path: string;
  /** the pipeline's */
  readonly region: string;
  readonly template: SynthesisedTemplate;
  readonly intrinsics: Intrinsics;
  readonly problems: RefusedPart[];
}

// biome-ignore lint/suspicious/noExplicitAny: template JSON
type Json = Record<string, any>;

const ACTION_PROPERTIES = new Set([
  'ActionTypeId',
  'Configuration',
  'InputArtifacts',
  'Name',
  'Namespace',
  'OutputArtifacts',
  'Region',
  'RoleArn',
  'RunOrder',
]);

/** CDK Pipelines' own name for the stage in which the pipeline updates itself. */
const SELF_UPDATE_STAGE = 'UpdatePipeline';

/** CDK Pipelines' own name for the stage in which files and images are published for the stacks. */
const ASSETS_STAGE = 'Assets';

/** Reads one action of a pipeline's template. @returns undefined, with a problem noted, for what cannot be rehearsed */
export function readAction(action: Json, context: TemplateActionContext): Action | undefined {
  const { path, intrinsics, problems } = context;
  for (const [property, value] of Object.entries(action)) {
    if (ACTION_PROPERTIES.has(property)) continue;
    problems.push({ path: `${path}.${property}`, value, remedy: 'a rehearsal does not support this property' });
  }
  const base: ActionBase = {
    stage: context.stage,
    name: String(action.Name),
    runOrder: Number(action.RunOrder ?? 1),
    inputs: names(action.InputArtifacts),
    outputs: names(action.OutputArtifacts),
    namespace: intrinsics.optional(action.Namespace, `${path}.Namespace`),
    roleArn: intrinsics.optional(action.RoleArn, `${path}.RoleArn`),
    region: intrinsics.optional(action.Region, `${path}.Region`) ?? context.region,
  };
  const { Category: category, Provider: provider } = (action.ActionTypeId ?? {}) as Json;
  const configuration = new ActionConfiguration((action.Configuration ?? {}) as Json, `${path}.Configuration`, context);
  switch (`${category}/${provider}`) {
    case 'Source/CodeStarSourceConnection':
      return source(base, configuration);
    case 'Build/CodeBuild':
    case 'Test/CodeBuild':
      return build(base, configuration, context);
    case 'Deploy/CloudFormation':
      return cloudFormation(base, configuration);
    case 'Invoke/Lambda':
      return lambda(base, configuration);
    default:
      problems.push({
        path: `${path}.ActionTypeId`,
        value: `${category}/${provider}`,
        remedy: `action '${base.name}' cannot be rehearsed: only CodeStarSourceConnection, CodeBuild, CloudFormation and Lambda can`,
      });
      return undefined;
  }
}

function source(base: ActionBase, configuration: ActionConfiguration): Action {
  const format = configuration.optional('OutputArtifactFormat');
  if (format !== undefined && format !== 'CODE_ZIP') {
    configuration.refuse(
      'OutputArtifactFormat',
      format,
      'only CODE_ZIP can be rehearsed: a build gets files, not a clone',
    );
  }
  // Whether a push starts an execution is no concern of an execution that was started.
  configuration.raw('DetectChanges');
  const action: Action = {
    ...base,
    type: 'Source',
    repository: configuration.text('FullRepositoryId'),
    branch: configuration.text('BranchName'),
    connectionArn: configuration.text('ConnectionArn'),
  };
  configuration.done();
  return action;
}

function build(
  base: ActionBase,
  configuration: ActionConfiguration,
  context: TemplateActionContext,
): Action | undefined {
  if (context.stage === ASSETS_STAGE) {
    const remedy = `action '${base.name}' cannot be rehearsed: no assets are published, so no stack may have any`;
    context.problems.push({ path: context.path, remedy });
    return undefined;
  }
  const reference = configuration.raw('ProjectName') as { readonly Ref?: string } | undefined;
  const project = reference?.Ref === undefined ? undefined : readProject(reference.Ref, context);
  if (reference?.Ref === undefined) {
    configuration.refuse('ProjectName', reference, 'must refer to a project of the same template');
  }
  const environment = actionEnvironment(configuration);
  const primarySource = configuration.optional('PrimarySource') ?? base.inputs[0] ?? '';
  if (!base.inputs.includes(primarySource)) {
    configuration.refuse(
      'PrimarySource',
      primarySource,
      `must be one of the input artifacts: ${base.inputs.join(', ')}`,
    );
  }
  configuration.done();
  if (!project) return undefined;
  if (context.stage === SELF_UPDATE_STAGE) return { ...base, type: 'SelfMutation', project };
  return { ...base, type: 'CodeBuild', project, primarySource, environment };
}

function actionEnvironment(configuration: ActionConfiguration): readonly EnvironmentVariable[] {
  const text = configuration.optional('EnvironmentVariables');
  if (text === undefined) return [];
  const variables = JSON.parse(text) as readonly { name: string; type?: string; value: string }[];
  return variables.flatMap((variable, index) => {
    if (plaintext(variable.type)) return [{ name: variable.name, value: variable.value }];
    const key = `EnvironmentVariables[${index}].type`;
    configuration.refuse(key, variable.type, `${variable.name}: only PLAINTEXT variables can be rehearsed`);
    return [];
  });
}

function cloudFormation(base: ActionBase, configuration: ActionConfiguration): Action | undefined {
  const mode = configuration.text('ActionMode');
  let action: Action;
  switch (mode) {
    case 'CREATE_UPDATE':
      action = { ...base, type: 'CreateUpdateStack', ...stackInput(configuration) };
      break;
    case 'CHANGE_SET_REPLACE': {
      const changeSetName = configuration.text('ChangeSetName');
      action = { ...base, type: 'ReplaceChangeSet', changeSetName, ...stackInput(configuration) };
      break;
    }
    case 'CHANGE_SET_EXECUTE': {
      const changeSetName = configuration.text('ChangeSetName');
      action = { ...base, type: 'ExecuteChangeSet', changeSetName, stackName: configuration.text('StackName') };
      break;
    }
    default:
      configuration.refuse(
        'ActionMode',
        mode,
        'only CREATE_UPDATE, CHANGE_SET_REPLACE and CHANGE_SET_EXECUTE can be rehearsed',
      );
      return undefined;
  }
  configuration.done();
  return action;
}

function stackInput(configuration: ActionConfiguration): StackInput {
  const templateConfiguration = configuration.optional('TemplateConfiguration');
  return {
    stackName: configuration.text('StackName'),
    template: artifactPath(configuration.text('TemplatePath')),
    templateConfiguration: templateConfiguration === undefined ? undefined : artifactPath(templateConfiguration),
    parameters: JSON.parse(configuration.optional('ParameterOverrides') ?? '{}'),
    capabilities: configuration.optional('Capabilities')?.split(',') ?? [],
    executionRoleArn: configuration.optional('RoleArn'),
  };
}

/** Characters; the longest UserParameters (CodePipeline user guide, Lambda action reference). */
const USER_PARAMETERS_LIMIT = 1_000;

function lambda(base: ActionBase, configuration: ActionConfiguration): Action {
  const userParameters = configuration.optional('UserParameters');
  if (userParameters && userParameters.length > USER_PARAMETERS_LIMIT) {
    configuration.refuse(
      'UserParameters',
      userParameters,
      `has ${userParameters.length} characters; CodePipeline takes ${USER_PARAMETERS_LIMIT}`,
    );
  }
  const action: Action = { ...base, type: 'Lambda', functionName: configuration.text('FunctionName'), userParameters };
  configuration.done();
  return action;
}

/** @param text `artifact::path` */
function artifactPath(text: string): ArtifactPath {
  const at = text.indexOf('::');
  return { artifact: text.slice(0, at), path: text.slice(at + 2) };
}

function names(artifacts: unknown): readonly string[] {
  return ((artifacts ?? []) as readonly { readonly Name: string }[]).map(({ Name }) => Name);
}
