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
import { roleArn } from '../names/release-names';
import type { ReleaseTarget } from '../release-target';
import { deployTimeout } from '../service/deploy-timeout';

/**
 * After a Deploy that ended at its time limit: until CloudFormation has taken the release back and the stack has
 * settled. That is what a Deploy has for the rest of its work beside the shift, the rollback included, once more.
 */
const MINUTES_TO_SETTLE = 30;

/** CodePipeline's limit for the parameters of a Lambda action, in characters (ActionConfiguration of its API). */
const PARAMETERS_LIMIT = 1_000;

/** As long as what CodePipeline puts in its place. */
const EXECUTION = '#{codepipeline.PipelineExecutionId}';

/** The longest that AWS has, in place of what is known only when the stack is deployed. */
const LONGEST = { partition: 'aws-us-gov', region: 'ap-southeast-1', account: '123456789012' };

export interface CanaryStepProps {
  readonly target: ReleaseTarget;
  readonly function: IFunction;
  /** The pipeline's name. */
  readonly pipeline: string;
  /** Name of the step beside it that deploys, in the stage of the environment's name. */
  readonly deploy: string;
}

/**
 * Says in the console's own action how the release beside it goes, and what became of it: a Lambda action, at the run
 * order of Deploy. A later action finds the outcome in `#{<environment>-Canary.RELEASE_OUTCOME}` and its like.
 */
export class CanaryStep extends Step implements ICodePipelineActionFactory {
  private readonly parameters: CanaryParameters;

  /** @throws Error if the names in its parameters are longer together than CodePipeline allows */
  constructor(
    id: string,
    private readonly props: CanaryStepProps,
  ) {
    super(id);
    this.parameters = canaryParameters(props);
  }

  produceAction(stage: IStage, options: ProduceActionOptions): CodePipelineActionFactoryResult {
    stage.addAction(
      new LambdaInvokeAction({
        actionName: options.actionName,
        runOrder: options.runOrder,
        variablesNamespace: `${this.props.target.environment.name}-${this.id}`,
        lambda: this.props.function,
        userParametersString: Stack.of(options.scope).toJsonString(this.parameters),
      }),
    );
    return { runOrdersConsumed: 1 };
  }
}

/** @throws Error if they are longer than CodePipeline allows */
export function canaryParameters({ target, pipeline, deploy }: Omit<CanaryStepProps, 'function'>): CanaryParameters {
  const { names, environment, service } = target;
  const within = (place: ReleaseTarget['place']): CanaryParameters => ({
    stack: names.serviceStack,
    region: place.region,
    role: roleArn(place, names, names.watchRole),
    pipeline,
    stage: environment.name,
    action: deploy,
    execution: EXECUTION,
    minutes: deployTimeout(service).toMinutes() + MINUTES_TO_SETTLE,
  });
  const { length } = JSON.stringify(within(LONGEST)).replace(EXECUTION, '0a1b2c3d-0000-4000-8000-0123456789ab');
  if (length > PARAMETERS_LIMIT) {
    throw new Error(
      `the parameters of ${environment.name}'s Canary action may have ${length} characters, CodePipeline allows ` +
        `${PARAMETERS_LIMIT}; shorten the name of the service, the environment or the pipeline's stack`,
    );
  }
  return within(target.place);
}
