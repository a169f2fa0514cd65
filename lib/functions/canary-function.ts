import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineNames } from '../names/pipeline-names';
import type { Place } from '../names/release-names';
import { readPipeline, watchEnvironments } from '../permissions/pipeline-permissions';
import type { ReleaseTarget } from '../release-target';
import { PipelineFunction } from './pipeline-function';

export interface CanaryFunctionProps {
  readonly names: PipelineNames;
  readonly place: Place;
  readonly targets: readonly ReleaseTarget[];
}

/** What the Canary actions of all environments invoke. Each action lets it answer CodePipeline, see CanaryStep. */
export class CanaryFunction extends PipelineFunction {
  constructor(scope: Construct, id: string, { names, place, targets }: CanaryFunctionProps) {
    super(scope, id, {
      name: names.canary,
      description: `Follows the releases of ${names.pipeline} and says in its Canary actions what becomes of them`,
      entry: 'bin/canary-action.ts',
      timeout: Duration.minutes(2),
      permissions: [watchEnvironments(targets), readPipeline(place, names)],
    });
  }
}
