import { preTrafficHook } from '../../hooks';
import checks from '../fixtures/greeter/checks.json';
import { hello } from '../fixtures/greeter/handler';
import { appSpec, FakeAws, fakeAwsEnv } from './fake-aws';

const handler = preTrafficHook({ checks });
const event = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'h-1' };
const context = { getRemainingTimeInMillis: () => 30_000 };
const reported = (status: string) => [{ deploymentId: 'd-1', lifecycleEventHookExecutionId: 'h-1', status }];

let aws: FakeAws;
let log: jest.SpyInstance;
let info: jest.SpyInstance;

beforeAll(async () => {
  aws = await FakeAws.start();
  Object.assign(process.env, fakeAwsEnv(aws));
});
beforeEach(() => {
  aws.reset();
  aws.deployment = { revision: { revisionType: 'String', string: { content: appSpec('svc-hello', '42') } } };
  log = jest.spyOn(console, 'error').mockImplementation();
  info = jest.spyOn(console, 'info').mockImplementation();
  process.env.GUARDED_FUNCTIONS = '{"svc-hello":"hello","other":"hello"}';
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => aws.stop());

const logged = () => log.mock.calls.map(([line]) => JSON.parse(line));

type Result = Awaited<ReturnType<typeof hello>>;

/** Makes the service's own handler answer, and spoils the new version's answers. */
function answerWithHello(spoil: (answer: Result) => object = (answer) => answer): void {
  aws.invoke = async (invoked, version) => {
    const answer = await hello(invoked, { functionVersion: version! });
    return { payload: version === '42' ? spoil(answer) : answer };
  };
}

test('reports Succeeded if the version under test meets every check, after calling it and the one in service', async () => {
  answerWithHello();
  await handler(event, context);
  expect(log).not.toHaveBeenCalled();
  expect(aws.reports).toEqual(reported('Succeeded'));
  const called = aws.invocations.map(({ functionName, qualifier }) => `${functionName}:${qualifier}`);
  expect(called.slice(0, checks.length)).toEqual(checks.map(() => 'svc-hello:42'));
  expect(called.filter((each) => each === 'svc-hello:42')).toHaveLength(9 * checks.length);
  expect(called.filter((each) => each === 'svc-hello:1')).toHaveLength(8 * checks.length);
  expect(aws.invocations[0]!.event).toMatchObject({
    version: '2.0',
    rawPath: '/hello',
    requestContext: { http: { method: 'GET', path: '/hello' }, stage: '$default' },
  });
});

test('calls the new version alone if none is in service', async () => {
  aws.deployment = { revision: { revisionType: 'String', string: { content: appSpec('svc-hello', '42', '42') } } };
  answerWithHello();
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Succeeded'));
  expect(new Set(aws.invocations.map(({ qualifier }) => qualifier))).toEqual(new Set(['42']));
});

test('runs the checks of the function that is released only', async () => {
  process.env.GUARDED_FUNCTIONS = '{"svc-hello":"another"}';
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Succeeded'));
  expect(aws.invocations).toEqual([]);
});

test('reports Failed if its environment does not name the functions that it guards', async () => {
  delete process.env.GUARDED_FUNCTIONS;
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Failed'));
  expect(logged()[0].received).toContain('GUARDED_FUNCTIONS does not name svc-hello (it names none)');
});

test('reports Failed if the new version is slower by the durations that Lambda reports', async () => {
  answerWithHello();
  const answer = aws.invoke;
  aws.invoke = async (invoked, version) => {
    const result = await answer(invoked, version);
    return result === 'hang' ? result : { ...result, milliseconds: version === '42' ? 41 : 12 };
  };
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Failed'));
  expect(logged()).toEqual([
    {
      level: 'error',
      message: 'check failed',
      check: 'takes no longer than before',
      expected: 'about as fast as v1 (12 ms)',
      received: '41 ms in the median of 27 warm calls',
      deploymentId: 'd-1',
    },
  ]);
});

test('reports Failed if only the calls fail that Lambda reports as cold', async () => {
  answerWithHello();
  const answer = aws.invoke;
  let calls = 0;
  aws.invoke = async (invoked, version) => {
    const cold = version === '42' && ++calls <= 3;
    return cold ? { payload: { errorMessage: 'boom' }, functionError: 'Unhandled', cold } : answer(invoked, version);
  };
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Failed'));
  expect(logged().map(({ check }) => check)).toEqual(['the first request of each environment']);
});

test('compares no durations if Lambda sends no log, and logs that', async () => {
  answerWithHello();
  const answer = aws.invoke;
  aws.invoke = async (invoked, version) => {
    const result = await answer(invoked, version);
    return result === 'hang' ? result : { ...result, milliseconds: version === '42' ? 400 : 12, log: '' };
  };
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Succeeded'));
  expect(info.mock.calls.flat().join()).toContain('Lambda reported no duration for some calls');
});

describe('if the version in service fails and the new one does not', () => {
  beforeEach(() => {
    aws.invoke = async (invoked, version) =>
      version === '42'
        ? { payload: await hello(invoked, { functionVersion: '42' }) }
        : { payload: { errorType: 'AccessDeniedException', errorMessage: 'no' }, functionError: 'Unhandled' };
  });

  /** By the minute, in the hour until 11:58. */
  const served = (requests: (minute: number) => number, errors: (minute: number) => number) => {
    const hour = Array.from({ length: 60 }, (_, minute) => minute);
    aws.metric = ({ Metric }) => hour.map(Metric.MetricName === 'Errors' ? errors : requests);
  };

  test.each([
    ['it worked', () => 0, '0 of 70'],
    ['it had worked again for five minutes', (minute: number) => (minute < 55 ? 14 : 0), '0 of 70'],
  ])('reports Failed if before the update %s', async (_, errors, counts) => {
    served(() => 14, errors);
    await handler(event, context);
    expect(aws.reports).toEqual(reported('Failed'));
    expect(logged()[0]).toMatchObject({
      expected: `that v1 still works, as before this update (${counts} requests failed)`,
    });
  });

  test.each([
    ['it failed in those five minutes', () => 14, (minute: number) => (minute === 57 ? 1 : 0)],
    ['it failed in the last minutes that had fifty requests', () => 2, (minute: number) => (minute === 36 ? 1 : 0)],
    ['it had no requests', () => 0, () => 0],
  ])('reports Succeeded if %s: the release may fix that', async (_, requests, errors) => {
    served(requests, errors);
    await handler(event, context);
    expect(aws.reports).toEqual(reported('Succeeded'));
  });

  test('reports what that version needs, and reads the hour until two minutes before the deployment', async () => {
    served(
      () => 14,
      () => 0,
    );
    await handler(event, context);
    expect(aws.reports).toEqual(reported('Failed'));
    expect(logged()[0]).toMatchObject({
      check: 'greets the world',
      expected: 'that v1 still works, as before this update (0 of 70 requests failed)',
      received: expect.stringContaining('v1 fails since this update: threw AccessDeniedException: no'),
    });
    // The deployment was created at 12:00:30; the update that started it had begun before.
    const dimensions = [
      { Name: 'FunctionName', Value: 'svc-hello' },
      { Name: 'Resource', Value: 'svc-hello:Live' },
    ];
    expect(aws.metricRequests).toMatchObject([
      {
        StartTime: Date.UTC(2026, 10, 20, 10, 58) / 1000,
        EndTime: Date.UTC(2026, 10, 20, 11, 58) / 1000,
        MetricDataQueries: ['Invocations', 'Errors'].map((MetricName) => ({
          MetricStat: {
            Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: dimensions },
            Period: 60,
            Stat: 'Sum',
          },
        })),
      },
    ]);
  });

  test('reports Succeeded if it may not read what that version served, and logs the error', async () => {
    aws.metric = () => 'denied';
    await handler(event, context);
    expect(aws.reports).toEqual(reported('Succeeded'));
    expect(info.mock.calls.flat().join()).toContain(
      'the requests that svc-hello:Live served before cannot be read: AccessDeniedException: not authorized',
    );
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

test('reports Failed if a check fails, and logs the check, what it expected and what it received', async () => {
  answerWithHello((answer) => ({ ...answer, body: answer.body!.replace('Ada', 'Adam') }));
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Failed'));
  expect(logged()).toEqual([
    {
      level: 'error',
      message: 'check failed',
      check: 'greets by name',
      expected: 'status 200 with {"message":"Hello, Ada!"}',
      received: 'status 200: {"message":"Hello, Adam!","version":"42"} (all 9 calls)',
      deploymentId: 'd-1',
    },
  ]);
});

test('reports Failed if the version under test throws', async () => {
  aws.invoke = async (invoked, version) =>
    version === '42'
      ? { payload: { errorMessage: 'boom' }, functionError: 'Unhandled' }
      : { payload: await hello(invoked, { functionVersion: '1' }) };
  await handler(event, context);
  expect(aws.reports).toEqual(reported('Failed'));
  expect(logged()[0]).toMatchObject({ received: 'threw boom (all 9 calls)' });
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
    'the AppSpec of deployment d-1 does not name one function, alias and version: {"Resources":[]}',
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

test('takes a call that lasts longer than the remaining time as failed, and judges the calls that it has', async () => {
  answerWithHello();
  const answer = aws.invoke;
  aws.invoke = async (invoked, version) => (aws.invocations.length === 12 ? 'hang' : answer(invoked, version));
  // The twelfth call, one of the new version in the second round, is the last one that there is time for.
  const left = () => [60_000, 13_100, 12_900][Math.max(0, Math.min(2, aws.invocations.length - 10))]!;
  await handler(event, { getRemainingTimeInMillis: left });
  expect(aws.reports).toEqual(reported('Succeeded'));
  expect(info.mock.calls.flat().join()).toMatch(/1 of \d calls failed, .*no answer within 0\.1 s/);
});

test('reports Failed before its own time is up if the version under test does not answer', async () => {
  aws.invoke = async () => 'hang';
  const until = Date.now() + 13_200;
  await handler(event, { getRemainingTimeInMillis: () => until - Date.now() });
  expect(aws.reports).toEqual(reported('Failed'));
  expect(logged()).toEqual([
    expect.objectContaining({ check: 'every check is run in time' }),
    ...checks.map(({ name }) =>
      expect.objectContaining({ check: name, received: expect.stringMatching(/^no answer within 0\.\d s$/) }),
    ),
  ]);
});

test('reports Failed if the time is up and the checks do not end', async () => {
  aws.invoke = async () => 'hang';
  let looks = 0;
  await handler(event, { getRemainingTimeInMillis: () => (++looks === 1 ? 10_100 : 60_000) });
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

test('throws if it cannot report, so that Lambda invokes it again and its alarm goes off', async () => {
  answerWithHello();
  aws.reportAnswers = [{ status: 400, body: { __type: 'AccessDeniedException', message: 'not allowed' } }];
  await expect(handler(event, context)).rejects.toThrow('not allowed');
  expect(logged()).toEqual([expect.objectContaining({ message: 'could not report', status: 'Succeeded' })]);
});
