import { hello } from '../../../service/handler';
import { checks } from '../../../service/hooks/checks';
import { handler } from '../../../service/hooks/pre-traffic';
import { appSpec, FakeAws, fakeAwsEnv } from './fake-aws';

const event = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'h-1' };
const context = { getRemainingTimeInMillis: () => 30_000 };
const reported = (status: string) => [{ deploymentId: 'd-1', lifecycleEventHookExecutionId: 'h-1', status }];

let aws: FakeAws;
let log: jest.SpyInstance;

beforeAll(async () => {
  aws = await FakeAws.start();
  Object.assign(process.env, fakeAwsEnv(aws));
});
beforeEach(() => {
  aws.reset();
  aws.deployment = { revision: { revisionType: 'String', string: { content: appSpec('svc-hello', '42') } } };
  log = jest.spyOn(console, 'error').mockImplementation();
  jest.spyOn(console, 'info').mockImplementation();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => aws.stop());

const logged = () => log.mock.calls.map(([line]) => JSON.parse(line));

/** Lets the service's own handler answer, and spoils its answers. */
function answerWithHello(spoil: (answer: Awaited<ReturnType<typeof hello>>) => object = (answer) => answer): void {
  aws.invoke = async (invoked) => ({ payload: spoil(await hello(invoked, { functionVersion: '42' })) });
}

test('reports Succeeded if the version under test meets every check, having asked that version alone', async () => {
  answerWithHello();
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Succeeded'));
  expect(aws.invocations).toHaveLength(checks.length);
  expect(new Set(aws.invocations.map(({ functionName, qualifier }) => `${functionName}:${qualifier}`))).toEqual(
    new Set(['svc-hello:42']),
  );
  expect(aws.invocations[0]!.event).toMatchObject({
    version: '2.0',
    rawPath: '/hello',
    requestContext: { http: { method: 'GET', path: '/hello' }, stage: '$default' },
  });
});

test('finds the version in a revision of the type AppSpecContent too', async () => {
  aws.deployment = { revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec('other', '3') } } };
  answerWithHello();
  await handler(event, context);
  expect(aws.invocations[0]).toMatchObject({ functionName: 'other', qualifier: '3' });
  expect(aws.reports).toEqual(reported('Succeeded'));
});

test('finds the version in an AppSpec whose Resources are an object, not a list', async () => {
  const content = JSON.parse(appSpec('svc-hello', '42'));
  const string = { content: JSON.stringify({ ...content, Resources: content.Resources[0] }) };
  aws.deployment = { revision: { revisionType: 'String', string } };
  answerWithHello();
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Succeeded'));
});

test('reports Failed if a check fails, and logs the check, what it expected and what it got', async () => {
  answerWithHello((answer) => ({ ...answer, body: answer.body!.replace('Ada', 'Adam') }));
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Failed'));
  expect(logged()).toEqual([
    {
      level: 'error',
      message: 'check failed',
      check: 'greets by name',
      expected: { status: 200, body: { message: 'Hello, Ada!' } },
      received: { status: 200, body: '{"message":"Hello, Adam!","version":"42"}' },
      deploymentId: 'd-1',
    },
  ]);
});

test('reports Failed if the version under test throws', async () => {
  aws.invoke = async () => ({ payload: { errorMessage: 'boom' }, functionError: 'Unhandled' });
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Failed'));
  expect(logged()[0]).toMatchObject({ received: 'Error: version 42 threw: {"errorMessage":"boom"}' });
});

test('reports Failed if another version answered', async () => {
  aws.invoke = async () => ({ payload: {}, executedVersion: '41' });
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Failed'));
  expect(logged()[0]).toMatchObject({ received: 'Error: version 41 answered, not 42' });
});

test.each([
  ['there is no AppSpec', { revision: { revisionType: 'S3' } }, 'deployment d-1 has no AppSpec (revision type S3)'],
  [
    'the AppSpec names no version',
    { revision: { revisionType: 'String', string: { content: '{"Resources":[]}' } } },
    'the AppSpec of deployment d-1 does not name one function and version: {"Resources":[]}',
  ],
  [
    'the AppSpec is not JSON',
    { revision: { revisionType: 'String', string: { content: 'version: 0.0' } } },
    'Unexpected token',
  ],
])('reports Failed if %s, and logs why', async (_, deployment, reason) => {
  aws.deployment = deployment;
  await handler(event, context);
  expect(aws.invocations).toEqual([]);
  expect(aws.reports).toEqual(reported('Failed'));
  expect(logged()[0]).toMatchObject({ check: 'the checks can be run', received: expect.stringContaining(reason) });
});

test('reports Failed before its own time is up if the version under test does not answer', async () => {
  aws.invoke = async () => 'hang';
  await handler(event, { getRemainingTimeInMillis: () => 10_100 });
  expect(aws.reports).toEqual(reported('Failed'));
  expect(logged()).toEqual([
    {
      level: 'error',
      message: 'check failed',
      check: 'all checks end in time',
      expected: 'an end within 100 ms',
      received: 'no end',
      deploymentId: 'd-1',
    },
  ]);
});

test('ends quietly if CodeDeploy has already closed the lifecycle event', async () => {
  answerWithHello();
  aws.reportAnswers = [{ status: 400, body: { __type: 'LifecycleEventAlreadyCompletedException', message: 'late' } }];
  await handler(event, context);
  expect(aws.reports).toHaveLength(1);
  expect(log).not.toHaveBeenCalled();
});

test('tries again if reporting fails for a moment', async () => {
  answerWithHello();
  aws.reportAnswers = [
    { status: 500, body: { __type: 'InternalFailure' } },
    { status: 200, body: {} },
  ];
  await handler(event, context);
  expect(aws.reports).toEqual([...reported('Succeeded'), ...reported('Succeeded')]);
});

test('throws if it cannot report, so that Lambda calls it again and its alarm goes off', async () => {
  answerWithHello();
  aws.reportAnswers = [{ status: 400, body: { __type: 'AccessDeniedException', message: 'not allowed' } }];
  await expect(handler(event, context)).rejects.toThrow('not allowed');
  expect(logged()).toEqual([expect.objectContaining({ message: 'could not report', status: 'Succeeded' })]);
});
