import { ConfigError, pipelineConfig } from '../../../lib/config/pipeline-config';
import { TWO_ENVIRONMENTS } from '../fixtures';

const LONGEST = 'AllAtOnce, Canary10Percent5Minutes, Canary10Percent10Minutes, Canary10Percent15Minutes, ';
const TYPES = `${LONGEST}Canary10Percent30Minutes, Linear10PercentEvery1Minute, Linear10PercentEvery2Minutes, Linear10PercentEvery3Minutes, Linear10PercentEvery10Minutes`;

const HOME = { account: '111111111111', region: 'eu-central-1' };

/** Changes that make a configuration invalid, each with all reported mistakes. */
const INVALID: Readonly<Record<string, readonly [change: object, ...problems: string[]]>> = {
  'an unknown key': [
    { brnach: 'main' },
    'pipeline.brnach: unknown key; write one of repository, name, branch, connectionArn, account, region, serviceDirectory, environments, deployPermissions, functionPermissions, notify',
  ],
  'an unknown key of an environment': [
    { environments: [{ name: 'prod', stage: 'prod' }] },
    'pipeline.environments[0].stage: unknown key; write one of name, account, region, deploymentType, notify',
  ],
  'no repository': [{ repository: undefined }, 'pipeline.repository: missing; write it as "owner/repo"'],
  'the URL of a repository': [
    { repository: 'https://github.com/acme/greeter' },
    'pipeline.repository: "https://github.com/acme/greeter" is not a GitHub repository; write it as "owner/repo"',
  ],
  'a Git ref instead of a branch': [
    { branch: 'refs/heads/main' },
    'pipeline.branch: "refs/heads/main" is not a branch; write its name, such as "main"',
  ],
  'the ARN of something other than a connection': [
    { connectionArn: 'arn:aws:iam::111111111111:role/github' },
    'pipeline.connectionArn: "arn:aws:iam::111111111111:role/github" is not the ARN of a connection; copy it from the console (Developer Tools, Connections), or remove it and the stack creates a connection',
  ],
  'no environment': [
    { environments: [] },
    'pipeline.environments: [] contains no environment; write at least one, such as { "name": "prod" }',
  ],
  'two environments of one name': [
    { environments: [{ name: 'prod' }, { name: 'prod' }] },
    'pipeline.environments[1].name: "prod" is used twice; give each environment its own name',
  ],
  'an environment whose roles would have permissions on another': [
    { environments: [{ name: 'prod-eu' }, { name: 'prod' }] },
    'pipeline.environments[1].name: "prod" and "prod-eu" begin alike, so the roles of one would have permissions on the other; rename one of them, or give them different accounts',
  ],
  'a name with characters that are not allowed': [
    { environments: [{ name: '1_Prod' }] },
    'pipeline.environments[0].name: "1_Prod" is not a valid name for an environment; write up to 24 lower-case letters, digits and single hyphens, beginning with a letter',
  ],
  'a name that is too long': [
    { environments: [{ name: 'a'.repeat(25) }] },
    'pipeline.environments[0].name: "aaaaaaaaaaaaaaaaaaaaaaaaa" is not a valid name for an environment; write up to 24 lower-case letters, digits and single hyphens, beginning with a letter',
  ],
  'a name that is too long with its hyphens': [
    { environments: [{ name: 'a-b-c-d-e-f-g-h-i-j-k-l-m' }] },
    'pipeline.environments[0].name: "a-b-c-d-e-f-g-h-i-j-k-l-m" is not a valid name for an environment; write up to 24 lower-case letters, digits and single hyphens, beginning with a letter',
  ],
  'an account that lost its leading zeros, and no account of the pipeline': [
    { environments: [{ name: 'prod', account: 12345678901 }] },
    'pipeline.environments[0].account: 12345678901 is not an AWS account; write its 12 digits as a string',
    'pipeline.account: missing, but an environment sets its own; write the account of the pipeline',
    'pipeline.region: missing, but an environment sets its own; write the region of the pipeline',
  ],
  'an invalid region': [
    { ...HOME, environments: [{ name: 'prod', region: 'frankfurt' }] },
    'pipeline.environments[0].region: "frankfurt" is not an AWS region; write one such as "eu-central-1"',
  ],
  'a region without an account, which CDK could not synthesise': [
    { region: 'eu-central-1' },
    'pipeline.account: missing, but pipeline.region is set; write the account of the pipeline, or remove "region"',
  ],
  'an account without a region': [
    { account: '111111111111' },
    'pipeline.region: missing, but pipeline.account is set; write the region of the pipeline, or remove "account"',
  ],
  'an environment in a partition that the pipeline cannot reach': [
    { ...HOME, environments: [{ name: 'prod', region: 'cn-north-1' }] },
    'pipeline.environments[0].region: "cn-north-1" is in another partition of AWS than the pipeline\'s "eu-central-1"; give that environment a pipeline of its own',
  ],
  'a name of the pipeline that a stack cannot have': [
    { name: '2nd_pipeline' },
    'pipeline.name: "2nd_pipeline" is not a valid name for a pipeline; write letters, digits and single hyphens, beginning with a letter, or remove it',
  ],
  'a name of the pipeline with which names of its roles would be too long': [
    { name: 'abcdefghijklmnopqrstuvwxyz' },
    'pipeline.name: "abcdefghijklmnopqrstuvwxyz" has 26 characters, 25 are possible: the role "<name>-<environment>-deploy-action" may have 64 (IAM), the connection "<name>-github" 32 (CodeConnections); shorten it',
  ],
  'an unknown deployment type': [
    { environments: [{ name: 'prod', deploymentType: 'Canary20Percent5Minutes' }] },
    `pipeline.environments[0].deploymentType: "Canary20Percent5Minutes" is not a deployment type; write one of ${TYPES}`,
  ],
  'a directory outside of the repository': [
    { serviceDirectory: '../service' },
    'pipeline.serviceDirectory: "../service" is not a directory of the repository; write its path, relative to the repository',
  ],
  'an invalid address, and an address instead of a list': [
    { notify: ['Team <team@example.com>', 7], environments: [{ name: 'prod', notify: 'team@example.com' }] },
    'pipeline.environments[0].notify: "team@example.com" is not a list of e-mail addresses; write it as ["team@example.com"] or remove it',
    'pipeline.notify[0]: "Team <team@example.com>" is not an e-mail address; write one such as "team@example.com", without a name',
    'pipeline.notify[1]: 7 is not an e-mail address; write one such as "team@example.com", without a name',
  ],
  'an address that would get messages twice': [
    {
      notify: ['team@example.com', 'Team@example.com'],
      environments: [{ name: 'prod', notify: ['on-call@example.com', 'team@example.com', 'on-call@example.com'] }],
    },
    'pipeline.notify[1]: "Team@example.com" is listed twice; remove one of them',
    'pipeline.environments[0].notify[2]: "on-call@example.com" is listed twice; remove one of them',
    'pipeline.environments[0].notify[1]: "team@example.com" gets all notifications already, by pipeline.notify; remove it from one of the lists',
  ],
  'a permission for everything': [
    { deployPermissions: [{ actions: ['dynamodb:*'], resources: ['*'] }] },
    'pipeline.deployPermissions[0].actions[0]: "dynamodb:*" is not an action without wildcards; write each in full, such as "dynamodb:CreateTable"',
  ],
  'all resources for an action that takes one': [
    {
      functionPermissions: [
        { actions: ['dynamodb:PutItem', 'ec2:DescribeSubnets', 'sqs:SendMessage'], resources: ['*'] },
      ],
    },
    'pipeline.functionPermissions[0].resources[0]: "*" is for actions that take no resource, but dynamodb:PutItem, sqs:SendMessage take one; write ARNs such as "arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*", and the other actions as a permission of their own',
  ],
  'placeholders that are not filled in, also within a condition, and a blank': [
    {
      deployPermissions: [
        {
          actions: ['sqs:CreateQueue'],
          resources: [
            'arn:{partition}:sqs:{region}:{acount}:{stack}-*',
            'arn:{partition}:sqs:{region}:{account}:{stack} ',
            `arn:{partition}:sqs:{region}:\${AWS::AccountId}:{stack}-*`,
            'arn:{partition}:sqs:{region}:{account:{stack}-*',
          ],
          condition: { StringLike: { 'aws:ResourceTag/stack': ['{stack}', '{stage}'] } },
        },
      ],
    },
    'pipeline.deployPermissions[0].resources[0]: "arn:{partition}:sqs:{region}:{acount}:{stack}-*" contains "{acount}", which is no placeholder; write one of {partition}, {region}, {account}, {stack}',
    'pipeline.deployPermissions[0].resources[1]: "arn:{partition}:sqs:{region}:{account}:{stack} " contains a blank; remove it, or write "?" for a blank in the name of a resource',
    `pipeline.deployPermissions[0].resources[2]: "arn:{partition}:sqs:{region}:\${AWS::AccountId}:{stack}-*" contains "\${AWS::AccountId}", which is no placeholder; write one of {partition}, {region}, {account}, {stack}`,
    'pipeline.deployPermissions[0].resources[3]: "arn:{partition}:sqs:{region}:{account:{stack}-*" contains a brace without its other one; write one of {partition}, {region}, {account}, {stack}',
    'pipeline.deployPermissions[0].condition.StringLike.aws:ResourceTag/stack[1]: "{stage}" contains "{stage}", which is no placeholder; write one of {partition}, {region}, {account}, {stack}',
  ],
  'a condition that limits nothing': [
    {
      deployPermissions: [
        { actions: ['sqs:CreateQueue'], resources: ['arn:aws:sqs:::y'], condition: {} },
        { actions: ['sqs:CreateQueue'], resources: ['arn:aws:sqs:::y'], condition: { ArnLike: {} } },
      ],
    },
    'pipeline.deployPermissions[0].condition: {} limits nothing; write a condition, such as { "ArnLike": { "lambda:FunctionArn": "arn:{partition}:…" } }, or remove it',
    'pipeline.deployPermissions[1].condition.ArnLike: {} limits nothing; write a condition key, such as { "lambda:FunctionArn": "arn:{partition}:…" }',
  ],
  'mistakes in and between all values of a permission': [
    {
      deployPermissions: [
        {
          actions: ['sqs:CreateQueue', 'sqs:*'],
          resources: ['arn:aws:dynamodb:::{table}'],
          condition: { Equals: { a: 'b' }, ArnLike: { a: 3, b: [] }, Null: {} },
          effect: 'Allow',
        },
      ],
    },
    'pipeline.deployPermissions[0].actions[1]: "sqs:*" is not an action without wildcards; write each in full, such as "dynamodb:CreateTable"',
    'pipeline.deployPermissions[0].resources[0]: "arn:aws:dynamodb:::{table}" contains "{table}", which is no placeholder; write one of {partition}, {region}, {account}, {stack}',
    'pipeline.deployPermissions[0].condition.Equals: "Equals" is not a condition operator; write one such as "ArnLike" or "StringEquals"',
    'pipeline.deployPermissions[0].condition.ArnLike.a: 3 is not a value of a condition; write a string or a list of strings',
    'pipeline.deployPermissions[0].condition.ArnLike.b: [] contains no value; write at least one',
    'pipeline.deployPermissions[0].condition.Null: {} limits nothing; write a condition key, such as { "lambda:FunctionArn": "arn:{partition}:…" }',
    'pipeline.deployPermissions[0].effect: unknown key; write one of actions, resources, condition',
    'pipeline.deployPermissions[0].actions[0]: "sqs:CreateQueue" takes resources of sqs, but the permission has only those of dynamodb; write it with an ARN such as "arn:{partition}:sqs:…"',
  ],
  'an action that none of the ARNs fits': [
    {
      deployPermissions: [
        {
          actions: ['dynamodb:CreateTable', 'sqs:CreateQueue'],
          resources: ['arn:{partition}:sqs:{region}:{account}:{stack}-*'],
        },
      ],
    },
    'pipeline.deployPermissions[0].actions[0]: "dynamodb:CreateTable" takes resources of dynamodb, but the permission has only those of sqs; write it with an ARN such as "arn:{partition}:dynamodb:…"',
  ],
  'every role of the account': [
    {
      deployPermissions: [
        {
          actions: ['iam:PassRole', 'iam:CreateUser'],
          resources: ['arn:aws:iam::{account}:role/*', 'arn:aws:iam::*:*'],
        },
      ],
      functionPermissions: [{ actions: ['sts:AssumeRole'], resources: ['arn:aws:iam::333333333333:role*'] }],
    },
    'pipeline.deployPermissions[0].resources[0]: "arn:aws:iam::{account}:role/*" is everything of its kind in the account, and with iam:PassRole, iam:CreateUser the service could give itself what any of it may do; write the names, such as "arn:{partition}:iam::{account}:role/{stack}-*"',
    'pipeline.deployPermissions[0].resources[1]: "arn:aws:iam::*:*" is everything of its kind in the account, and with iam:PassRole, iam:CreateUser the service could give itself what any of it may do; write the names, such as "arn:{partition}:iam::{account}:role/{stack}-*"',
    'pipeline.functionPermissions[0].resources[0]: "arn:aws:iam::333333333333:role*" is everything of its kind in the account, and with sts:AssumeRole the service could give itself what any of it may do; write the names, such as "arn:{partition}:iam::{account}:role/{stack}-*"',
  ],
  'more environments than a pipeline has stages for': [
    { environments: Array.from({ length: 48 }, (_, index) => ({ name: `e${index}` })) },
    'pipeline.environments: 48 environments, 47 are possible: each is a stage of the pipeline, which may have 50 (CodePipeline), and 3 come before them; remove environments, or release some of them by a second pipeline',
  ],
  'a region without CodeConnections, and no connection': [
    { account: '111111111111', region: 'cn-north-1' },
    'pipeline.connectionArn: missing, but in "cn-north-1" CloudFormation has no resource type for a connection, so the stack cannot create one; write the ARN of a connection that exists, or a region outside of China',
  ],
  'something other than an ARN, a condition with an unknown operator, and an unknown key': [
    {
      deployPermissions: [
        { actions: ['dynamodb:PutItem'], resources: ['orders'] },
        { actions: ['x:PutItem'], resources: ['arn:aws:x:::y'], condition: { Equals: { a: 'b' } } },
        { actions: ['x:PutItem'], resources: ['arn:aws:x:::y'], conditions: {} },
      ],
    },
    'pipeline.deployPermissions[0].resources[0]: "orders" is not the ARN of a resource; write one such as "arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*"',
    'pipeline.deployPermissions[1].condition.Equals: "Equals" is not a condition operator; write one such as "ArnLike" or "StringEquals"',
    'pipeline.deployPermissions[2].conditions: unknown key; write one of actions, resources, condition',
  ],
};

test.each(Object.entries(INVALID))('%s is refused with path, value and remedy', (_, [change, ...problems]) => {
  expect(problemsOf({ ...TWO_ENVIRONMENTS, ...change })).toEqual(problems);
});

test.each(['a/.', 'a/..', 'a/b.git', 'a/', '/b', 'a.b/c', `${'a'.repeat(40)}/b`])(
  '%s is not a repository of GitHub',
  (repository) => {
    expect(problemsOf({ ...TWO_ENVIRONMENTS, repository })).toEqual([
      `pipeline.repository: "${repository}" is not a GitHub repository; write it as "owner/repo"`,
    ]);
  },
);

test.each(['octocat_acme/repo', 'foo-/repo', 'foo--bar/repo', 'acme/.github', 'acme/..a'])(
  '%s is a repository of GitHub',
  (repository) => {
    expect(problemsOf({ ...TWO_ENVIRONMENTS, repository })).toEqual([]);
    expect(problemsOf({ ...TWO_ENVIRONMENTS, name: undefined, repository })).toEqual([]);
  },
);

test.each([
  '/x',
  'x/',
  'a//b',
  '-x',
  'x..y',
  'x.lock',
  'a.lock/b',
  '.x',
  'a/.b',
  'x.',
  'a@{b',
  '@',
  'HEAD',
  'a b',
  'a\tb',
  'a\u007fb',
  'a[b',
  'a\\b',
])('%j is not a branch of Git', (branch) => {
  expect(problemsOf({ ...TWO_ENVIRONMENTS, branch })).toEqual([
    `pipeline.branch: ${JSON.stringify(branch)} is not a branch; write its name, such as "main"`,
  ]);
});

test.each(['main', 'release/1.x', 'a-b', 'a@b', 'x.locked', 'a]b', 'größe', 'HEADS', 'feature/@'])(
  '%s is a branch of Git',
  (branch) => {
    expect(problemsOf({ ...TWO_ENVIRONMENTS, branch })).toEqual([]);
  },
);

test('environments whose names begin alike are accepted in different accounts only', () => {
  const environments = (account?: string) => [{ name: 'dev' }, { name: 'dev-eu', account }];
  expect(problemsOf({ ...TWO_ENVIRONMENTS, ...HOME, environments: environments('222222222222') })).toEqual([]);
  for (const account of [undefined, HOME.account]) {
    expect(problemsOf({ ...TWO_ENVIRONMENTS, ...HOME, environments: environments(account) })).toHaveLength(1);
  }
});

test('a region of each partition is accepted', () => {
  for (const region of ['eusc-de-east-1', 'us-gov-west-1', 'eu-isoe-west-1', 'us-isob-east-1']) {
    expect(problemsOf({ ...TWO_ENVIRONMENTS, ...HOME, region })).toEqual([]);
  }
  const connectionArn =
    'arn:aws-cn:codeconnections:cn-north-1:111111111111:connection/0a1b2c3d-0000-4000-8000-0123456789ab';
  expect(problemsOf({ ...TWO_ENVIRONMENTS, ...HOME, region: 'cn-north-1', connectionArn })).toEqual([]);
});

test('policy variables, names of roles, and ARNs of several services in one permission are accepted', () => {
  const deployPermissions = [
    {
      actions: ['dynamodb:CreateTable', 'sqs:CreateQueue', 'iam:PassRole', 'sts:AssumeRole'],
      resources: [
        'arn:{partition}:sqs:{region}:{account}:{stack}-*',
        'arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*',
        `arn:{partition}:iam::{account}:role/{stack}-\${aws:PrincipalTag/team, 'no team'}-*`,
      ],
    },
    { actions: ['kinesis:StartStreamEncryption'], resources: ['arn:{partition}:kms:{region}:{account}:key/*'] },
  ];
  expect(problemsOf({ ...TWO_ENVIRONMENTS, deployPermissions })).toEqual([]);
});

test('all mistakes are reported at once, conflicts between values included', () => {
  expect(problemsOf({ branch: 'main', environments: [{ name: 'prod', region: 'x' }, { name: 'prod' }, 7] })).toEqual([
    'pipeline.repository: missing; write it as "owner/repo"',
    'pipeline.environments[0].region: "x" is not an AWS region; write one such as "eu-central-1"',
    'pipeline.environments[2]: 7 is not an environment; write an object with a "name"',
    'pipeline.environments[1].name: "prod" is used twice; give each environment its own name',
    'pipeline.account: missing, but an environment sets its own; write the account of the pipeline',
    'pipeline.region: missing, but an environment sets its own; write the region of the pipeline',
  ]);
});

test('without a configuration, the message says where to write it', () => {
  expect(() => pipelineConfig(undefined)).toThrow(
    new Error(
      'cdk.json, context key "pipeline":\n' +
        '  pipeline: missing; write an object with "repository", "branch" and "environments"',
    ),
  );
});

test('omitted values get their defaults', () => {
  expect(pipelineConfig(TWO_ENVIRONMENTS)).toEqual({
    ...TWO_ENVIRONMENTS,
    serviceDirectory: 'service',
    deployPermissions: [],
    functionPermissions: [],
  });
});

test('without a name, the pipeline is named after its repository', () => {
  expect(pipelineConfig({ ...TWO_ENVIRONMENTS, name: undefined }).name).toMatch(/^acme-greeter-[a-z0-9]{6}$/);
});

test('actions with digits, and all resources for actions without resources under a condition, are accepted', () => {
  const deployPermissions = [
    {
      actions: ['lambda:CreateEventSourceMapping'],
      resources: ['*'],
      condition: { ArnLike: { 'lambda:FunctionArn': 'arn:{partition}:lambda:{region}:{account}:function:{stack}-*' } },
    },
    { actions: ['dax:GetItemV2'], resources: ['arn:aws:route53:::hostedzone/Z1'] },
  ];
  expect(pipelineConfig({ ...TWO_ENVIRONMENTS, deployPermissions }).deployPermissions).toEqual(deployPermissions);
});

test.each(['codeconnections', 'codestar-connections'])('the ARN of a connection may contain %s', (service) => {
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
