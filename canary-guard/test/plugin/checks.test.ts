import { findCheckProblems } from '../../plugin/checks.js';
import type { FunctionSettings, Problem } from '../../plugin/model';

const hooked = { deploymentSettings: { type: 'AllAtOnce', alias: 'Live', preTrafficHook: 'hook' } };
const orders = { ...hooked, events: [{ httpApi: 'GET /orders/{id}' }] };
const shown = { name: 'shows an order', function: 'orders', route: 'GET /orders/{id}', path: '/orders/7' };

type Functions = Record<string, FunctionSettings>;

function problemsOf(checks: unknown, functions: Functions = { orders, hook: {} }): Problem[] {
  const text = typeof checks === 'string' || checks === undefined ? checks : JSON.stringify(checks);
  return findCheckProblems({ service: { provider: {}, functions }, checks: text });
}
const pathsOf = (checks: unknown, functions?: Functions) => problemsOf(checks, functions).map(({ path }) => path);

test('a check of every route is enough', () => {
  expect(problemsOf([shown])).toEqual([]);
});

test('a service without hooks needs no checks', () => {
  expect(problemsOf(undefined, { orders: { events: orders.events } })).toEqual([]);
  expect(problemsOf(undefined)).toEqual([expect.objectContaining({ path: 'checks.json', received: undefined })]);
});

test.each(['{', '', '{}', 'null'])('a file that holds %j is refused', (text) => {
  expect(pathsOf(text)).toEqual(['checks.json']);
});

test('a function without an API needs a check with an event if a pre-traffic hook guards it', () => {
  const functions = { resize: { ...hooked, events: [{ sqs: 'queue' }] }, hook: {} };
  expect(problemsOf([], functions)).toEqual([
    expect.objectContaining({ path: 'checks.json', problem: expect.stringContaining('no check invokes resize') }),
  ]);
  expect(problemsOf([{ name: 'resizes', function: 'resize', event: { Records: [] } }], functions)).toEqual([]);
});

describe('a route without a check is refused', () => {
  type Route = NonNullable<NonNullable<FunctionSettings['events']>[number]['httpApi']>;
  const serving = (...routes: Route[]) => ({ ...hooked, events: routes.map((httpApi) => ({ httpApi })) });
  const check = (route: string) => ({ name: route, function: 'api', route });
  const unchecked = (checks: object[], ...routes: Route[]) =>
    problemsOf(checks, { api: serving(...routes), hook: {} }).map(({ problem }) => problem.split(' of api')[0]);

  test('by its name, however it is written', () => {
    const routes = ['GET /a', 'post /a', { method: 'delete', path: '/a' }];
    expect(unchecked([check('GET /a')], ...routes)).toEqual(['POST /a', 'DELETE /a']);
    expect(unchecked([check('GET /a'), check('POST /a'), check('DELETE /a')], ...routes)).toEqual([]);
  });

  test.each<Route>(['*', { path: '*' }, 'ANY /a', { method: '*', path: '/a' }])(
    'unless it accepts everything (%j) and any check is of its function',
    (route) => {
      expect(unchecked([], route)).toHaveLength(1);
      expect(unchecked([check('PUT /a')], route)).toEqual([]);
      expect(unchecked([{ ...check(typeof route === 'string' ? route : 'any /a'), path: '/a' }], route)).toEqual([]);
    },
  );

  test('but not if no pre-traffic hook guards its function', () => {
    const settings = { type: 'AllAtOnce', alias: 'Live', postTrafficHook: 'hook' };
    expect(problemsOf([], { orders: { ...orders, deploymentSettings: settings }, hook: {} })).toEqual([]);
  });
});

describe('a check is refused', () => {
  test.each([
    ['checks.json[0].name', { name: ' ' }],
    ['checks.json[0].route', { route: '/orders/{id}' }],
    ['checks.json[0].route', { route: 'ANY /orders/{id}' }],
    ['checks.json[0].route', { route: 'GET /orders/7' }],
    ['checks.json[0].route', { route: 'LIST /orders/{id}' }],
    ['checks.json[0].route', { route: '*' }],
    ['checks.json[0].path', { path: undefined }],
    ['checks.json[0].path', { path: '/orders' }],
    ['checks.json[0].path', { path: '/orders/7/items' }],
    ['checks.json[0].headers', { headers: { accept: 1 } }],
    ['checks.json[0].repeat', { repeat: 'no' }],
    ['checks.json[0].fixes', { fixes: 1 }],
    ['checks.json[0].mends', { mends: true }],
    ['checks.json[0].expect', { expect: {} }],
    ['checks.json[0].expected', { expected: 200 }],
    ['checks.json[0].expected.status', { expected: { status: '200' } }],
    ['checks.json[0].expected.result', { expected: { result: {} } }],
    ['checks.json[0]', { event: {} }],
  ])('at %s: %j', (path, wrong) => {
    expect(problemsOf([{ ...shown, ...wrong }])[0]).toMatchObject({ path });
  });

  test('if its function does not exist, has no canary or has no hook, with the functions that it could be of', () => {
    const functions = {
      orders,
      hook: {},
      plain: {},
      alone: { deploymentSettings: { type: 'AllAtOnce', alias: 'Live' } },
    };
    for (const name of ['order', 'plain', 'alone']) {
      expect(problemsOf([shown, { ...shown, name: 'other', function: name }], functions)).toEqual([
        expect.objectContaining({ path: 'checks.json[1].function', received: name, known: ['orders'] }),
      ]);
    }
  });

  test('with both a route and an event, or with a key that belongs to the other kind', () => {
    const event = { name: 'an event', function: 'orders', event: { Records: [] } };
    expect(problemsOf([shown, { ...event, expected: { result: { done: true } } }])).toEqual([]);
    expect(pathsOf([shown, { ...event, body: 'x', expected: { status: 200 } }])).toEqual([
      'checks.json[1].body',
      'checks.json[1].expected.status',
    ]);
  });

  test('by the former name of a key, with the new one', () => {
    expect(problemsOf([{ ...shown, mends: true }])).toEqual([
      {
        path: 'checks.json[0].mends',
        received: true,
        problem: 'is the former name of the key fixes, and would be ignored',
        remedy: 'write fixes instead',
      },
    ]);
  });

  test('with the name of another check', () => {
    expect(pathsOf([shown, shown])).toEqual(['checks.json[1].name']);
  });

  test('without keeping the others from being validated', () => {
    expect(pathsOf([null, 'x', { ...shown, fixes: 1 }])).toEqual([
      'checks.json[0]',
      'checks.json[1]',
      'checks.json[2].fixes',
    ]);
  });
});

test.each([
  ['GET /{proxy+}', '/a/b?c=d', true],
  ['GET /{proxy+}', '/', false],
  ['GET /a.b/{id}', '/a.b/1', true],
  ['GET /a.b/{id}', '/axb/1', false],
  ['GET /a.b/{id}', '/a.b/1?of=7/8', true],
  ['*', '/anything', true],
  ['*', 'anything', false],
  ['*', undefined, false],
])('whether the route %s accepts the path %s: %s', (route, path, accepted) => {
  const functions = { api: { ...hooked, events: [{ httpApi: route }] }, hook: {} };
  expect(problemsOf([{ name: 'one', function: 'api', route, path }], functions)).toHaveLength(accepted ? 0 : 1);
});
