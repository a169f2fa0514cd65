import { hookReasons } from '../../../release/collect/hook-log';

const failed = (deploymentId: string, check: string) =>
  JSON.stringify({ level: 'error', message: 'check failed', check, expected: 200, received: 'a 500', deploymentId });

test("a hook's own records become reasons, and those of another deployment do not", () => {
  const lines = [failed('d-OTHER', 'theirs'), failed('d-OURS', 'greets'), '{"level":"info","message":"reported"}'];
  expect(hookReasons(lines, 'd-OURS')).toEqual(['greets: expected 200, received a 500']);
});

test("records are found in Lambda's text format and in its JSON format", () => {
  const text = `2026-03-02T09:00:01.000Z\t6c1f\tERROR\t${failed('d-OURS', 'as text')}`;
  const json = JSON.stringify({
    timestamp: 'now',
    level: 'ERROR',
    requestId: '6c1f',
    message: failed('d-OURS', 'as JSON'),
  });
  expect(hookReasons([text, json], 'd-OURS')).toEqual([
    'as text: expected 200, received a 500',
    'as JSON: expected 200, received a 500',
  ]);
});

test('of a hook with another log format the lines that look like an error are shown unchanged', () => {
  const lines = [
    'START RequestId: 6c1f Version: 3',
    '2026-03-02T09:00:01.000Z\t6c1f\tERROR\tInvoke Error\t{"errorType":"TypeError","errorMessage":"x is not a function"}',
    '2026-03-02T09:00:04.000Z 6c1f Task timed out after 3.00 seconds',
    'END RequestId: 6c1f',
  ];
  expect(hookReasons(lines, 'd-OURS')).toEqual([
    'x is not a function',
    '2026-03-02T09:00:04.000Z 6c1f Task timed out after 3.00 seconds',
  ]);
});

test('a hook that logged no failure has no reasons', () => {
  expect(hookReasons(['START', '{"level":"info","message":"no error at all"}', 'END'], 'd-OURS')).toEqual([]);
});

test('many and long lines are limited, and what is missing is counted', () => {
  const reasons = hookReasons(
    Array.from({ length: 40 }, (_, index) => `Error ${index} ${'x'.repeat(1_000)}`),
    'd-OURS',
  );
  expect(reasons).toHaveLength(5);
  expect(reasons[0]).toMatch(/^Error 35 x+… \(409 more characters\)$/);
});
