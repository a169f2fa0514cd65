import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineEnvironment } from '../environment/pipeline-environment';
import type { PipelineNames } from '../names/pipeline-names';
import type { AccountRegion } from '../names/release-names';
import { assumeIn, readPipeline } from '../permissions/pipeline-permissions';
import { PipelineFunction } from './pipeline-function';

interface CanaryFunctionProps {
  readonly names: PipelineNames;
  /** Account and region of the pipeline. */
  readonly location: AccountRegion;
  readonly environments: readonly PipelineEnvironment[];
}

/**
 * The function that the Canary actions of all environments invoke. Each of those actions allows it to report the
 * results of its jobs to CodePipeline, see CanaryStep.
 */
export class CanaryFunction extends PipelineFunction {
  constructor(scope: Construct, id: string, { names, location, environments }: CanaryFunctionProps) {
    super(scope, id, {
      name: names.canary,
      description: `Follows the releases of ${names.pipeline} and reports their outcomes in its Canary actions`,
      entry: 'bin/canary-action.ts',
      timeout: Duration.minutes(2),
      permissions: [assumeIn(environments, 'watchRole'), readPipeline(location, names)],
    });
  }
}
