import { checkApart, pipelineNames } from '../../../lib/names/pipeline-names';
import { releaseNames } from '../../../lib/names/release-names';

test("a pipeline that is named like the service's stack is refused, because the service's roles would cover its own", () => {
  const service = releaseNames('greeter', 'prod');
  expect(() => checkApart(pipelineNames('acme-greeter-1a2b3c'), [{ name: 'prod' }], service)).not.toThrow();
  expect(() => checkApart(pipelineNames('greeter'), [{ name: 'prod' }], service)).toThrow(
    '"greeter-prod-deploy-action" of the pipeline begins like the service\'s stack "greeter-prod", whose roles would have ' +
      'permissions on it; write another "name" for the pipeline in cdk.json',
  );
  expect(() => checkApart(pipelineNames('Greeter-prod'), [{ name: 'staging' }], service)).toThrow(
    '"Greeter-prod" of the pipeline',
  );
});

test("the roles of all environments count, because all of them are in the pipeline's account", () => {
  const service = releaseNames('acme-greeter', 'eu');
  expect(() => checkApart(pipelineNames('acme'), [{ name: 'eu' }], service)).not.toThrow();
  expect(() => checkApart(pipelineNames('acme'), [{ name: 'eu' }, { name: 'greeter-eu-2' }], service)).toThrow(
    '"acme-greeter-eu-2-deploy-action" of the pipeline begins like the service\'s stack "acme-greeter-eu"',
  );
});

test('the stack of the artifacts for another region counts', () => {
  const service = releaseNames('acme', 'greeter-support');
  const check = (region?: string) =>
    checkApart(pipelineNames('acme-greeter'), [{ name: 'greeter-support', ...(region && { region }) }], service);
  expect(() => check()).not.toThrow();
  expect(() => check('us-west-2')).toThrow(
    '"acme-greeter-support-us-west-2" of the pipeline begins like the service\'s stack "acme-greeter-support"',
  );
});
