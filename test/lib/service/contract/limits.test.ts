import { findExcesses } from '../../../../lib/service/contract/limits';
import { smallPackage } from './small-package';

/** The name of the role that functions share, as sls writes it. */
const lambdaRole = (service: string, stage: string) => ({
  IamRoleLambdaExecution: {
    Type: 'AWS::IAM::Role',
    Properties: { RoleName: { 'Fn::Join': ['-', [service, stage, { Ref: 'AWS::Region' }, 'lambdaRole']] } },
  },
});

const many = (count: number, resource: (index: number) => { Type: string; Properties?: Record<string, unknown> }) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`R${index}`, resource(index)]));

type Package = Parameters<typeof smallPackage>[0];

test.each<[string, (size: number) => Package, number, string, string]>([
  [
    "the role of sls, in the environment's region",
    (size) => {
      const service = 'x'.repeat(size);
      return { service, region: 'ap-southeast-1', resources: lambdaRole(service, 'prod') };
    },
    33,
    'Resources.IamRoleLambdaExecution.Properties.RoleName',
    '65 characters for the name of a role; IAM allows 64',
  ],
  [
    'a function',
    (size) => ({
      resources: many(1, () => ({
        Type: 'AWS::Lambda::Function',
        Properties: { FunctionName: `shop-prod-${'x'.repeat(size - 10)}` },
      })),
    }),
    64,
    'Resources.R0.Properties.FunctionName',
    '65 characters for the name of a function; Lambda allows 64',
  ],
  [
    'an alarm',
    (size) => ({
      resources: many(1, () => ({ Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'x'.repeat(size) } })),
    }),
    255,
    'Resources.R0.Properties.AlarmName',
    '256 characters for the name of an alarm; CloudWatch allows 255',
  ],
  [
    'a bucket',
    (size) => ({
      resources: many(1, () => ({ Type: 'AWS::S3::Bucket', Properties: { BucketName: 'x'.repeat(size) } })),
    }),
    63,
    'Resources.R0.Properties.BucketName',
    '64 characters for the name of a bucket; S3 allows 63',
  ],
  [
    'the inline policies of a role',
    (size) => ({
      resources: many(1, () => ({
        Type: 'AWS::IAM::Role',
        Properties: { Policies: [{ PolicyDocument: { a: 'x'.repeat(size - 8) } }] },
      })),
    }),
    10_240,
    'Resources.R0.Properties.Policies',
    '10,241 characters for the inline policies of a role together, without whitespace; IAM allows 10,240',
  ],
  [
    'the variables of a function',
    (size) => ({
      resources: many(1, () => ({
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: { A: 'x'.repeat(size - 8) } } },
      })),
    }),
    4_096,
    'Resources.R0.Properties.Environment.Variables',
    '4,097 bytes for the environment variables of a function together, as JSON; Lambda allows 4,096',
  ],
  [
    'the resources',
    (size) => ({ resources: many(size, () => ({ Type: 'AWS::SNS::Topic' })) }),
    500,
    'Resources',
    '501 resources for the template; CloudFormation allows 500',
  ],
  [
    'the outputs',
    (size) => ({ outputs: many(size, () => ({ Type: '' })) }),
    200,
    'Outputs',
    '201 outputs for the template; CloudFormation allows 200',
  ],
])(
  '%s: the most that AWS allows is no breach, one more is an error with the number',
  (_, packageOf, most, path, problem) => {
    expect(findExcesses(smallPackage(packageOf(most)))).toEqual([]);
    expect(findExcesses(smallPackage(packageOf(most + 1)))).toEqual([
      expect.objectContaining({ severity: 'error', path, problem }),
    ]);
  },
);

test('the size of the template: 1 MB', () => {
  const sized = (size: number) =>
    smallPackage({ resources: many(1, () => ({ Type: 'X', Properties: { a: 'x'.repeat(size) } })) });
  const frame = JSON.stringify(sized(0).template).length;
  expect(findExcesses(sized(1_048_576 - frame))).toEqual([]);
  expect(findExcesses(sized(1_048_577 - frame))).toMatchObject([
    {
      path: 'template',
      problem: '1,048,577 bytes for the template that is read from S3; CloudFormation allows 1,048,576',
    },
  ]);
});

test('the remedy for the role of sls is a name for it', () => {
  const service = 'customer-notification-service';
  const [breach] = findExcesses(
    smallPackage({
      service,
      environment: { name: 'production' },
      region: 'ap-southeast-1',
      resources: lambdaRole(service, 'production'),
    }),
  );
  expect(breach).toMatchObject({
    value: '"customer-notification-service-production-ap-southeast-1-lambdaRole"',
    remedy: expect.stringContaining(`write provider.iam.role.name: \${self:service}-\${sls:stage}-lambda`),
  });
});

test('a quota that many exceed is reported once, with the worst of them', () => {
  const alarms = many(3, (index) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { AlarmName: 'x'.repeat(300 + index) },
  }));
  expect(findExcesses(smallPackage({ resources: alarms }))).toEqual([
    expect.objectContaining({
      path: 'Resources.R2.Properties.AlarmName',
      problem:
        '302 characters for the name of an alarm; CloudWatch allows 255; 2 more: Resources.R1.Properties.AlarmName, Resources.R0.Properties.AlarmName',
    }),
  ]);
});

test('what AWS raises on request is a warning', () => {
  const ManagedPolicyArns = Array.from({ length: 11 }, (_, index) => `arn:aws:iam::aws:policy/p${index}`);
  expect(
    findExcesses(
      smallPackage({ resources: many(1, () => ({ Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns } })) }),
    ),
  ).toMatchObject([{ severity: 'warning', problem: '11 policies for the role, attached to it; IAM allows 10' }]);
});
