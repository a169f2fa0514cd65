import { Stage, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ExtraPermission } from './config/extra-permission';
import type { PipelineEnvironment } from './environment/pipeline-environment';
import { ReleaseStack, type ReleaseStackProps } from './environment/release-stack';

interface AppStageProps extends StageProps {
  readonly environment: PipelineEnvironment;
  readonly pipeline: ReleaseStackProps['pipeline'];
  readonly deployPermissions: readonly ExtraPermission[];
  readonly functionPermissions: readonly ExtraPermission[];
}

/** One environment: its ReleaseStack. The pipeline adds the actions Deploy and Canary after it. */
export class AppStage extends Stage {
  constructor(scope: Construct, id: string, stageProps: AppStageProps) {
    const { environment, pipeline, deployPermissions, functionPermissions, ...props } = stageProps;
    super(scope, id, props);
    new ReleaseStack(this, 'ReleaseStack', {
      stackName: environment.names.releaseStack,
      environment,
      pipeline,
      deployPermissions,
      functionPermissions,
    });
  }
}
