import { readEvent } from '../../../release/notify/event';

/** From the CodeDeploy user guide. */
const deployment = (state: string) => ({
  account: '123456789012',
  region: 'us-east-1',
  'detail-type': 'CodeDeploy Deployment State-change Notification',
  source: 'aws.codedeploy',
  version: '0',
  time: '2016-06-30T22:06:31Z',
  id: 'c071bfbf-83c4-49ca-a6ff-3df053957145',
  resources: [
    'arn:aws:codedeploy:us-east-1:123456789012:application:myApplication',
    'arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:myApplication/myDeploymentGroup',
  ],
  detail: {
    instanceGroupId: '9fd2fbef-2157-40d8-91e7-6845af69e2d2',
    region: 'us-east-1',
    application: 'myApplication',
    deploymentId: 'd-123456789',
    state,
    deploymentGroup: 'myDeploymentGroup',
  },
});

/** From the CodePipeline user guide. */
const stage = (state: string) => ({
  version: '0',
  id: '01234567-EXAMPLE',
  'detail-type': 'CodePipeline Stage Execution State Change',
  source: 'aws.codepipeline',
  account: '123456789012',
  time: '2020-01-24T22:03:07Z',
  region: 'us-east-1',
  resources: ['arn:aws:codepipeline:us-east-1:123456789012:myPipeline'],
  detail: {
    pipeline: 'myPipeline',
    version: 1,
    'execution-id': '12345678-1234-5678-abcd-12345678abcd',
    'start-time': '2023-10-26T13:49:39.208Z',
    stage: 'Prod',
    state,
    'pipeline-execution-attempt': 1,
  },
});

test("CodeDeploy's event of a stopped deployment is read", () => {
  expect(readEvent(deployment('STOP'))).toEqual({
    type: 'deployment',
    account: '123456789012',
    region: 'us-east-1',
    time: '2016-06-30T22:06:31Z',
    deploymentId: 'd-123456789',
    state: 'STOP',
    application: 'myApplication',
    group: 'myDeploymentGroup',
  });
});

test("CodePipeline's event of a stage that ended is read", () => {
  expect(readEvent(stage('FAILED'))).toEqual({
    type: 'stage',
    time: '2020-01-24T22:03:07Z',
    pipeline: 'myPipeline',
    execution: '12345678-1234-5678-abcd-12345678abcd',
    stage: 'Prod',
    state: 'FAILED',
  });
});

test.each([
  [deployment('START'), 'aws.codedeploy: CodeDeploy Deployment State-change Notification, START'],
  [deployment('SUCCESS'), 'aws.codedeploy: CodeDeploy Deployment State-change Notification, SUCCESS'],
  [stage('STARTED'), 'aws.codepipeline: CodePipeline Stage Execution State Change, STARTED'],
  [{ source: 'aws.s3', 'detail-type': 'Object Created', detail: {} }, 'aws.s3: Object Created'],
  ['a text', 'undefined: undefined'],
])('every other event is named and ignored: %#', (event, what) => {
  expect(readEvent(event)).toEqual({ type: 'other', what });
});

test('a malformed event is refused with every problem', () => {
  const { account: _, ...lacking } = deployment('STOP');
  const event = { ...lacking, detail: { ...lacking.detail, deploymentId: 7, state: 'HALT' } };
  expect(() => readEvent(event)).toThrow(
    new TypeError(
      'malformed event (aws.codedeploy: CodeDeploy Deployment State-change Notification, HALT): ' +
        "account is missing, it must be a non-empty string; detail.deploymentId is 7, it must be a non-empty string; detail.state is 'HALT', it must be one of STOP, FAILURE",
    ),
  );
  expect(() => readEvent({ ...stage('FAILED'), detail: null })).toThrow(
    'malformed event (aws.codepipeline: CodePipeline Stage Execution State Change): detail.pipeline is missing, it must be a non-empty string; ',
  );
});
