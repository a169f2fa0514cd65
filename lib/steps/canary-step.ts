import { Stack } from 'aws-cdk-lib';
import type { IStage } from 'aws-cdk-lib/aws-codepipeline';
import { LambdaInvokeAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  type CodePipelineActionFactoryResult,
  type ICodePipelineActionFactory,
  type ProduceActionOptions,
  Step,
} from 'aws-cdk-lib/pipelines';
import type { CanaryParameters } from '../../release/canary/job';
import type { PipelineEnvironment } from '../environment/pipeline-environment';
import { type AccountRegion, roleArn } from '../names/release-names';
import { deployTimeout } from '../service/deploy-timeout';

/**
 * Minutes that the rollback may take after a Deploy that ended at its time limit, until the stack has settled. A Deploy
 * has as many for everything but the shift, the rollback included.
 */
const MINUTES_TO_SETTLE = 30;

/** Maximum length of the parameters of a Lambda action, in characters (CodePipeline API, ActionConfiguration). */
const PARAMETERS_LIMIT = 1_000;

/** Replaced by CodePipeline with the id of the execution. */
const EXECUTION = '#{codepipeline.PipelineExecutionId}';

/** The longest values that AWS has, for what is known only when the stack is deployed. */
const LONGEST: AccountRegion = { partition: 'aws-us-gov', region: 'ap-southeast-1', account: '123456789012' };

interface CanaryStepProps {
  readonly environment: PipelineEnvironment;
  readonly function: IFunction;
  /** Name of the pipeline. */
  readonly pipeline: string;
  /** Name of the action that deploys, in the same stage. */
  readonly deploy: string;
}

/**
 * Shows in the CodePipeline console how a release goes and how it ended: a Lambda action with the run order of Deploy.
 * Later actions can read the outcome from `#{<environment>-Canary.RELEASE_OUTCOME}` and its other variables.
 */
export class CanaryStep extends Step implements ICodePipelineActionFactory {
  readonly #props: CanaryStepProps;
  readonly #parameters: CanaryParameters;

  /** @throws Error when the parameters would be longer than CodePipeline allows. */
  constructor(id: string, props: CanaryStepProps) {
    super(id);
    this.#props = props;
    this.#parameters = canaryParameters(props);
  }

  produceAction(stage: IStage, options: ProduceActionOptions): CodePipelineActionFactoryResult {
    stage.addAction(
      new LambdaInvokeAction({
        actionName: options.actionName,
        runOrder: options.runOrder,
        variablesNamespace: `${this.#props.environment.config.name}-${this.id}`,
        lambda: this.#props.function,
        userParametersString: Stack.of(options.scope).toJsonString(this.#parameters),
      }),
    );
    return { runOrdersConsumed: 1 };
  }
}

/** @throws Error when the parameters would be longer than CodePipeline allows. */
export function canaryParameters(props: Omit<CanaryStepProps, 'function'>): CanaryParameters {
  const { pipeline, deploy } = props;
  const { names, config, service, location } = props.environment;
  const parametersFor = (accountRegion: AccountRegion): CanaryParameters => ({
    stack: names.serviceStack,
    region: accountRegion.region,
    role: roleArn(accountRegion, names, names.watchRole),
    pipeline,
    stage: config.name,
    action: deploy,
    execution: EXECUTION,
    minutes: deployTimeout(service).toMinutes() + MINUTES_TO_SETTLE,
  });
  const { length } = JSON.stringify(parametersFor(LONGEST)).replace(EXECUTION, '0a1b2c3d-0000-4000-8000-0123456789ab');
  if (length > PARAMETERS_LIMIT) {
    throw new Error(
      `the parameters of ${config.name}'s Canary action may have ${length} characters, CodePipeline allows ` +
        `${PARAMETERS_LIMIT}; shorten the name of the service, the environment or the pipeline's stack`,
    );
  }
  return parametersFor(location);
}
