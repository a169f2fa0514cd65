import { readJob } from '../../../release/canary/job';

const parameters = {
  stack: 'shop-prod',
  region: 'eu-central-1',
  role: 'arn:aws:iam::111122223333:role/release/shop-prod-watch',
  pipeline: 'PipelineStack',
  stage: 'prod',
  action: 'Deploy',
  execution: '0f4e6a1c-1111-4222-8333-444455556666',
  minutes: 90,
};

const event = (UserParameters: string | undefined, more: object = {}) => ({
  'CodePipeline.job': {
    id: 'job-1',
    accountId: '111122223333',
    data: { actionConfiguration: { configuration: { FunctionName: 'f', UserParameters } }, ...more },
  },
});

test('a job is read with its parameters and its token', () => {
  expect(readJob(event(JSON.stringify(parameters)))).toEqual({ id: 'job-1', parameters });
  expect(readJob(event(JSON.stringify(parameters), { continuationToken: 't' }))).toMatchObject({
    continuationToken: 't',
  });
});

test.each<[string, string | undefined, string]>([
  ['no parameters', undefined, 'UserParameters: missing; write a JSON object with stack, region,'],
  ['text that is not JSON', 'shop-prod', "UserParameters: 'shop-prod' is not JSON ("],
  ['a list', '["shop-prod"]', 'UserParameters: ["shop-prod"] is not a JSON object; write a JSON object with'],
])('%s: the problem is named', (_, json, problem) => {
  expect(readJob(event(json)).parameters).toEqual([expect.stringContaining(problem)]);
});

test('every problem with the parameters is named at once, with its value and what to do', () => {
  const { stack, ...rest } = parameters;
  const wrong = {
    ...rest,
    region: 'Frankfurt',
    role: 'shop-prod-watch',
    execution: '#{codepipeline.PipelineExecutionId}',
    minutes: 2_000,
    stake: 'shop-prod',
  };
  expect(readJob(event(JSON.stringify(wrong))).parameters).toEqual([
    "UserParameters.stack: missing; write the name of the service's stack",
    "UserParameters.region: 'Frankfurt' is not allowed; write the stack's region, e.g. 'eu-central-1'",
    "UserParameters.role: 'shop-prod-watch' is not allowed; write the ARN of the role in the stack's account that can read the release",
    "UserParameters.execution: '#{codepipeline.PipelineExecutionId}' is not allowed; write '#{codepipeline.PipelineExecutionId}', which CodePipeline replaces",
    'UserParameters.minutes: 2000 is not allowed; write the minutes after which the action fails without an outcome, 1 to 1440',
    "UserParameters.stake: unknown parameter with value 'shop-prod'; remove it",
  ]);
});

test.each([undefined, null, 'event', {}, { 'CodePipeline.job': { data: {} } }])(
  'an event without a job, %j, is refused',
  (each) => {
    expect(() => readJob(each)).toThrow("the event has no 'CodePipeline.job' with an id");
  },
);
