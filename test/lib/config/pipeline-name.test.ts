import { pipelineConfig } from '../../../lib/config/pipeline-config';
import { defaultPipelineName, ENVIRONMENT_NAME_LIMIT, PIPELINE_NAME_LIMIT } from '../../../lib/config/pipeline-name';
import { deployActionRole, pipelineNames } from '../../../lib/names/pipeline-names';

test.each([
  ['acme/greeter', /^acme-greeter-[a-z0-9]{6}$/],
  ['your-org/your-repo', /^your-org-your-repo-[a-z0-9]{6}$/],
  ['an-organisation/customer-notification-service', /^an-org-customer-no-[a-z0-9]{6}$/],
  ['a-very-long-organisation/api', /^a-very-long-or-api-[a-z0-9]{6}$/],
  ['37signals/x', /^p37signals-x-[a-z0-9]{6}$/],
  ['acme/.github', /^acme-github-[a-z0-9]{6}$/],
  ['acme/my_service.js', /^acme-my-service-js-[a-z0-9]{6}$/],
])('%s has a readable name that ends with a hash', (repository, expected) => {
  const name = defaultPipelineName(repository);
  expect(name).toMatch(expected);
  expect(name.length).toBeLessThanOrEqual(PIPELINE_NAME_LIMIT);
  const environments = [{ name: 'prod' }];
  expect(pipelineConfig({ repository, name, branch: 'main', environments }).name).toBe(name);
});

test('two repositories whose names are shortened alike have different names, and case makes no difference', () => {
  const [one, two] = ['acme/customer-notification-a', 'acme/customer-notification-b'].map(defaultPipelineName);
  expect(one).not.toBe(two);
  expect(defaultPipelineName('Acme/Greeter')).toBe(defaultPipelineName('acme/greeter'));
});

test('every name that is made from the longest name fits: roles, functions, and the connection', () => {
  const names = pipelineNames('p'.repeat(PIPELINE_NAME_LIMIT));
  expect(deployActionRole(names, 'e'.repeat(ENVIRONMENT_NAME_LIMIT))).toHaveLength(64);
  expect(names.connection).toHaveLength(32);
  expect(Math.max(...[names.canary, names.notifier, names.alarmBoard].map(({ length }) => length))).toBeLessThan(64);
});
