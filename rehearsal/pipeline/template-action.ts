import { ActionConfiguration, type TemplateActionContext } from './action-configuration';
import type { Action, ActionBase, ArtifactPath, EnvironmentVariable, StackInput } from './model';
import { plaintext, readProject } from './template-project';

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

/** Name of the stage in which CDK Pipelines updates the pipeline. */
const SELF_UPDATE_STAGE = 'UpdatePipeline';

/** Name of the stage in which CDK Pipelines publishes files and images for the stacks. */
const ASSETS_STAGE = 'Assets';

/**
 * Reads an action of a pipeline's template.
 *
 * @returns The action. Undefined, with a problem noted, if it cannot be rehearsed.
 */
export function readAction(action: Json, context: TemplateActionContext): Action | undefined {
  const { path, intrinsics, problems } = context;
  for (const [property, value] of Object.entries(action)) {
    if (ACTION_PROPERTIES.has(property)) continue;
    problems.push({ path: `${path}.${property}`, value, remedy: 'not supported by a rehearsal; remove the property' });
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
        remedy: `action '${base.name}' cannot be rehearsed, only actions of CodeStarSourceConnection, CodeBuild, CloudFormation and Lambda can`,
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
      'only CODE_ZIP can be rehearsed, because builds get files and not a clone',
    );
  }
  // Read but ignored: a rehearsal starts executions itself.
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
    const remedy = `action '${base.name}' cannot be rehearsed, because a rehearsal publishes no assets; use stacks without assets`;
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

/** Maximum length of UserParameters, in characters (CodePipeline user guide, Lambda action reference). */
const USER_PARAMETERS_LIMIT = 1_000;

function lambda(base: ActionBase, configuration: ActionConfiguration): Action {
  const userParameters = configuration.optional('UserParameters');
  if (userParameters && userParameters.length > USER_PARAMETERS_LIMIT) {
    configuration.refuse(
      'UserParameters',
      userParameters,
      `has ${userParameters.length} characters, CodePipeline allows ${USER_PARAMETERS_LIMIT}; shorten it`,
    );
  }
  const action: Action = { ...base, type: 'Lambda', functionName: configuration.text('FunctionName'), userParameters };
  configuration.done();
  return action;
}

/** @param text In the form `artifact::path`. */
function artifactPath(text: string): ArtifactPath {
  const at = text.indexOf('::');
  return { artifact: text.slice(0, at), path: text.slice(at + 2) };
}

function names(artifacts: unknown): readonly string[] {
  return ((artifacts ?? []) as readonly { readonly Name: string }[]).map(({ Name }) => Name);
}
