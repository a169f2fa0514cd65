import { measureTemplate } from '../../../aws-rules/limits/measure-template';
import type { MeasurableTemplate } from '../../../aws-rules/limits/template-text';

const stack = {
  stackName: 'shop-prod',
  partition: 'aws',
  region: 'ap-southeast-1',
  account: '123456789012',
} as const;

function measured(template: MeasurableTemplate, stackName: string = stack.stackName) {
  return measureTemplate({ template, text: JSON.stringify(template), stack: { ...stack, stackName } });
}

const role = (properties: Record<string, unknown>) => ({
  Resources: { Role: { Type: 'AWS::IAM::Role', Properties: properties } },
});

/** The name as sls writes it. */
const lambdaRole = (service: string) => ({
  RoleName: { 'Fn::Join': ['-', [service, 'production', { Ref: 'AWS::Region' }, 'lambdaRole']] },
});

test('a name is resolved with the region of the stack, and one character too many is an excess', () => {
  expect(measured(role(lambdaRole('customer-notification-serv')))).toEqual([]);
  expect(measured(role(lambdaRole('customer-notification-service')))).toEqual([
    {
      quota: 'roleName',
      measured: 66,
      path: 'Resources.Role.Properties.RoleName',
      value: 'customer-notification-service-production-ap-southeast-1-lambdaRole',
    },
  ]);
});

test('a name that depends on what only AWS knows is not measured', () => {
  const RoleName = { 'Fn::Sub': `\${Unknown}-${'x'.repeat(70)}` };
  expect(measured(role({ RoleName }))).toEqual([]);
});

test('all inline policies of a role count together, those that stand beside it too', () => {
  const statement = (count: number) => ({
    Statement: [{ Resource: Array.from({ length: count }, () => 'x'.repeat(97)) }],
  });
  const template = (own: number, beside: number) => ({
    Resources: {
      ...role({ Policies: [{ PolicyDocument: statement(own) }] }).Resources,
      Policy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: statement(beside) } },
    },
  });
  expect(measured(template(50, 50))).toEqual([]);
  expect(measured(template(50, 52))).toMatchObject([
    { quota: 'inlinePolicies', path: 'Resources.Role.Properties.Policies', measured: 10_260 },
  ]);
});

test('the ARN of a function with a generated name has the length that it has at most', () => {
  const template = (functions: number) => ({
    Resources: {
      Own: { Type: 'AWS::Lambda::Function' },
      ...role({ Policies: [{ PolicyDocument: { Resource: Array(functions).fill({ 'Fn::GetAtt': ['Own', 'Arn'] }) } }] })
        .Resources,
    },
  });
  const arn = 'arn:aws:lambda:ap-southeast-1:123456789012:function:shop-prod-Own-A1B2C3D4E5F6';
  const most = Math.floor((10_240 - '{"Resource":[]}'.length + 1) / (arn.length + 3));
  expect(measured(template(most))).toEqual([]);
  expect(measured(template(most + 1))).toMatchObject([{ quota: 'inlinePolicies' }]);
});

test('environment variables are measured as JSON', () => {
  const template = (length: number) => ({
    Resources: {
      Own: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { A: '"'.repeat(length) } } } },
    },
  });
  expect(measured(template(2_044))).toEqual([]);
  expect(measured(template(2_045))).toMatchObject([
    { quota: 'environmentVariables', measured: 4_098, path: 'Resources.Own.Properties.Environment.Variables' },
  ]);
});

test('resources, outputs and the size of the template are counted', () => {
  const topics = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`T${index}`, { Type: 'AWS::SNS::Topic' }]));
  expect(measured({ Resources: topics(500) })).toEqual([]);
  expect(measured({ Resources: topics(501) })).toEqual([{ quota: 'resources', measured: 501, path: 'Resources' }]);
  const Outputs = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`O${index}`, { Value: '' }]));
  expect(measured({ Resources: topics(1), Outputs })).toEqual([{ quota: 'outputs', measured: 201, path: 'Outputs' }]);
  expect(measured(role({ Tags: 'x'.repeat(1_048_576) }))).toMatchObject([{ quota: 'template', path: 'template' }]);
});

test('stages and actions of a pipeline are counted', () => {
  const pipeline = (stages: number, actions: number) => ({
    Resources: {
      Pipeline: {
        Type: 'AWS::CodePipeline::Pipeline',
        Properties: { Stages: Array.from({ length: stages }, () => ({ Actions: Array(actions).fill({}) })) },
      },
    },
  });
  expect(measured(pipeline(50, 10))).toEqual([]);
  expect(measured(pipeline(51, 1))).toMatchObject([{ quota: 'pipelineStages', measured: 51 }]);
  expect(measured(pipeline(50, 11))).toMatchObject([{ quota: 'pipelineActions', measured: 550 }]);
  expect(measured(pipeline(2, 51))).toMatchObject([
    { quota: 'stageActions', path: 'Resources.Pipeline.Properties.Stages[0].Actions' },
    { quota: 'stageActions', path: 'Resources.Pipeline.Properties.Stages[1].Actions' },
  ]);
});

test.each([
  ['AWS::StepFunctions::StateMachine', 'StateMachineName', 80],
  ['AWS::Scheduler::Schedule', 'Name', 64],
  ['AWS::Scheduler::Schedule', 'Description', 512],
  ['AWS::Scheduler::ScheduleGroup', 'Name', 64],
  ['AWS::Kinesis::Stream', 'Name', 128],
  ['AWS::SecretsManager::Secret', 'Name', 512],
  ['AWS::SSM::Parameter', 'Name', 1_011],
  ['AWS::Cognito::UserPool', 'UserPoolName', 128],
  ['AWS::Cognito::UserPoolClient', 'ClientName', 128],
])('of %s, %s has at most %i characters', (Type, property, most) => {
  const template = (length: number) => ({
    Resources: { It: { Type, Properties: { [property]: 'x'.repeat(length) } } },
  });
  expect(measured(template(most))).toEqual([]);
  expect(measured(template(most + 1))).toMatchObject([
    { measured: most + 1, path: `Resources.It.Properties.${property}` },
  ]);
});
