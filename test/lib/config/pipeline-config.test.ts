import { ConfigError, pipelineConfig } from '../../../lib/config/pipeline-config';
import { TWO_ENVIRONMENTS } from '../fixtures';

const LONGEST = 'AllAtOnce, Canary10Percent5Minutes, Canary10Percent10Minutes, Canary10Percent15Minutes, ';
const TYPES = `${LONGEST}Canary10Percent30Minutes, Linear10PercentEvery1Minute, Linear10PercentEvery2Minutes, Linear10PercentEvery3Minutes, Linear10PercentEvery10Minutes`;

/** A configuration with one thing changed, and all that is said of it. */
const INVALID: Readonly<Record<string, readonly [change: object, ...problems: string[]]>> = {
  'an unknown key': [
    { brnach: 'main' },
    'pipeline.brnach: is not a known key; write one of repository, branch, connectionArn, account, region, serviceDirectory, environments, deployPermissions, notify',
  ],
  'an unknown key of an environment': [
    { environments: [{ name: 'prod', stage: 'prod' }] },
    'pipeline.environments[0].stage: is not a known key; write one of name, account, region, deploymentType, notify',
  ],
  'no repository': [{ repository: undefined }, 'pipeline.repository: missing; write it as "owner/repo"'],
  'a repository by its address': [
    { repository: 'https://github.com/acme/greeter' },
    'pipeline.repository: "https://github.com/acme/greeter" is not a GitHub repository; write it as "owner/repo"',
  ],
  'a ref for a branch': [
    { branch: 'refs/heads/main' },
    'pipeline.branch: "refs/heads/main" is not a branch; write its name, such as "main"',
  ],
  'the ARN of something else': [
    { connectionArn: 'arn:aws:iam::111111111111:role/github' },
    'pipeline.connectionArn: "arn:aws:iam::111111111111:role/github" is not the ARN of a connection; copy it from the console (Developer Tools, Connections), or remove it and the stack creates a connection',
  ],
  'no environment': [
    { environments: [] },
    'pipeline.environments: [] releases to nowhere; write at least one environment, such as { "name": "prod" }',
  ],
  'an environment twice': [
    { environments: [{ name: 'prod' }, { name: 'prod' }] },
    'pipeline.environments[1].name: "prod" is there twice; give each environment its own name',
  ],
  'an environment whose roles would reach into another': [
    { environments: [{ name: 'prod-eu' }, { name: 'prod' }] },
    'pipeline.environments[1].name: "prod" begins like "prod-eu", so that one\'s roles would cover the other\'s; rename one of them',
  ],
  'a name CloudFormation cannot hold': [
    { environments: [{ name: '1_Prod' }] },
    'pipeline.environments[0].name: "1_Prod" is not a name CloudFormation can hold; write up to 24 lower-case letters and digits with single hyphens between, a letter first',
  ],
  'a name too long': [
    { environments: [{ name: 'a'.repeat(25) }] },
    'pipeline.environments[0].name: "aaaaaaaaaaaaaaaaaaaaaaaaa" is not a name CloudFormation can hold; write up to 24 lower-case letters and digits with single hyphens between, a letter first',
  ],
  'an account that lost its zeros, and no account of the pipeline': [
    { environments: [{ name: 'prod', account: 12345678901 }] },
    'pipeline.environments[0].account: 12345678901 is not an AWS account; write its 12 digits as a string',
    "pipeline.account: missing, though an environment names one; write the pipeline's own",
  ],
  'a region that is none': [
    { region: 'eu-central-1', environments: [{ name: 'prod', region: 'frankfurt' }] },
    'pipeline.environments[0].region: "frankfurt" is not an AWS region; write one such as "eu-central-1"',
  ],
  'an unknown deployment type': [
    { environments: [{ name: 'prod', deploymentType: 'Canary20Percent5Minutes' }] },
    `pipeline.environments[0].deploymentType: "Canary20Percent5Minutes" is not a deployment type; write one of ${TYPES}`,
  ],
  'a directory outside of the repository': [
    { serviceDirectory: '../service' },
    'pipeline.serviceDirectory: "../service" is not a directory of the repository; write its relative path',
  ],
  'an address that is none, and no list of them': [
    { notify: ['Team <team@example.com>', 7], environments: [{ name: 'prod', notify: 'team@example.com' }] },
    'pipeline.environments[0].notify: "team@example.com" is not a list of e-mail addresses; write it as ["team@example.com"] or remove it',
    'pipeline.notify[0]: "Team <team@example.com>" is not an e-mail address; write one such as "team@example.com", without a name',
    'pipeline.notify[1]: 7 is not an e-mail address; write one such as "team@example.com", without a name',
  ],
  'an address that would be told twice': [
    {
      notify: ['team@example.com', 'Team@example.com'],
      environments: [{ name: 'prod', notify: ['on-call@example.com', 'team@example.com', 'on-call@example.com'] }],
    },
    'pipeline.notify[1]: "Team@example.com" is there twice; remove one of them',
    'pipeline.environments[0].notify[2]: "on-call@example.com" is there twice; remove one of them',
    'pipeline.environments[0].notify[1]: "team@example.com" is told of everything by pipeline.notify; remove it from one of them',
  ],
  'a permission for everything': [
    { deployPermissions: [{ actions: ['dynamodb:*'], resources: ['*'] }] },
    'pipeline.deployPermissions[0].actions[0]: "dynamodb:*" is not one action; write each in full, such as "dynamodb:CreateTable"',
    'pipeline.deployPermissions[0].resources[0]: "*" is not the ARN of a resource; write one such as "arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*"',
  ],
};

test.each(Object.entries(INVALID))('%s is refused with path, value and remedy', (_, [change, ...problems]) => {
  expect(problemsOf({ ...TWO_ENVIRONMENTS, ...change })).toEqual(problems);
});

test('every mistake is told at once, those between values too', () => {
  expect(problemsOf({ branch: 'main', environments: [{ name: 'prod', region: 'x' }, { name: 'prod' }, 7] })).toEqual([
    'pipeline.repository: missing; write it as "owner/repo"',
    'pipeline.environments[0].region: "x" is not an AWS region; write one such as "eu-central-1"',
    'pipeline.environments[2]: 7 is not an environment; write an object with a "name"',
    'pipeline.environments[1].name: "prod" is there twice; give each environment its own name',
    "pipeline.region: missing, though an environment names one; write the pipeline's own",
  ]);
});

test('without a configuration the message says where to write one', () => {
  expect(() => pipelineConfig(undefined)).toThrow(
    new Error(
      'cdk.json, context key "pipeline":\n' +
        '  pipeline: missing; write an object with "repository", "branch" and "environments"',
    ),
  );
});

test('what is left out takes its default', () => {
  expect(pipelineConfig(TWO_ENVIRONMENTS)).toEqual({
    ...TWO_ENVIRONMENTS,
    serviceDirectory: 'service',
    deployPermissions: [],
  });
});

test.each(['codeconnections', 'codestar-connections'])('a connection may be a %s one', (service) => {
  const connectionArn = `arn:aws:${service}:eu-central-1:111111111111:connection/0a1b2c3d-0000-4000-8000-0123456789ab`;
  expect(pipelineConfig({ ...TWO_ENVIRONMENTS, connectionArn }).connectionArn).toBe(connectionArn);
});

function problemsOf(config: unknown): readonly string[] {
  try {
    pipelineConfig(config);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
