import { findBoundaryExcess } from '../../../../lib/service/contract/boundary-excess';
import { smallPackage } from './small-package';

const role = (...Statement: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: { Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement } }] },
});
const allow = (Action: string | string[], Resource: unknown) => ({ Effect: 'Allow', Action, Resource });

const functionPermissions = [
  { actions: ['ses:SendEmail'], resources: ['arn:{partition}:ses:{region}:{account}:identity/*'] },
];
const IDENTITY = 'arn:aws:ses:eu-central-1:111111111111:identity/acme.example';

test('what a role may do within the boundary, or in a part of it, is no breach', () => {
  const Role = role(
    allow(
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of Fn::Sub
      [{ 'Fn::Sub': 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/shop-prod*:*' }],
    ),
    allow('dynamodb:*', '*'),
    allow('xray:PutTraceSegments', '*'),
    allow('sqs:SendMessage', { 'Fn::GetAtt': ['Queue', 'Arn'] }),
    { Effect: 'Deny', Action: 'iam:*', Resource: '*' },
  );
  const Queue = { Type: 'AWS::SQS::Queue' };
  expect(findBoundaryExcess(smallPackage({ resources: { Role, Queue } }))).toEqual([]);
});

test('what the boundary does not contain is reported by role, with the functionPermissions to write', () => {
  const Role = role(
    allow(['ses:SendEmail', 'ses:SendRawEmail'], IDENTITY),
    allow('dynamodb:GetItem', 'arn:aws:dynamodb:eu-central-1:111111111111:table/other'),
  );
  expect(findBoundaryExcess(smallPackage({ resources: { Role } }))).toEqual([
    {
      severity: 'error',
      path: 'Resources.Role',
      value: 'AWS::IAM::Role',
      problem: `it allows ses:SendEmail on ${IDENTITY} and 2 more, which the permissions boundary "shop-prod-boundary" of the service's roles does not contain, so AWS denies it`,
      remedy:
        'add to pipeline.functionPermissions in cdk.json: {"actions":["ses:SendEmail","ses:SendRawEmail"],"resources":["arn:{partition}:ses:{region}:{account}:identity/acme.example"]}, {"actions":["dynamodb:GetItem"],"resources":["arn:{partition}:dynamodb:{region}:{account}:table/other"]}',
    },
  ]);
});

test('with the permission in the configuration, there is no breach, in a policy of its own either', () => {
  const Policy = {
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyDocument: { Statement: allow('ses:SendEmail', IDENTITY) } },
  };
  expect(findBoundaryExcess(smallPackage({ resources: { Policy } }))).toHaveLength(1);
  expect(findBoundaryExcess(smallPackage({ resources: { Policy }, functionPermissions }))).toEqual([]);
});
