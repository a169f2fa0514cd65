import type { Answer } from '../../hooks/answer';
import type { Check } from '../../hooks/checks';
import { examine } from '../../hooks/examination';
import { type Behaviour, type ExaminedVersions, examined, ModelledVersion, route } from './modelled-function';

/** @returns Every failure as the pipeline shows it. */
async function failuresOf(options: ExaminedVersions): Promise<string[]> {
  const failures = await examine(examined(options).props);
  return failures.map(({ check, expected, received }) => `${check}: expected ${expected}, received ${received}`);
}

const answering = (answer: Answer): Behaviour => ({ answers: () => answer });
const json = (content: unknown, status = 200): Answer => ({ status, body: JSON.stringify(content) });
const always: Behaviour = { throws: () => true };
/** A few failures, as every service has. */
const working = { requests: 1_200, failed: 2 };
const failing = { requests: 1_200, failed: 12 };

describe('the calls', () => {
  test('three checks run concurrently in new environments, then eight times in warm ones, on both versions', async () => {
    const { props, newVersion, baseline } = examined({});
    expect(await examine(props)).toEqual([]);
    expect([newVersion.calls.length, baseline.calls.length]).toEqual([3 + 24, 24]);
  });

  test('one check runs three times at once, so that three environments are started', async () => {
    let cold = 0;
    const throws = (call: { cold: boolean }) => {
      if (call.cold) cold += 1;
      return false;
    };
    await examine(examined({ checks: [route('a')], newVersion: { throws } }).props);
    expect(cold).toBe(3);
  });

  test('of many checks no more than five run at the same time', async () => {
    let underWay = 0;
    let most = 0;
    const { props } = examined({ checks: Array.from({ length: 20 }, (_, index) => route(`r${index}`)) });
    await examine({
      ...props,
      call: async (check, version) => {
        underWay += 1;
        most = Math.max(most, underWay);
        const call = await props.call(check, version);
        underWay -= 1;
        return call;
      },
    });
    expect(most).toBe(5);
  });

  test('a check that may not be repeated runs once, on the new version alone, in the order of the file', async () => {
    const checks = [route('create', { route: 'POST /x' }), route('remove', { route: 'DELETE /x' })];
    const { props, newVersion, baseline } = examined({ checks });
    expect(await examine(props)).toEqual([]);
    expect([newVersion.calls, baseline.calls]).toEqual([checks, []]);
  });

  test('without a version in service the new one is examined alone', async () => {
    const { props, baseline } = examined({ baseline: undefined });
    expect(await examine(props)).toEqual([]);
    expect(baseline.calls).toEqual([]);
  });

  test('the same answers give the same calls in the same order', async () => {
    const run = async () => {
      const { props, newVersion } = examined({
        newVersion: { throws: ({ check, cold }) => check.name === 'b' && cold },
      });
      return [await examine(props), newVersion.calls.map(({ name }) => name)];
    };
    expect(await run()).toEqual(await run());
  });

  test('without checks nothing fails, and that is logged', async () => {
    const { props, notes } = examined({ checks: [] });
    expect(await examine(props)).toEqual([]);
    expect(notes).toEqual(['no check is for this function: nothing was verified']);
  });
});

describe('failures', () => {
  test('a version that fails every check is failed by each of them', async () => {
    expect(await failuresOf({ newVersion: always })).toEqual(
      ['a', 'b', 'c'].map((name) => `${name}: expected a status below 500, received threw Error: boom (all 9 calls)`),
    );
  });

  test('a failure of both versions by different errors says that both fail', async () => {
    const baseline = answering(json({}, 503));
    expect(await failuresOf({ newVersion: always, baseline, checks: [route('a')], history: failing })).toEqual([
      'a: expected a status below 500, received threw Error: boom (all 11 calls; v6 fails too)',
    ]);
  });

  test('an answer that is not what a check expects is shown next to it', async () => {
    const checks = [route('a', { expected: { status: 200, body: { message: 'hello' } } })];
    expect(await failuresOf({ checks, newVersion: answering(json({ message: 'bye' })) })).toEqual([
      'a: expected status 200 with {"message":"hello"}, received status 200: {"message":"bye"} (all 11 calls)',
    ]);
  });

  test('one check that fails among others is the only failure', async () => {
    expect(await failuresOf({ newVersion: { throws: ({ check }) => check.name === 'b' } })).toEqual([
      'b: expected a status below 500, received threw Error: boom (all 9 calls)',
    ]);
  });

  test('a check that may not be repeated is failed by its one call', async () => {
    const checks = [route('a', { route: 'POST /a' }), route('b')];
    expect(await failuresOf({ checks, newVersion: { throws: ({ check }) => check.name === 'a' } })).toEqual([
      'a: expected a status below 500, received threw Error: boom',
    ]);
  });

  test('failing in every new environment is one failure, even with a failure now and then in warm ones', async () => {
    const alone = await failuresOf({ newVersion: { throws: ({ cold }) => cold } });
    expect(alone).toEqual([
      'the first request of each environment: expected an answer as in a warm environment, received threw Error: boom (3 of 3 cold calls, 0 of 24 warm ones)',
    ]);
    let calls = 0;
    const both = await failuresOf({
      newVersion: {
        throws: ({ cold }) => {
          calls += 1;
          return cold || calls === 20;
        },
      },
    });
    expect(both).toEqual([alone[0]?.replace('0 of 24', '1 of 24')]);
  });

  test('failing in warm environments is a failure of each check', async () => {
    expect(await failuresOf({ newVersion: { throws: ({ cold }) => !cold } })).toEqual(
      ['a', 'b', 'c'].map(
        (name) => `${name}: expected a status below 500, received threw Error: boom (all 8 warm calls; cold ones pass)`,
      ),
    );
  });

  test('a check that fails now and then is called sixty more times, and fails if the version in service does not', async () => {
    let calls = 0;
    const throws = ({ check }: { check: Check }) => {
      if (check.name === 'b') calls += 1;
      return check.name === 'b' && calls % 5 === 0;
    };
    const { props, newVersion, baseline } = examined({ newVersion: { throws } });
    expect(await examine(props)).toEqual([
      {
        check: 'b',
        expected: 'no more failures than v6',
        received: '13 of 69 calls failed, of v6 0 of 68, e.g. threw Error: boom',
      },
    ]);
    expect(newVersion.calls.slice(27).map(({ name }) => name)).toEqual(Array.from({ length: 60 }, () => 'b'));
    expect(baseline.calls).toHaveLength(24 + 60);
  });

  test('failing as often as the version in service is not a failure, and a line in the log', async () => {
    const everyTenth = (): Behaviour => {
      let calls = 0;
      return { throws: () => ++calls % 10 === 0 };
    };
    const { props, notes } = examined({ newVersion: everyTenth(), baseline: everyTenth() });
    expect(await examine(props)).toEqual([]);
    expect(notes).toEqual(['a, b: 8 of 78 calls failed, of v6 8 of 76: that may be chance, e.g. threw Error: boom']);
  });

  test('two failures are not a pattern, and three in a hundred are too few without a version to compare with', async () => {
    const failing = (times: number): Behaviour => {
      let calls = 0;
      return { throws: () => ++calls > 5 && calls <= 5 + times };
    };
    expect(await failuresOf({ newVersion: failing(2), baseline: undefined })).toEqual([]);
    expect(await failuresOf({ newVersion: failing(3), baseline: undefined })).toHaveLength(1);
  });

  test('a release that changes an answer on purpose is still compared by errors', async () => {
    // The version in service cannot pass the changed check, which must not excuse the new one.
    const checks = [route('a', { expected: { body: { message: 'bye' } } })];
    let calls = 0;
    const newVersion: Behaviour = { ...answering(json({ message: 'bye' })), throws: () => ++calls % 5 === 0 };
    expect(await failuresOf({ checks, newVersion })).toEqual([
      expect.stringMatching(/^a: expected no more failures than v6, received 14 of 71 calls failed, of v6 0 of 68/),
    ]);
  });
});

describe('answers that look different', () => {
  test.each<[string, Answer, Answer, string]>([
    ['another status', json({}), json({}, 404), 'a: expected status 200, as v6 answers, received status 404: {}'],
    [
      'a field that is gone, and one of another type',
      json({ id: 1, name: 'x', total: { sum: 2 } }),
      json({ id: '1', total: { sum: 2 } }),
      'a: expected an answer of the same shape as that of v6: id: number, name: string, received id: string, name: missing',
    ],
    [
      'no content',
      json({ id: 1 }),
      { status: 200, body: '' },
      'a: expected an answer of the same shape as that of v6: the whole answer: object, received the whole answer: nothing',
    ],
    [
      'another result of a function that is not behind HTTP',
      { result: { done: 1 } },
      { result: {} },
      'a: expected an answer of the same shape as that of v6: done: number, received done: missing',
    ],
  ])('%s is a failure', async (_, was, is, expected) => {
    const check = { name: 'a', function: 'shop', event: {}, repeat: true };
    const checks = ['result' in was ? check : route('a')];
    expect(await failuresOf({ checks, baseline: answering(was), newVersion: answering(is) })).toEqual([expected]);
  });

  test.each<[string, Partial<Check>]>([
    ['the release fixes it', { fixes: true }],
    ['the check specifies the answer', { expected: { status: 404, body: { id: '1' } } }],
  ])('is not a failure if %s', async (_, more) => {
    const options = { baseline: answering(json({ id: 1 })), newVersion: answering(json({ id: '1' }, 404)) };
    expect(await failuresOf({ checks: [route('a', more)], ...options })).toEqual([]);
    expect(await failuresOf({ checks: [route('a')], ...options })).toHaveLength(1);
  });

  test('what the check does not specify is still compared', async () => {
    const checks = [route('a', { expected: { status: 200, body: { id: '1' } } })];
    const options = { baseline: answering(json({ id: 1, name: 'x' })), newVersion: answering(json({ id: '1' })) };
    expect(await failuresOf({ checks, ...options })).toEqual([
      'a: expected an answer of the same shape as that of v6: name: string, received name: missing',
    ]);
  });

  test('an error page of the version in service has no shape to keep', async () => {
    const options = { baseline: answering(json({ error: 'no' }, 500)), newVersion: answering(json({ id: 1 })) };
    expect(await failuresOf({ checks: [route('a')], ...options })).toEqual([]);
  });
});

describe('durations', () => {
  const taking = (milliseconds: number, more: Behaviour = {}): Behaviour => {
    let calls = 0;
    return { ...more, takes: () => milliseconds + (calls++ % 7) / 10 };
  };

  test('a version that takes more than twice as long is failed', async () => {
    expect(await failuresOf({ baseline: taking(12), newVersion: taking(41) })).toEqual([
      'takes no longer than before: expected about as fast as v6 (12 ms), received 41 ms in the median of 24 warm calls',
    ]);
  });

  test('one that takes twice as long is not, nor is one that is slow by a millisecond or two', async () => {
    expect(await failuresOf({ baseline: taking(20), newVersion: taking(40) })).toEqual([]);
    expect(await failuresOf({ baseline: taking(1), newVersion: taking(4) })).toEqual([]);
  });

  test('what the release fixes may take longer', async () => {
    const options = { baseline: taking(1), newVersion: taking(80) };
    expect(await failuresOf({ checks: [route('a', { fixes: true })], ...options })).toEqual([]);
    expect(await failuresOf({ checks: [route('a')], ...options })).toHaveLength(1);
  });

  test('calls without a duration in their log are left out, and that is logged', async () => {
    const { props, notes } = examined({ baseline: taking(12), newVersion: taking(400, { measured: false }) });
    expect(await examine(props)).toEqual([]);
    expect(notes).toEqual([
      'Lambda reported no duration for some calls: those are left out of the comparison of durations',
    ]);
  });

  test('a difference that may be chance is measured again', async () => {
    const wide = (): Behaviour => {
      const durations = [4, 9, 14, 19, 30, 60];
      let calls = 0;
      return { takes: () => durations[calls++ % durations.length]! };
    };
    const slower = wide().takes!;
    const { props, newVersion } = examined({
      checks: [route('a')],
      baseline: wide(),
      newVersion: { takes: () => slower() * 2.4 },
    });
    await examine(props);
    expect(newVersion.calls).toHaveLength(3 + 8 + 60);
  });
});

describe('both versions failing by the same error', () => {
  const alike = { newVersion: always, baseline: always, checks: [route('a')] };

  test('is not a failure if that began before the update: something is down that both need', async () => {
    const { props, notes } = examined({ ...alike, history: failing });
    expect(await examine(props)).toEqual([]);
    expect(notes).toEqual([
      'v6 fails a (threw Error: boom), the new version fails in the same way, so this release is not the cause; before the update: 12 of 1200 requests failed',
    ]);
  });

  test.each([
    ['they worked before', working, '2 of 1200 requests failed'],
    ['it is not known how they worked', undefined, 'not known'],
  ])('is a failure if %s: the update may have broken both', async (_, history, shown) => {
    expect(await failuresOf({ ...alike, ...(history && { history }) })).toEqual([
      `a: expected that v6 still works, as before this update (${shown}), received v6 and the new version fail alike since this update: threw Error: boom; the update removed something that both need, or something that both need went down during the update: restore it, and release again`,
    ]);
  });

  test('excuses a check that may not be repeated only if it fails by the same error', async () => {
    const checks = [route('a'), route('b', { route: 'POST /b' })];
    expect(await failuresOf({ ...alike, checks, history: failing })).toEqual([]);
    const newVersion: Behaviour = { throws: ({ check }) => (check.name === 'b' ? 'threw Error: no such order' : true) };
    expect(await failuresOf({ ...alike, checks, newVersion, history: failing })).toEqual([
      'b: expected a status below 500, received threw Error: no such order',
    ]);
  });

  test('is a failure if the check is of what the release fixes', async () => {
    expect(await failuresOf({ ...alike, checks: [route('a', { fixes: true })], history: failing })).toEqual([
      expect.stringContaining('received threw Error: boom (all 11 calls; v6 fails too)'),
    ]);
  });

  test('is the same error even if ids, times and numbers in it differ', async () => {
    let calls = 0;
    const timesOut: Behaviour = {
      throws: () => `2026-11-20T10:00:0${calls++ % 10}Z ${crypto.randomUUID()} Task timed out`,
    };
    expect(
      await failuresOf({ newVersion: timesOut, baseline: timesOut, checks: [route('a')], history: failing }),
    ).toEqual([]);
  });
});

describe('a version in service that fails since the update', () => {
  const broken = { baseline: always, checks: [route('a')] };

  test('is a failure if it worked before', async () => {
    expect(await failuresOf({ ...broken, history: working })).toEqual([
      'a: expected that v6 still works, as before this update (2 of 1200 requests failed), received v6 fails since this update: threw Error: boom; restore the permission, table or setting that it needs, and remove it in the release after this one; if this release fixes what the check verifies, set fixes in checks.json',
    ]);
  });

  test.each([
    ['it failed before', failing, '12 of 1200 requests failed'],
    ['it had hardly any requests', { requests: 49, failed: 0 }, '0 of 49 requests failed'],
    ['that is not known', undefined, 'not known'],
  ])('is a line in the log if %s: the release may fix that', async (_, history, shown) => {
    const { props, notes } = examined({ ...broken, ...(history && { history }) });
    expect(await examine(props)).toEqual([]);
    expect(notes).toEqual([
      `v6 fails a (threw Error: boom), the new version does not, so this release may fix it; before the update: ${shown}`,
    ]);
  });

  test('is not a failure if the release fixes what the check verifies, or if it still answers, differently', async () => {
    expect(await failuresOf({ ...broken, checks: [route('a', { fixes: true })], history: working })).toEqual([]);
    const checks = [route('a', { expected: { status: 200 } })];
    expect(await failuresOf({ checks, baseline: answering(json({}, 404)), history: working })).toEqual([]);
  });

  test('is found even if the new version fails now and then', async () => {
    let calls = 0;
    const newVersion: Behaviour = { throws: () => ++calls === 7 };
    expect(await failuresOf({ ...broken, newVersion, history: working })).toEqual([
      expect.stringContaining('v6 still works'),
    ]);
  });
});

describe('time', () => {
  test('the calls that were made in time are judged, and no more are made', async () => {
    const { props, newVersion, baseline } = examined({ calls: 20, newVersion: always });
    expect(await examine(props)).toHaveLength(3);
    expect(newVersion.calls.length + baseline.calls.length).toBe(20);
  });

  test('not even a round of warm calls is a failure', async () => {
    expect(await failuresOf({ calls: 8 })).toEqual([
      'every check is run in time: expected each check once in a new environment, then at least once in a warm one, received time for 8 calls; give the hook a longer timeout in serverless.yml',
    ]);
    expect(await failuresOf({ calls: 9 })).toEqual([]);
  });

  test('checks that were never run are named', async () => {
    const checks = [route('a'), route('b', { route: 'POST /b' })];
    expect(await failuresOf({ calls: 0, checks })).toEqual([
      expect.stringContaining('received time for 0 calls, none of them for a, b; give the hook'),
    ]);
  });

  test('a function that cannot be called ends the examination', async () => {
    const { props } = examined({});
    const call = async () => {
      throw new Error('AccessDeniedException');
    };
    await expect(examine({ ...props, call })).rejects.toThrow('AccessDeniedException');
  });
});

test('the model starts an environment for each call that finds none idle', async () => {
  const version = new ModelledVersion();
  const check = route('a');
  const together = await Promise.all([version.call(check), version.call(check)]);
  const after = await version.call(check);
  expect([...together, after].map(({ cold }) => cold)).toEqual([true, true, false]);
});
