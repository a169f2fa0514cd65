import { checkBuildingPipeline } from '../../../lib/config/building-pipeline';
import { pipelineConfig } from '../../../lib/config/pipeline-config';
import { TWO_ENVIRONMENTS } from '../fixtures';

const config = pipelineConfig({ ...TWO_ENVIRONMENTS, name: 'acme-greeter' });
const BUILD = {
  STAGING_CLOUDFORMATION_ROLE_ARN: 'arn:aws:iam::111111111111:role/release/greeter-staging-cloudformation',
};

test('a build of the pipeline with the configured name may synthesise, and so may any other machine', () => {
  for (const build of [
    { ...BUILD, CODEBUILD_INITIATOR: 'codepipeline/acme-greeter' },
    { ...BUILD, CODEBUILD_INITIATOR: 'someone' },
    { CODEBUILD_INITIATOR: 'codepipeline/pull-requests' },
    {},
  ]) {
    expect(() => checkBuildingPipeline(config, build)).not.toThrow();
  }
});

test('a build of a pipeline with another name is refused, because the self-update would create a second pipeline', () => {
  expect(() => checkBuildingPipeline(config, { ...BUILD, CODEBUILD_INITIATOR: 'codepipeline/PipelineStack' })).toThrow(
    'pipeline.name: "acme-greeter", but this is a build of the pipeline "PipelineStack", whose self-update would create a ' +
      'second pipeline; write "name": "PipelineStack", or move to the new name as docs/upgrade.md describes',
  );
});
