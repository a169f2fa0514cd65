import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hello } from '../../../service/handler';
import { handler } from '../../../service/hooks/post-traffic';
import { FakeAws, fakeAwsEnv } from './fake-aws';

const event = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'h-1' };
const context = { getRemainingTimeInMillis: () => 30_000 };

let aws: FakeAws;
let api: Server;
let version: string;

beforeAll(async () => {
  aws = await FakeAws.start();
  Object.assign(process.env, fakeAwsEnv(aws));
  api = createServer(async (request, response) => {
    const url = new URL(request.url!, 'http://x');
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
beforeEach(() => {
  aws.reset();
  process.env.API_URL = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  log = jest.spyOn(console, 'error').mockImplementation();
  jest.spyOn(console, 'info').mockImplementation();
});
afterEach(() => jest.restoreAllMocks());

test('reports Succeeded if the public endpoint meets every check', async () => {
  version = '2';
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Succeeded' }]);
});

test('reports Failed if the public endpoint answers with errors, and logs the answer', async () => {
  version = 'broken';
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Failed' }]);
  expect(JSON.parse(log.mock.calls[0][0])).toMatchObject({
    check: 'greets the world',
    received: { status: 500, body: '{"message":"Internal Server Error"}' },
  });
});

test('reports Failed if nothing listens at the public endpoint', async () => {
  process.env.API_URL = 'http://127.0.0.1:1';
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Failed' }]);
});

test('reports Failed if it is not told where the public endpoint is', async () => {
  delete process.env.API_URL;
  await handler(event, context);
  expect(aws.reports).toMatchObject([{ status: 'Failed' }]);
  expect(log.mock.calls[0][0]).toContain('API_URL is not set');
});
