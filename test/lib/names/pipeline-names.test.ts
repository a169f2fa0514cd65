import { pipelineNames } from '../../../lib/names/pipeline-names';

test('a stack name that is too long for the roles of the functions is refused at synthesis', () => {
  const name = 'a-pipeline-stack-with-a-name-that-is-rather-too-long-';
  expect(() => pipelineNames(name.slice(0, -1))).not.toThrow();
  expect(() => pipelineNames(name)).toThrow(
    `role name "${name}-alarm-board" has 65 characters, IAM allows 64; shorten the name of the pipeline's stack`,
  );
});
