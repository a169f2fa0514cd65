import { type Check, checkedRoute, checksOf, isRepeatable } from '../../hooks/checks';
import { route } from './modelled-function';

test.each<[string, Partial<Check>, boolean]>([
  ['a GET', { route: 'GET /orders' }, true],
  ['a HEAD', { route: 'head /orders' }, true],
  ['a POST', { route: 'POST /orders' }, false],
  ['a route of any method, which is requested by GET', { route: 'ANY /orders' }, true],
  ['a POST that says so', { route: 'POST /search', repeat: true }, true],
  ['a GET that says that it may not', { route: 'GET /next-number', repeat: false }, false],
])('what may be repeated: %s', (_, more, repeatable) => {
  expect(isRepeatable(route('x', more))).toBe(repeatable);
});

test('an event is sent once, unless its check says otherwise', () => {
  const check = { name: 'x', function: 'shop', event: {} };
  expect([check, { ...check, repeat: true }].map(isRepeatable)).toEqual([false, true]);
});

test.each([
  ['get /orders/{id}', { key: 'GET /orders/{id}', method: 'GET', template: '/orders/{id}' }],
  ['* /orders', { key: 'ANY /orders', method: 'GET', template: '/orders' }],
  ['*', { key: '$default', method: 'GET', template: undefined }],
  ['$default', { key: '$default', method: 'GET', template: undefined }],
])('reads the route %s as serverless.yml means it', (text, expected) => {
  expect(checkedRoute(text)).toEqual(expected);
});

test('refuses what is not a route', () => {
  expect(() => checkedRoute('/orders')).toThrow("'/orders' is not a route; write one as 'GET /orders/{id}'");
});

test('a hook runs the checks of the function that is released, not of the others that it guards', () => {
  const all = [route('a'), { ...route('b'), function: 'stock' }];
  const guarded = '{"svc-prod-":["shop","stock"],"renamed":"stock"}';
  expect(checksOf('svc-prod-shop', guarded, all)).toEqual([all[0]]);
  expect(checksOf('svc-prod-stock', guarded, all)).toEqual([all[1]]);
  expect(checksOf('renamed', guarded, all)).toEqual([all[1]]);
});

test.each([
  ['{"svc-prod-shop":"shop"}', 'does not name svc-prod-till (it names svc-prod-shop)'],
  [undefined, 'does not name svc-prod-till (it names none)'],
  ['shop', "is 'shop', which is not JSON"],
])('a hook whose environment has %s for the functions that it guards names the mistake', (guarded, message) => {
  expect(() => checksOf('svc-prod-till', guarded, [])).toThrow(`GUARDED_FUNCTIONS ${message}`);
});
