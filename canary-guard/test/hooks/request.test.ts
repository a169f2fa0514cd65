import type { RouteCheck } from '../../hooks/checks';
import { httpApiEvent, requestOf } from '../../hooks/request';
import { route } from './modelled-function';

const eventOf = (more: Partial<RouteCheck>) =>
  httpApiEvent(requestOf(route('x', more) as RouteCheck), new Date('2026-11-20T12:00:00Z'), 'r-1');

test('a check of a route is sent as an HTTP API sends a request, in format 2.0', () => {
  expect(eventOf({ route: 'GET /hello' })).toEqual({
    version: '2.0',
    routeKey: 'GET /hello',
    rawPath: '/hello',
    rawQueryString: '',
    headers: {
      accept: '*/*',
      host: 'pre-traffic-hook.invalid',
      'user-agent': 'pre-traffic-hook',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'pre-traffic-hook',
      domainName: 'pre-traffic-hook.invalid',
      domainPrefix: 'pre-traffic-hook',
      http: {
        method: 'GET',
        path: '/hello',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'pre-traffic-hook',
      },
      requestId: 'r-1',
      routeKey: 'GET /hello',
      stage: '$default',
      time: '2026-11-20T12:00:00.000Z',
      timeEpoch: 1795176000000,
    },
    isBase64Encoded: false,
  });
});

test('the path gives the parameters of the route, decoded, and the query its own, repeated ones joined by a comma', () => {
  const path = '/orders/a%20b/items/x/y?tag=1&tag=2&q=%C3%AB';
  expect(eventOf({ route: 'GET /orders/{id}/items/{rest+}', path })).toMatchObject({
    routeKey: 'GET /orders/{id}/items/{rest+}',
    rawPath: '/orders/a b/items/x/y',
    rawQueryString: 'tag=1&tag=2&q=%C3%AB',
    pathParameters: { id: 'a b', rest: 'x/y' },
    queryStringParameters: { tag: '1,2', q: 'ë' },
  });
});

test('a body is sent as it is if it is text, as JSON if it is anything else, and as base64 if its type says so', () => {
  expect(eventOf({ route: 'POST /orders', body: { item: 7 } })).toMatchObject({
    requestContext: { http: { method: 'POST' } },
    headers: { 'content-type': 'application/json', 'content-length': '10' },
    body: '{"item":7}',
    isBase64Encoded: false,
  });
  expect(eventOf({ route: 'PUT /note', body: 'hi' })).toMatchObject({
    headers: { 'content-type': 'text/plain' },
    body: 'hi',
  });
  const headers = { 'Content-Type': 'image/png' };
  expect(eventOf({ route: 'PUT /picture', body: 'hi', headers })).toMatchObject({
    headers: { 'content-type': 'image/png' },
    body: 'aGk=',
    isBase64Encoded: true,
  });
});

test('headers have lower case, and cookies a separate list', () => {
  const { headers, cookies } = eventOf({ headers: { 'X-Tenant': 'one', Cookie: 'a=1; b=2', 'User-Agent': 'phone' } });
  expect(cookies).toEqual(['a=1', 'b=2']);
  expect(headers).toMatchObject({ 'x-tenant': 'one', 'user-agent': 'phone' });
  expect(headers).not.toHaveProperty('cookie');
});

test('a catch-all is requested by the path of its check', () => {
  expect(eventOf({ route: '*', path: '/anything' })).toMatchObject({ routeKey: '$default', rawPath: '/anything' });
});

test.each<[Partial<RouteCheck>, string]>([
  [{ route: 'GET /orders/{id}' }, "check 'x': '/orders/{id}' does not match the route 'GET /orders/{id}'"],
  [{ route: 'GET /orders/{id}', path: '/orders/1/2' }, "'/orders/1/2' does not match the route"],
  [{ route: 'GET /orders', path: '/other' }, "'/other' does not match the route"],
  [{ route: '*' }, "check 'x' needs a path that begins with '/'"],
])('refuses %j', (more, message) => {
  expect(() => requestOf(route('x', more) as RouteCheck)).toThrow(message);
});
