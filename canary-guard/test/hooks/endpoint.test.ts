import type { HttpAnswer } from '../../hooks/answer';
import type { RouteCheck } from '../../hooks/checks';
import { checkEndpoint } from '../../hooks/endpoint';
import { route } from './modelled-function';

const checks = [route('a'), route('b', { route: 'POST /b' })] as RouteCheck[];

/** @param failing The requests that fail, by the name of their check and their number, from 1. */
async function run(failing: readonly string[], failedBefore: readonly string[] = []) {
  const requested: string[] = [];
  const notes: string[] = [];
  const request = async ({ name }: RouteCheck): Promise<HttpAnswer> => {
    const times = requested.filter((each) => each.startsWith(name)).length + 1;
    requested.push(`${name}${times}`);
    return { status: failing.includes(`${name}${times}`) ? 500 : 200, body: 'x' };
  };
  const failures = await checkEndpoint({
    checks,
    request,
    call: async ({ name }, version) =>
      version === 'new' || failedBefore.includes(name) ? { error: 'threw' } : { answer: { status: 200, body: 'x' } },
    note: (message) => notes.push(message),
  });
  return { requested, failures, notes };
}

test('every check is run once if it passes', async () => {
  expect(await run([])).toEqual({ requested: ['a1', 'b1'], failures: [], notes: [] });
});

test('a repeatable check is run twice more when it failed, and fails by two of three', async () => {
  expect(await run(['a1'])).toEqual({
    requested: ['a1', 'a2', 'a3', 'b1'],
    failures: [],
    notes: ['a failed once and passed when it was repeated twice: status 500: x'],
  });
  expect(await run(['a1', 'a3'])).toMatchObject({
    requested: ['a1', 'a2', 'a3', 'b1'],
    failures: [{ check: 'a', expected: 'a status below 500', received: 'status 500: x' }],
  });
});

test('a check that may not be repeated fails by its one request', async () => {
  expect(await run(['b1'])).toMatchObject({ requested: ['a1', 'b1'], failures: [{ check: 'b' }] });
});

test('the release is not the cause of what the version that served before fails in the same way', async () => {
  expect(await run(['a1', 'a2', 'a3'], ['a'])).toMatchObject({
    failures: [],
    notes: ['a: status 500: x; the version that served before fails in the same way, so this release is not the cause'],
  });
});

test('nor of a check that may not be repeated, if that fails by the same error', async () => {
  expect(await run(['a1', 'a2', 'a3', 'b1'], ['a'])).toMatchObject({ failures: [] });
  expect(await run(['a1', 'a2', 'a3', 'b1'])).toMatchObject({ failures: [{ check: 'a' }, { check: 'b' }] });
});
