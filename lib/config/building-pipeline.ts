import { buildVariable } from '../steps/build-step';
import { ConfigError, type PipelineConfig } from './pipeline-config';

/**
 * Refuses a synthesis in the Build of a pipeline that has another name than the configuration: the self-update would leave
 * that pipeline as it is and create a second one.
 *
 * @param build Environment variables of the build; CodeBuild sets CODEBUILD_INITIATOR to `codepipeline/<name>`.
 * @throws ConfigError in such a build. A build of any other pipeline, which has none of Build's variables, may synthesise.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
 */
export function checkBuildingPipeline(config: PipelineConfig, build: NodeJS.ProcessEnv): void {
  const building = /^codepipeline\/(.+)$/.exec(build.CODEBUILD_INITIATOR ?? '')?.[1];
  const isBuild = config.environments.some(
    ({ name }) => build[buildVariable(name, 'CLOUDFORMATION_ROLE_ARN')] !== undefined,
  );
  if (building === undefined || building === config.name || !isBuild) return;
  throw new ConfigError([
    `pipeline.name: "${config.name}", but this is a build of the pipeline "${building}", whose self-update would create a ` +
      `second pipeline; write "name": "${building}", or move to the new name as docs/upgrade.md describes`,
  ]);
}
