import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type PipelineNames, pipelineArn } from '../names/pipeline-names';
import { type AccountRegion, type ReleaseNames, roleArn } from '../names/release-names';

interface NamedEnvironment {
  readonly names: ReleaseNames;
  readonly location: AccountRegion;
}

/** @returns The permission to assume one role of each environment, which defines what may be read there. */
export function assumeIn(environments: readonly NamedEnvironment[], role: 'watchRole' | 'boardRole'): PolicyStatement {
  return new PolicyStatement({
    actions: ['sts:AssumeRole'],
    resources: environments.map(({ names, location }) => roleArn(location, names, names[role])),
  });
}

/**
 * @param location Account and region of the pipeline.
 * @returns The permission to read which build a Deploy action runs, and with which message an action failed.
 */
export function readPipeline(location: AccountRegion, names: PipelineNames): PolicyStatement {
  // By name, not by reference: the pipeline refers to the function that has this permission.
  return new PolicyStatement({
    actions: ['codepipeline:ListActionExecutions'],
    resources: [pipelineArn(location, names)],
  });
}
