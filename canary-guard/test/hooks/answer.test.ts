import { type Answer, describeAnswer, describeExpected, meets } from '../../hooks/answer';
import type { Check } from '../../hooks/checks';
import { route } from './modelled-function';

const check = route('x', { expected: { status: 200, body: { a: 1 } } });
const event = (expected?: object): Check => ({ name: 'x', function: 'shop', event: {}, ...(expected && { expected }) });

test('an answer meets a check if the status and the named fields of the body agree', () => {
  expect(meets(check, { status: 200, body: '{"a":1,"b":2}' })).toBe(true);
});

test.each([
  ['another status', '{"a":1}', 201],
  ['another value', '{"a":"1"}', 200],
  ['no such field', '{}', 200],
  ['a body that is not an object', 'null', 200],
  ['a body that is not JSON', '<html>', 200],
])('an answer with %s does not', (_, body, status) => {
  expect(meets(check, { status, body })).toBe(false);
});

test.each<[string, Check, Answer, boolean]>([
  ['a server error, if no status is expected', route('x'), { status: 500, body: '' }, false],
  ['a client error, which only the comparison can judge', route('x'), { status: 404, body: '' }, true],
  ['a server error that is expected', route('x', { expected: { status: 503 } }), { status: 503, body: '' }, true],
  ['text that is expected', route('x', { expected: { body: 'pong' } }), { status: 200, body: 'pong' }, true],
  ['other text', route('x', { expected: { body: 'pong' } }), { status: 200, body: 'ping' }, false],
  ['any result, if none is expected', event(), { result: null }, true],
  ['a result with the named fields', event({ result: { done: 2 } }), { result: { done: 2, left: 0 } }, true],
  ['a result with other values', event({ result: { done: 2 } }), { result: { done: 1 } }, false],
  ['no result', event({ result: { done: 2 } }), { result: null }, false],
])('decides on %s', (_, each, answer, expected) => {
  expect(meets(each, answer)).toBe(expected);
});

test('what was expected and what was received are described as text, shortened', () => {
  expect([check, route('x'), event({ result: { done: 2 } }), event()].map(describeExpected)).toEqual([
    'status 200 with {"a":1}',
    'a status below 500',
    'a result with {"done":2}',
    'a result',
  ]);
  expect(describeAnswer({ status: 404, body: 'no such page' })).toBe('status 404: no such page');
  expect(describeAnswer({ status: 204, body: '' })).toBe('status 204 without a body');
  expect(describeAnswer({ result: { done: 1 } })).toBe('the result {"done":1}');
  expect(describeAnswer({ status: 200, body: 'x'.repeat(5_000) })).toHaveLength(201);
});
