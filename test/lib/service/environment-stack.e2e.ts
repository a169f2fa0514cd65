import { environmentStack } from '../../../lib/service/environment-stack';
import { REPOSITORY } from '../test-app';

test("an environment's stack is the one that sls deploys, in the region of the shell", async () => {
  expect(await environmentStack('prod', REPOSITORY, { AWS_REGION: 'eu-west-1' })).toEqual({
    stackName: 'canary-service-prod',
    region: 'eu-west-1',
  });
});
