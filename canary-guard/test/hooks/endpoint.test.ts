import type { HttpAnswer } from '../../hooks/answer';
import type { RouteCheck } from '../../hooks/checks';
import { askEndpoint } from '../../hooks/endpoint';
import { route } from './modelled-function';

const checks = [route('a'), route('b', { route: 'POST /b' })] as RouteCheck[];

/** @param failing which requests fail, by the check's name and from 1 on */
async function asking(failing: readonly string[], failedBefore: readonly string[] = []) {
  const asked: string[] = [];
  const notes: string[] = [];
  const request = async ({ name }: RouteCheck): Promise<HttpAnswer> => {
    const times = asked.filter((each) => each.startsWith(name)).length + 1;
    asked.push(`${name}${times}`);
    return { status: failing.includes(`${name}${times}`) ? 500 : 200, body: 'x' };
  };
  const failures = await askEndpoint({
    checks,
    request,
    ask: async ({ name }, version) =>
      version === 'new' || failedBefore.includes(name) ? { error: 'threw' } : { answer: { status: 200, body: 'x' } },
    note: (message) => notes.push(message),
  });
  return { asked, failures, notes };
}

test('every check is asked once if it passes', async () => {
  expect(await asking([])).toEqual({ asked: ['a1', 'b1'], failures: [], notes: [] });
});

test('what may be repeated is asked twice more when it failed, and fails by two of three', async () => {
  expect(await asking(['a1'])).toEqual({
    asked: ['a1', 'a2', 'a3', 'b1'],
    failures: [],
    notes: ['a failed and passed when asked again, twice: status 500: x'],
  });
  expect(await asking(['a1', 'a3'])).toMatchObject({
    asked: ['a1', 'a2', 'a3', 'b1'],
    failures: [{ check: 'a', expected: 'a status below 500', received: 'status 500: x' }],
  });
});

test('what may not be repeated fails by its one request', async () => {
  expect(await asking(['b1'])).toMatchObject({ asked: ['a1', 'b1'], failures: [{ check: 'b' }] });
});

test('what the version that served before fails in the same way is not the release’s doing', async () => {
  expect(await asking(['a1', 'a2', 'a3'], ['a'])).toMatchObject({
    failures: [],
    notes: ["a: status 500: x; the version that served before fails in the same way: not this release's doing"],
  });
});

test('nor is what may not be repeated, and fails as that does', async () => {
  expect(await asking(['a1', 'a2', 'a3', 'b1'], ['a'])).toMatchObject({ failures: [] });
  expect(await asking(['a1', 'a2', 'a3', 'b1'])).toMatchObject({ failures: [{ check: 'a' }, { check: 'b' }] });
});
