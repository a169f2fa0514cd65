import { environmentStack } from '../../../lib/service/environment-stack';
import { REPOSITORY } from '../test-app';

test('an environment that cdk.json does not have is refused with those that it has', async () => {
  await expect(environmentStack('production', REPOSITORY, {})).rejects.toThrow(
    "no environment 'production' in cdk.json; write one of staging, prod, or --stack with the stack's name",
  );
});
