import { findCheckProblems, type Problem } from './plugin';

const hooked = { deploymentSettings: { type: 'AllAtOnce', alias: 'Live', preTrafficHook: 'hook' } };
const orders = { ...hooked, events: [{ httpApi: 'GET /orders/{id}' }] };
const asked = { name: 'shows an order', function: 'orders', route: 'GET /orders/{id}', path: '/orders/7' };

function problemsOf(checks: unknown, functions: object = { orders, hook: {} }): Problem[] {
  const text = typeof checks === 'string' || checks === undefined ? checks : JSON.stringify(checks);
  return findCheckProblems({ service: { functions }, checks: text });
}
const pathsOf = (checks: unknown, functions?: object) => problemsOf(checks, functions).map(({ path }) => path);

test('a check of every route is all that is wanted', () => {
  expect(problemsOf([asked])).toEqual([]);
});

test('a service without hooks needs none', () => {
  expect(problemsOf(undefined, { orders: { events: orders.events } })).toEqual([]);
  expect(problemsOf(undefined)).toEqual([expect.objectContaining({ path: 'checks.json', received: undefined })]);
});

test.each(['{', '', '{}', 'null'])('a file that holds %j is refused', (text) => {
  expect(pathsOf(text)).toEqual(['checks.json']);
});

test('a function behind no API needs a check by an event, if a hook is to ask it before the shift', () => {
  const functions = { resize: { ...hooked, events: [{ sqs: 'queue' }] }, hook: {} };
  expect(problemsOf([], functions)).toEqual([
    expect.objectContaining({ path: 'checks.json', problem: expect.stringContaining('no check asks resize') }),
  ]);
  expect(problemsOf([{ name: 'resizes', function: 'resize', event: { Records: [] } }], functions)).toEqual([]);
});

describe('a route without a check is refused', () => {
  const serving = (...routes: unknown[]) => ({ ...hooked, events: routes.map((httpApi) => ({ httpApi })) });
  const check = (route: string) => ({ name: route, function: 'api', route });
  const unasked = (checks: object[], ...routes: unknown[]) =>
    problemsOf(checks, { api: serving(...routes), hook: {} }).map(({ problem }) => problem.split(' of api')[0]);

  test('by its name, however it is written', () => {
    const routes = ['GET /a', 'post /a', { method: 'delete', path: '/a' }];
    expect(unasked([check('GET /a')], ...routes)).toEqual(['POST /a', 'DELETE /a']);
    expect(unasked([check('GET /a'), check('POST /a'), check('DELETE /a')], ...routes)).toEqual([]);
  });

  test.each(['*', { path: '*' }, 'ANY /a', { method: '*', path: '/a' }])(
    'unless it takes all (%j) and any check is of its function',
    (route) => {
      expect(unasked([], route)).toHaveLength(1);
      expect(unasked([check('PUT /a')], route)).toEqual([]);
      expect(unasked([{ ...check(typeof route === 'string' ? route : 'any /a'), path: '/a' }], route)).toEqual([]);
    },
  );

  test('but not of a function that no pre-traffic hook guards', () => {
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
    ['checks.json[0].mends', { mends: 1 }],
    ['checks.json[0].expect', { expect: {} }],
    ['checks.json[0].expected', { expected: 200 }],
    ['checks.json[0].expected.status', { expected: { status: '200' } }],
    ['checks.json[0].expected.result', { expected: { result: {} } }],
    ['checks.json[0]', { event: {} }],
  ])('at %s: %j', (path, wrong) => {
    expect(problemsOf([{ ...asked, ...wrong }])[0]).toMatchObject({ path });
  });

  test('of a function that is not there, has no canary or has no hook, with those that it could be', () => {
    const functions = {
      orders,
      hook: {},
      plain: {},
      alone: { deploymentSettings: { type: 'AllAtOnce', alias: 'Live' } },
    };
    for (const name of ['order', 'plain', 'alone']) {
      expect(problemsOf([asked, { ...asked, name: 'other', function: name }], functions)).toEqual([
        expect.objectContaining({ path: 'checks.json[1].function', received: name, known: ['orders'] }),
      ]);
    }
  });

  test('that asks by a route and by an event, or has what belongs to the other one', () => {
    const event = { name: 'an event', function: 'orders', event: { Records: [] } };
    expect(problemsOf([asked, { ...event, expected: { result: { done: true } } }])).toEqual([]);
    expect(pathsOf([asked, { ...event, body: 'x', expected: { status: 200 } }])).toEqual([
      'checks.json[1].body',
      'checks.json[1].expected.status',
    ]);
  });

  test('that has the name of another one', () => {
    expect(pathsOf([asked, asked])).toEqual(['checks.json[1].name']);
  });

  test('never stops the others from being looked at', () => {
    expect(pathsOf([null, 'x', { ...asked, mends: 1 }])).toEqual([
      'checks.json[0]',
      'checks.json[1]',
      'checks.json[2].mends',
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
])('of %s the path %s: %s', (route, path, isOne) => {
  const functions = { api: { ...hooked, events: [{ httpApi: route }] }, hook: {} };
  expect(problemsOf([{ name: 'one', function: 'api', route, path }], functions)).toHaveLength(isOne ? 0 : 1);
});
