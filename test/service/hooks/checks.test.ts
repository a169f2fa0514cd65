import { type Answer, type Check, checks, runChecks } from '../../../service/hooks/checks';

const check = (name: string): Check => ({
  name,
  request: { path: `/${name}` },
  expected: { status: 200, body: { a: 1 } },
});
const answer =
  (body: string, status = 200) =>
  async (): Promise<Answer> => ({ status, body });

test('a check passes if the status and the named fields of the body agree', async () => {
  expect(await runChecks(answer('{"a":1,"b":2}'), [check('x')])).toEqual([]);
});

test.each([
  ['another status', '{"a":1}', 201],
  ['another value', '{"a":"1"}', 200],
  ['no such field', '{}', 200],
  ['a body that is not an object', 'null', 200],
  ['a body that is not JSON', '<html>', 200],
])('a check fails on %s, and says what it expected and what it got', async (_, body, status) => {
  expect(await runChecks(answer(body, status), [check('x')])).toEqual([
    { check: 'x', expected: { status: 200, body: { a: 1 } }, received: { status, body } },
  ]);
});

test('a check whose request throws fails, and the others are made all the same', async () => {
  const asked: string[] = [];
  const ask = async ({ path }: { path: string }): Promise<Answer> => {
    asked.push(path);
    if (path === '/x') throw new Error('no route');
    return { status: 500, body: '' };
  };
  const failures = await runChecks(ask, [check('x'), check('y')]);
  expect(asked).toEqual(['/x', '/y']);
  expect(failures.map(({ check, received }) => [check, received])).toEqual([
    ['x', 'Error: no route'],
    ['y', { status: 500, body: '' }],
  ]);
});

test('the checks of the service have names of their own', () => {
  expect(checks.length).toBeGreaterThan(0);
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
});
