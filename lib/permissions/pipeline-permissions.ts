import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type PipelineNames, pipelineArn } from '../names/pipeline-names';
import { type Place, roleArn } from '../names/release-names';
import type { ReleaseTarget } from '../release-target';

/** To become the watch role of each environment, which says what may be read there. */
export function watchEnvironments(targets: readonly ReleaseTarget[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['sts:AssumeRole'],
    resources: targets.map(({ names, place }) => roleArn(place, names, names.watchRole)),
  });
}

/** To find out which build a Deploy action is, and what a failed action said. */
export function readPipeline(place: Place, names: PipelineNames): PolicyStatement {
  // By its name: the pipeline refers to the function whose role this is.
  return new PolicyStatement({
    actions: ['codepipeline:ListActionExecutions'],
    resources: [pipelineArn(place, names)],
  });
}
