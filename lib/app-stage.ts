import { Stage, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ExtraPermission } from './config/pipeline-config';
import { ReleaseStack, type ReleaseStackProps } from './environment/release-stack';
import type { ReleaseTarget } from './release-target';

export interface AppStageProps extends StageProps {
  readonly target: ReleaseTarget;
  readonly pipeline: ReleaseStackProps['pipeline'];
  readonly deployPermissions: readonly ExtraPermission[];
}

/** One environment: its ReleaseStack. The pipeline adds Deploy and Canary after it. */
export class AppStage extends Stage {
  constructor(scope: Construct, id: string, { target, pipeline, deployPermissions, ...props }: AppStageProps) {
    super(scope, id, props);
    new ReleaseStack(this, 'ReleaseStack', {
      stackName: target.names.releaseStack,
      target,
      pipeline,
      deployPermissions,
    });
  }
}
