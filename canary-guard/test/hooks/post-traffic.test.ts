import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { postTrafficHook } from '../../hooks';
import checks from '../fixtures/greeter/checks.json';
import { hello } from '../fixtures/greeter/handler';
import { appSpec, FakeAws, fakeAwsEnv } from './fake-aws';

const handler = postTrafficHook({ checks });
const event = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'h-1' };
const context = { getRemainingTimeInMillis: () => 30_000 };

let aws: FakeAws;
let api: Server;
let version: string;
let requested: string[];
let failing: (request: number) => boolean;

beforeAll(async () => {
  aws = await FakeAws.start();
  Object.assign(process.env, fakeAwsEnv(aws));
  api = createServer(async (request, response) => {
    const url = new URL(request.url!, 'http://x');
    requested.push(request.url!);
    if (failing(requested.length)) return void response.writeHead(502).end('bad gateway');
    if (url.pathname !== '/hello') return void response.writeHead(404).end();
    if (version === 'broken') return void response.writeHead(500).end('{"message":"Internal Server Error"}');
    const query = Object.fromEntries(url.searchParams);
    const { statusCode, body } = await hello({ queryStringParameters: query }, { functionVersion: version });
    response.writeHead(statusCode!).end(body);
  });
  await new Promise<void>((done) => api.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  aws.stop();
  api.close();
  api.closeAllConnections();
});

let log: jest.SpyInstance;
let info: jest.SpyInstance;
beforeEach(() => {
  aws.reset();
  aws.deployment = { revision: { revisionType: 'String', string: { content: appSpec('svc-hello', '2') } } };
  aws.metric = () => [20, 35];
  version = '2';
  requested = [];
  failing = () => false;
  Object.assign(process.env, {
    GUARDED_FUNCTIONS: '{"svc-hello":"hello"}',
    MINIMUM_REQUESTS: '50',
    TOO_FEW_REQUESTS: 'make-traffic',
  });
  process.env.API_URL = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  log = jest.spyOn(console, 'error').mockImplementation();
  info = jest.spyOn(console, 'info').mockImplementation();
});
afterEach(() => jest.restoreAllMocks());

test('reports Succeeded if the public endpoint meets every check and enough requests were answered', async () => {
  await handler(event, context);
  expect(log).not.toHaveBeenCalled();
  expect(requested).toHaveLength(checks.length);
  expect(aws.reports).toMatchObject([{ status: 'Succeeded' }]);
});

test('reports Succeeded if the version that served before fails in the same way: the release is not the cause', async () => {
  version = 'broken';
  aws.deployment = { revision: { revisionType: 'String', string: { content: appSpec('svc-hello', '2', '1') } } };
  aws.invoke = async () => ({ payload: { errorMessage: 'no database' }, functionError: 'Unhandled' });
  await handler(event, context);
  expect(log).not.toHaveBeenCalled();
  expect(aws.reports).toMatchObject([{ status: 'Succeeded' }]);
  expect(new Set(aws.invocations.map(({ qualifier }) => qualifier))).toEqual(new Set(['1', '2']));
});

test('reports Failed if the public endpoint answers with errors, and logs the answer', async () => {
  version = 'broken';
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Failed' }]);
  expect(JSON.parse(log.mock.calls[0][0])).toMatchObject({
    check: 'greets the world',
    received: 'status 500: {"message":"Internal Server Error"}',
  });
});

test('reports Failed if nothing listens at the public endpoint', async () => {
  process.env.API_URL = 'http://127.0.0.1:1';
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Failed' }]);
});

test('reports Failed if the address of the public endpoint is not set', async () => {
  delete process.env.API_URL;
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Failed' }]);
  expect(log.mock.calls[0][0]).toContain('API_URL is not set');
});

test('counts the requests that the new version answered through its alias since the deployment began', async () => {
  await handler(event, context);
  expect(aws.metricRequests).toMatchObject([
    {
      StartTime: Date.UTC(2026, 10, 20, 12, 0) / 1000,
      MetricDataQueries: [
        {
          MetricStat: {
            Metric: {
              Namespace: 'AWS/Lambda',
              MetricName: 'Invocations',
              Dimensions: [
                { Name: 'FunctionName', Value: 'svc-hello' },
                { Name: 'Resource', Value: 'svc-hello:Live' },
                { Name: 'ExecutedVersion', Value: '2' },
              ],
            },
            Period: 60,
            Stat: 'Sum',
          },
        },
      ],
    },
  ]);
  const [{ EndTime } = { EndTime: 0 }] = aws.metricRequests;
  expect(EndTime).toBeGreaterThan(Date.now() / 1000);
});

test('makes the requests that are missing, and reports Failed if one in twenty of them fails', async () => {
  aws.metric = () => [10, 10];
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Succeeded' }]);
  expect(requested).toHaveLength(checks.length + 30);

  requested = [];
  failing = (request) => request === 10 || request === 20;
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Succeeded' }, { status: 'Failed' }]);
  expect(JSON.parse(log.mock.calls[0][0])).toMatchObject({
    check: 'requests that the hook made',
    received: expect.stringMatching(
      /^2 of 30 requests that this hook made failed, e\.g\. .*: status 502: bad gateway$/,
    ),
  });
});

test('reports Failed if too few requests are refused, with how many there were', async () => {
  process.env.TOO_FEW_REQUESTS = 'refuse';
  aws.metric = () => [10, 10];
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Failed' }]);
  expect(requested).toHaveLength(checks.length);
  expect(JSON.parse(log.mock.calls[0][0])).toMatchObject({
    expected: 'at least 50',
    received: expect.stringMatching(/^20: too few to distinguish a good release from a bad one; /),
  });
});

test('requires no minimum from a release without a canary', async () => {
  process.env.TOO_FEW_REQUESTS = 'refuse';
  aws.metric = () => [];
  aws.deployment = { ...aws.deployment, deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce' };
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Succeeded' }]);
  expect(info.mock.calls.flat().join()).toContain('there was no canary whose requests could be counted');
});

test('makes all requests if it may not read how many there were, and logs the error', async () => {
  aws.metric = () => 'denied';
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Succeeded' }]);
  expect(requested).toHaveLength(checks.length + 50);
  expect(info.mock.calls.flat().join()).toContain('the requests that v2 served cannot be read: AccessDeniedException');
});

test('reports Failed if its settings are wrong, before it makes any request', async () => {
  Object.assign(process.env, { MINIMUM_REQUESTS: 'some', TOO_FEW_REQUESTS: 'ignore' });
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Failed' }]);
  expect(requested).toEqual([]);
  expect(log.mock.calls[0][0]).toMatch(/MINIMUM_REQUESTS is 'some'; .*TOO_FEW_REQUESTS is 'ignore'; /);
});

test('a single failure of a repeatable check is repeated', async () => {
  failing = (request) => request === 1;
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Succeeded' }]);
  expect(requested).toHaveLength(checks.length + 2);
  expect(info.mock.calls.flat().join()).toContain('greets the world failed once and passed when it was repeated twice');
});
