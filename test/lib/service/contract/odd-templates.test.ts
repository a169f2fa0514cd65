import { KNOWN_TYPES } from '../../../../aws-rules/resource-handlers/handler-calls';
import { findBreaches } from '../../../../lib/service/contract/check-contract';
import { smallPackage } from './small-package';

const ODD = [
  null,
  '',
  1,
  [],
  {},
  [null],
  [[]],
  [{}],
  { Ref: 'AWS::NoValue' },
  { Ref: 'Missing' },
  { 'Fn::If': ['IsProd', [{ a: 1 }], { Ref: 'AWS::NoValue' }] },
  [{ 'Fn::If': ['IsProd', { a: 1 }, { Ref: 'AWS::NoValue' }] }],
  { 'Fn::If': null },
  { 'Fn::Sub': null },
  { 'Fn::Join': [] },
  { 'Fn::GetAtt': null },
  { 'Fn::ImportValue': 'elsewhere' },
];

/** The properties that a check looks into. */
const PROPERTIES = ['Policies', 'AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Roles', 'PolicyDocument', 'Tags']
  .concat([
    'Environment',
    'Code',
    'Layers',
    'VpcConfig',
    'FunctionName',
    'Role',
    'RoleName',
    'Targets',
    'RoutingConfig',
  ])
  .concat(['ServiceRoleArn', 'DeploymentConfigName', 'Stages', 'BucketName', 'TopicName', 'QueueName', 'ServiceToken']);

test.each(ODD.map((value) => [JSON.stringify(value), value]))('no check fails at a property that is %s', (_, value) => {
  const types = [...KNOWN_TYPES, 'Custom::Own', 'AWS::IAM::ManagedPolicy'];
  const Properties = Object.fromEntries(PROPERTIES.map((name) => [name, value]));
  const statement = (Statement: unknown) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      Policies: [{ PolicyDocument: { Statement } }, { PolicyDocument: value }, { PolicyName: 'none' }, null],
    },
  });
  const resources = {
    ...Object.fromEntries(types.map((Type, index) => [`R${index}`, { Type, Properties }])),
    A: statement(value),
    B: statement([value]),
    C: statement([{ Effect: 'Allow', Action: value, Resource: value }]),
    D: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: value } } },
    E: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'A' }, value], PolicyDocument: value } },
  };
  expect(() => findBreaches(smallPackage({ resources }))).not.toThrow();
});
