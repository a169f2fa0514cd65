import {
  ApiGatewayV2Client,
  GetApiCommand,
  GetApisCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from '@aws-sdk/client-apigatewayv2';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { HttpApis } from '../../embedded-aws/api-gateway/http-apis';
import { Endpoint } from '../../embedded-aws/endpoint';
import { Random } from '../../embedded-aws/random';
import type { Properties } from '../../embedded-aws/resource-type';
import { authorizeUsers } from '../support/administrator';
import { LambdaFixture, scope } from './lambda-fixture';

const aws = new LambdaFixture();
const apis = new HttpApis({
  scope,
  clock: aws.clock,
  random: new Random(1).stream('api-gateway'),
  lambda: aws.lambda,
  metrics: { record: (datum) => aws.metrics.push(datum) },
  logs: {
    hasGroup: () => true,
    write: (group, stream, at, message) => aws.logs.push({ group, stream, at, message }),
  },
});
const endpoint = new Endpoint({
  service: () => apis.api,
  authenticate: () => ({ ...scope, arn: `arn:aws:iam::${scope.accountId}:user/tester` }),
  authorize: authorizeUsers,
});

let apiId: string;
let url: string;

const HANDLER = `exports.handler = async (event) => {
  if (event.queryStringParameters?.fail) throw new Error('boom');
  if (event.queryStringParameters?.answer) return JSON.parse(event.queryStringParameters.answer);
  return event;
}`;

function create(type: string, properties: Properties) {
  const resourceType = apis.resourceTypes.find((each) => each.type === `AWS::ApiGatewayV2::${type}`)!;
  return aws.clock.spawn(() => resourceType.create(properties, aws.context()));
}

/** Routes a key of the API to a function or alias, as osls and the canary plugin do. */
async function route(key: string, functionArn: string, { permitted = true } = {}): Promise<void> {
  const IntegrationUri = `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
  const integration = {
    ApiId: apiId,
    IntegrationType: 'AWS_PROXY',
    PayloadFormatVersion: '2.0',
    TimeoutInMillis: 30_000,
  };
  const { id } = await create('Integration', { ...integration, IntegrationUri });
  await create('Route', { ApiId: apiId, RouteKey: key, Target: `integrations/${id}` });
  if (!permitted) return;
  await aws.create('AWS::Lambda::Permission', {
    FunctionName: functionArn,
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceArn: `arn:aws:execute-api:eu-central-1:111122223333:${apiId}/*`,
  });
}

beforeAll(async () => {
  await aws.endpoint.listen();
  await endpoint.listen();
  await aws.define('hello', HANDLER);
  await aws.publish('hello');
  await aws.create('AWS::Lambda::Alias', { FunctionName: 'hello', Name: 'live', FunctionVersion: '1' });
  const api = await create('Api', { Name: 'shop', ProtocolType: 'HTTP' });
  apiId = api.id;
  url = api.attributes.ApiEndpoint!;
  const alias = 'arn:aws:lambda:eu-central-1:111122223333:function:hello:live';
  await route('GET /hello', alias);
  await route('POST /items/{id}', alias);
  await route('ANY /files/{proxy+}', alias);
  await route('GET /closed', 'arn:aws:lambda:eu-central-1:111122223333:function:hello', { permitted: false });
});
afterAll(async () => {
  await apis.close();
  await endpoint.close();
  await aws.close();
});

test('an API has its own address, and serves no requests until it has a stage', async () => {
  expect(apiId).toMatch(/^[a-z0-9]{10}$/);
  expect(apis.addresses()).toEqual([{ apiId, name: 'shop', url }]);
  const answer = await fetch(`${url}/hello`);
  expect([answer.status, await answer.json()]).toEqual([404, { message: 'Not Found' }]);
});

describe('with a stage', () => {
  beforeAll(async () => {
    await create('Stage', {
      ApiId: apiId,
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { DetailedMetricsEnabled: false },
      AccessLogSettings: {
        DestinationArn: 'arn:aws:logs:eu-central-1:111122223333:log-group:/aws/http-api/shop',
        Format: '$context.httpMethod $context.path $context.routeKey $context.status $context.requestTime',
      },
    });
    aws.metrics.length = 0;
    aws.logs.length = 0;
  });

  test('a function receives the event of payload format 2.0', async () => {
    const answer = await fetch(`${url}/items/a%20b?x=1&x=2&y=%C3%A4`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'User-Agent': 'test', cookie: 'a=1; b=2' },
      body: '{"n":1}',
    });
    const event = (await answer.json()) as APIGatewayProxyEventV2;
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /items/{id}',
      rawPath: '/items/a b',
      rawQueryString: 'x=1&x=2&y=%C3%A4',
      cookies: ['a=1', 'b=2'],
      headers: {
        accept: '*/*',
        'accept-encoding': 'gzip, deflate',
        'accept-language': '*',
        'content-length': '7',
        'content-type': 'application/json',
        host: url.replace('http://', ''),
        'sec-fetch-mode': 'cors',
        'user-agent': 'test',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
      },
      queryStringParameters: { x: '1,2', y: 'ä' },
      requestContext: {
        accountId: '111122223333',
        apiId,
        domainName: `${apiId}.execute-api.eu-central-1.amazonaws.com`,
        domainPrefix: apiId,
        http: { method: 'POST', path: '/items/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: expect.stringMatching(/^[\w-]{15}=$/),
        routeKey: 'POST /items/{id}',
        stage: '$default',
        time: '01/Jan/2026:00:00:24 +0000',
        timeEpoch: aws.clock.now(),
      },
      pathParameters: { id: 'a b' },
      body: '{"n":1}',
      isBase64Encoded: false,
    });
    expect(answer.headers.get('apigw-requestid')).toBe(event.requestContext.requestId);
    expect(answer.headers.get('date')).toBe(aws.clock.date().toUTCString());
  });

  test('a body that is not text is base64-encoded', async () => {
    const answer = await fetch(`${url}/files/a/b`, {
      method: 'PUT',
      body: Buffer.from([0, 255]),
      headers: { 'content-type': 'image/png' },
    });
    expect(await answer.json()).toMatchObject({
      routeKey: 'ANY /files/{proxy+}',
      pathParameters: { proxy: 'a/b' },
      body: 'AP8=',
      isBase64Encoded: true,
    });
  });

  test.each([
    [{ statusCode: 201, headers: { 'X-A': 1, 'content-type': 'text/html' }, body: '<p>' }, 201, 'text/html', '<p>'],
    [{ statusCode: 200, body: 'aGk=', isBase64Encoded: true }, 200, 'text/plain;charset=UTF-8', 'hi'],
    [{ statusCode: 503 }, 503, 'text/plain;charset=UTF-8', ''],
    [{ message: 'no status' }, 200, 'application/json', '{"message":"no status"}'],
    ['text', 200, 'application/json', 'text'],
    [{ statusCode: 'many' }, 500, 'application/json', '{"message":"Internal Server Error"}'],
    [{ statusCode: 200, body: { a: 1 } }, 500, 'application/json', '{"message":"Internal Server Error"}'],
  ])('a function that returns %j gives a response with %i, %s, %s', async (returned, status, type, body) => {
    const answer = await fetch(`${url}/hello?answer=${encodeURIComponent(JSON.stringify(returned))}`);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([status, type, body]);
  });

  test('a function sets each cookie in a separate header', async () => {
    const returned = { statusCode: 204, cookies: ['a=1', 'b=2'] };
    const answer = await fetch(`${url}/hello?answer=${JSON.stringify(returned)}`);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test('a request without a route gets a 404; a function that fails, or does not permit this API, a 500', async () => {
    const answers = await Promise.all(
      ['/nowhere', '/hello/', '/hello?fail=1', '/closed'].map(async (path) => {
        const answer = await fetch(url + path);
        return [answer.status, await answer.text()];
      }),
    );
    expect(answers).toEqual([
      [404, '{"message":"Not Found"}'],
      [404, '{"message":"Not Found"}'],
      [500, '{"message":"Internal Server Error"}'],
      [500, '{"message":"Internal Server Error"}'],
    ]);
    expect(await (await fetch(`${url}/hello`, { method: 'DELETE' })).text()).toBe('{"message":"Not Found"}');
  });

  test('every request is counted by API and by stage, with its latency in virtual time', async () => {
    aws.metrics.length = 0;
    const request = {
      method: 'GET',
      path: '/hello',
      query: '',
      headers: {},
      body: Buffer.alloc(0),
      sourceIp: '192.0.2.1',
    };
    const served = await apis.handle(apiId, request);
    const failed = await apis.handle(apiId, { ...request, query: 'fail=1' });
    const missed = await apis.handle(apiId, { ...request, path: '/no' });
    expect([served, failed, missed].map(({ status }) => status)).toEqual([200, 500, 404]);
    const [api, stage] = [`ApiId=${apiId}`, `ApiId=${apiId},Stage=$default`];
    expect(aws.sums('Count')).toEqual({ [api]: 3, [stage]: 3 });
    expect(aws.sums('4xx')).toEqual({ [api]: 1, [stage]: 1 });
    expect(aws.sums('5xx')).toEqual({ [api]: 1, [stage]: 1 });
    expect(aws.sums('Latency')[api]).toBeCloseTo(served.latency + failed.latency + missed.latency);
    const integrated = aws.metrics.filter(({ name, dimensions }) => name === 'IntegrationLatency' && !dimensions.Stage);
    expect(integrated.map(({ value }) => value < served.latency + failed.latency)).toEqual([true, true]);
    expect(aws.sums('Invocations')['FunctionName=hello,Resource=hello:live,ExecutedVersion=1']).toBe(2);
  });

  test('the access log has a line for each request', async () => {
    aws.logs.length = 0;
    await fetch(`${url}/hello?answer={}`);
    expect(aws.logs.filter(({ group }) => group === '/aws/http-api/shop').map(({ message }) => message)).toEqual([
      'GET /hello GET /hello 200 01/Jan/2026:00:00:24 +0000',
    ]);
  });

  test('an SDK client reads APIs, routes, integrations and stages', async () => {
    const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'x' };
    const client = new ApiGatewayV2Client({ endpoint: endpoint.url, region: 'eu-central-1', credentials });
    const ApiId = apiId;
    expect(await client.send(new GetApiCommand({ ApiId }))).toMatchObject({ Name: 'shop', ApiEndpoint: url });
    expect((await client.send(new GetApisCommand({}))).Items).toHaveLength(1);
    const { Items: routes } = await client.send(new GetRoutesCommand({ ApiId }));
    expect(routes?.map(({ RouteKey }) => RouteKey)).toContain('GET /hello');
    const { Items: integrations } = await client.send(new GetIntegrationsCommand({ ApiId }));
    expect(integrations?.[0]).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' });
    const { Items: stages } = await client.send(new GetStagesCommand({ ApiId }));
    expect(stages?.[0]).toMatchObject({ StageName: '$default', AutoDeploy: true, CreatedDate: aws.clock.date() });
    await expect(client.send(new GetApiCommand({ ApiId: 'missing' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    client.destroy();
  });
});

test.each([
  ['Api', { Name: 'x', ProtocolType: 'WEBSOCKET' }, 'ProtocolType WEBSOCKET'],
  ['Stage', { StageName: 'dev', AutoDeploy: true }, 'StageName dev'],
  ['Stage', { StageName: '$default' }, 'AutoDeploy false'],
  ['Integration', { IntegrationType: 'HTTP_PROXY' }, 'IntegrationType HTTP_PROXY'],
  ['Integration', { IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '1.0' }, 'PayloadFormatVersion 1.0'],
  ['Route', { AuthorizationType: 'JWT' }, 'AuthorizationType JWT'],
])('%s with %j is refused by name', async (type, properties, what) => {
  await expect(create(type, { ApiId: apiId, ...properties })).rejects.toThrow(
    `the embedded AWS does not support AWS::ApiGatewayV2::${type} with ${what}`,
  );
});
