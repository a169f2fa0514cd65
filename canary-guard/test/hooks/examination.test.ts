import type { Answer } from '../../hooks/answer';
import type { Check } from '../../hooks/checks';
import { examine } from '../../hooks/examination';
import { type Behaviour, type Examined, examined, ModelledVersion, route } from './modelled-function';

/** @returns every failure as the pipeline shows it */
async function verdict(options: Examined): Promise<string[]> {
  const failures = await examine(examined(options).props);
  return failures.map(({ check, expected, received }) => `${check}: expected ${expected}, received ${received}`);
}

const answering = (answer: Answer): Behaviour => ({ answers: () => answer });
const json = (content: unknown, status = 200): Answer => ({ status, body: JSON.stringify(content) });
const always: Behaviour = { throws: () => true };
/** A few failures, as every service has. */
const unbroken = { requests: 1_200, failed: 2 };
const failing = { requests: 1_200, failed: 12 };

describe('what is asked', () => {
  test('three checks are asked side by side of new environments, then eight times of warm ones, of both versions', async () => {
    const { props, fresh, baseline } = examined({});
    expect(await examine(props)).toEqual([]);
    expect([fresh.calls.length, baseline.calls.length]).toEqual([3 + 24, 24]);
  });

  test('one check is asked three times at once, so that three environments are started', async () => {
    let cold = 0;
    const throws = (call: { cold: boolean }) => {
      if (call.cold) cold += 1;
      return false;
    };
    await examine(examined({ checks: [route('a')], fresh: { throws } }).props);
    expect(cold).toBe(3);
  });

  test('of many checks five are under way at the same time, and no more', async () => {
    let underWay = 0;
    let most = 0;
    const { props } = examined({ checks: Array.from({ length: 20 }, (_, index) => route(`r${index}`)) });
    await examine({
      ...props,
      ask: async (check, version) => {
        underWay += 1;
        most = Math.max(most, underWay);
        const call = await props.ask(check, version);
        underWay -= 1;
        return call;
      },
    });
    expect(most).toBe(5);
  });

  test('what may not be repeated is asked once, of the new version alone, in the order of the file', async () => {
    const checks = [route('create', { route: 'POST /x' }), route('remove', { route: 'DELETE /x' })];
    const { props, fresh, baseline } = examined({ checks });
    expect(await examine(props)).toEqual([]);
    expect([fresh.calls, baseline.calls]).toEqual([checks, []]);
  });

  test('without a version in service the new one is examined alone', async () => {
    const { props, baseline } = examined({ baseline: undefined });
    expect(await examine(props)).toEqual([]);
    expect(baseline.calls).toEqual([]);
  });

  test('the same answers give the same calls in the same order', async () => {
    const run = async () => {
      const { props, fresh } = examined({ fresh: { throws: ({ check, cold }) => check.name === 'b' && cold } });
      return [await examine(props), fresh.calls.map(({ name }) => name)];
    };
    expect(await run()).toEqual(await run());
  });

  test('no check is no failure, and a line in the log', async () => {
    const { props, notes } = examined({ checks: [] });
    expect(await examine(props)).toEqual([]);
    expect(notes).toEqual(['no check asks this function: nothing was examined']);
  });
});

describe('failures', () => {
  test('a version that fails every check is failed by each of them', async () => {
    expect(await verdict({ fresh: always })).toEqual(
      ['a', 'b', 'c'].map((name) => `${name}: expected a status below 500, received threw Error: boom (all 9 calls)`),
    );
  });

  test('a failure of both versions by errors of their own says so', async () => {
    const baseline = answering(json({}, 503));
    expect(await verdict({ fresh: always, baseline, checks: [route('a')], past: failing })).toEqual([
      'a: expected a status below 500, received threw Error: boom (all 11 calls; v6 fails too)',
    ]);
  });

  test('an answer that is not what a check expects is shown beside it', async () => {
    const checks = [route('a', { expected: { status: 200, body: { message: 'hello' } } })];
    expect(await verdict({ checks, fresh: answering(json({ message: 'bye' })) })).toEqual([
      'a: expected status 200 with {"message":"hello"}, received status 200: {"message":"bye"} (all 11 calls)',
    ]);
  });

  test('one check that fails among others is failed alone', async () => {
    expect(await verdict({ fresh: { throws: ({ check }) => check.name === 'b' } })).toEqual([
      'b: expected a status below 500, received threw Error: boom (all 9 calls)',
    ]);
  });

  test('one that may not be repeated is failed by its one call', async () => {
    const checks = [route('a', { route: 'POST /a' }), route('b')];
    expect(await verdict({ checks, fresh: { throws: ({ check }) => check.name === 'a' } })).toEqual([
      'a: expected a status below 500, received threw Error: boom',
    ]);
  });

  test('failing in every new environment is one failure, even with a failure now and then in warm ones', async () => {
    const alone = await verdict({ fresh: { throws: ({ cold }) => cold } });
    expect(alone).toEqual([
      'the first request of each environment: expected an answer as of a warm one, received threw Error: boom (3 of 3 cold calls, 0 of 24 warm ones)',
    ]);
    let calls = 0;
    const both = await verdict({
      fresh: {
        throws: ({ cold }) => {
          calls += 1;
          return cold || calls === 20;
        },
      },
    });
    expect(both).toEqual([alone[0]?.replace('0 of 24', '1 of 24')]);
  });

  test('failing in warm environments is a failure of each check', async () => {
    expect(await verdict({ fresh: { throws: ({ cold }) => !cold } })).toEqual(
      ['a', 'b', 'c'].map(
        (name) => `${name}: expected a status below 500, received threw Error: boom (all 8 warm calls; cold ones pass)`,
      ),
    );
  });

  test('failing now and then makes sixty more calls of what failed, and is failed if the version in service does not', async () => {
    let calls = 0;
    const throws = ({ check }: { check: Check }) => {
      if (check.name === 'b') calls += 1;
      return check.name === 'b' && calls % 5 === 0;
    };
    const { props, fresh, baseline } = examined({ fresh: { throws } });
    expect(await examine(props)).toEqual([
      {
        check: 'b',
        expected: 'no more failures than v6',
        received: '13 of 69 calls failed, of v6 0 of 68, e.g. threw Error: boom',
      },
    ]);
    expect(fresh.calls.slice(27).map(({ name }) => name)).toEqual(Array.from({ length: 60 }, () => 'b'));
    expect(baseline.calls).toHaveLength(24 + 60);
  });

  test('failing as often as the version in service is none, and a line in the log', async () => {
    const everyTenth = (): Behaviour => {
      let calls = 0;
      return { throws: () => ++calls % 10 === 0 };
    };
    const { props, notes } = examined({ fresh: everyTenth(), baseline: everyTenth() });
    expect(await examine(props)).toEqual([]);
    expect(notes).toEqual(['a, b: 8 of 78 calls failed, of v6 8 of 76: that may be chance, e.g. threw Error: boom']);
  });

  test('two failures are no pattern, three in a hundred are too few without a version to compare with', async () => {
    const failing = (times: number): Behaviour => {
      let calls = 0;
      return { throws: () => ++calls > 5 && calls <= 5 + times };
    };
    expect(await verdict({ fresh: failing(2), baseline: undefined })).toEqual([]);
    expect(await verdict({ fresh: failing(3), baseline: undefined })).toHaveLength(1);
  });

  test('a release that changes an answer on purpose is still compared by what breaks', async () => {
    // The version in service cannot pass the changed check, which must not excuse the new one.
    const checks = [route('a', { expected: { body: { message: 'bye' } } })];
    let calls = 0;
    const fresh: Behaviour = { ...answering(json({ message: 'bye' })), throws: () => ++calls % 5 === 0 };
    expect(await verdict({ checks, fresh })).toEqual([
      expect.stringMatching(/^a: expected no more failures than v6, received 14 of 71 calls failed, of v6 0 of 68/),
    ]);
  });
});

describe('answers that look different', () => {
  test.each<[string, Answer, Answer, string]>([
    ['another status', json({}), json({}, 404), 'a: expected status 200, as of v6, received status 404: {}'],
    [
      'a field that is gone, and one of another type',
      json({ id: 1, name: 'x', total: { sum: 2 } }),
      json({ id: '1', total: { sum: 2 } }),
      'a: expected an answer that looks as that of v6: id: number, name: string, received id: string, name: missing',
    ],
    [
      'no content',
      json({ id: 1 }),
      { status: 200, body: '' },
      'a: expected an answer that looks as that of v6: the whole: object, received the whole: nothing',
    ],
    [
      'another result of a function that is not behind HTTP',
      { result: { done: 1 } },
      { result: {} },
      'a: expected an answer that looks as that of v6: done: number, received done: missing',
    ],
  ])('%s is a failure', async (_, was, is, expected) => {
    const check = { name: 'a', function: 'shop', event: {}, repeat: true };
    const checks = ['result' in was ? check : route('a')];
    expect(await verdict({ checks, baseline: answering(was), fresh: answering(is) })).toEqual([expected]);
  });

  test.each<[string, Partial<Check>]>([
    ['the release mends it', { mends: true }],
    ['the check says how it must look', { expected: { status: 404, body: { id: '1' } } }],
  ])('is none if %s', async (_, more) => {
    const options = { baseline: answering(json({ id: 1 })), fresh: answering(json({ id: '1' }, 404)) };
    expect(await verdict({ checks: [route('a', more)], ...options })).toEqual([]);
    expect(await verdict({ checks: [route('a')], ...options })).toHaveLength(1);
  });

  test('what the check does not name is compared all the same', async () => {
    const checks = [route('a', { expected: { status: 200, body: { id: '1' } } })];
    const options = { baseline: answering(json({ id: 1, name: 'x' })), fresh: answering(json({ id: '1' })) };
    expect(await verdict({ checks, ...options })).toEqual([
      'a: expected an answer that looks as that of v6: name: string, received name: missing',
    ]);
  });

  test('an error page of the version in service has no shape to keep', async () => {
    const options = { baseline: answering(json({ error: 'no' }, 500)), fresh: answering(json({ id: 1 })) };
    expect(await verdict({ checks: [route('a')], ...options })).toEqual([]);
  });
});

describe('durations', () => {
  const taking = (milliseconds: number, more: Behaviour = {}): Behaviour => {
    let calls = 0;
    return { ...more, takes: () => milliseconds + (calls++ % 7) / 10 };
  };

  test('a version that takes more than twice as long is failed', async () => {
    expect(await verdict({ baseline: taking(12), fresh: taking(41) })).toEqual([
      'takes no longer than before: expected about as fast as v6 (12 ms), received 41 ms in the median of 24 warm calls',
    ]);
  });

  test('one that takes twice as long is not, nor is one that is slow by a millisecond or two', async () => {
    expect(await verdict({ baseline: taking(20), fresh: taking(40) })).toEqual([]);
    expect(await verdict({ baseline: taking(1), fresh: taking(4) })).toEqual([]);
  });

  test('what is mended may take its time', async () => {
    const options = { baseline: taking(1), fresh: taking(80) };
    expect(await verdict({ checks: [route('a', { mends: true })], ...options })).toEqual([]);
    expect(await verdict({ checks: [route('a')], ...options })).toHaveLength(1);
  });

  test('calls whose log says nothing are left out, and that is said', async () => {
    const { props, notes } = examined({ baseline: taking(12), fresh: taking(400, { measured: false }) });
    expect(await examine(props)).toEqual([]);
    expect(notes).toEqual([
      'Lambda did not say of all calls how long they took: those are not in the comparison of durations',
    ]);
  });

  test('a difference that may be chance is looked at once more', async () => {
    const wide = (): Behaviour => {
      const durations = [4, 9, 14, 19, 30, 60];
      let calls = 0;
      return { takes: () => durations[calls++ % durations.length]! };
    };
    const slower = wide().takes!;
    const { props, fresh } = examined({
      checks: [route('a')],
      baseline: wide(),
      fresh: { takes: () => slower() * 2.4 },
    });
    await examine(props);
    expect(fresh.calls).toHaveLength(3 + 8 + 60);
  });
});

describe('both versions failing by the same error', () => {
  const alike = { fresh: always, baseline: always, checks: [route('a')] };

  test('is no failure if that began before the update: something is down that both need', async () => {
    const { props, notes } = examined({ ...alike, past: failing });
    expect(await examine(props)).toEqual([]);
    expect(notes).toEqual([
      "v6 fails a (threw Error: boom), the new version fails in the same way: not this release's doing; before the update: 12 of 1200 requests failed",
    ]);
  });

  test.each([
    ['they worked before', unbroken, '2 of 1200 requests failed'],
    ['nobody can say how they worked', undefined, 'not known'],
  ])('is a failure if %s: the update may have broken both', async (_, past, history) => {
    expect(await verdict({ ...alike, ...(past && { past }) })).toEqual([
      `a: expected that v6 still works, as before this update (${history}), received v6 and the new version fail alike since this update: threw Error: boom; the update took something away that both need, or something has gone down just now: see to that, and release again`,
    ]);
  });

  test('excuses what may not be repeated if that fails by the same error, and by that alone', async () => {
    const checks = [route('a'), route('b', { route: 'POST /b' })];
    expect(await verdict({ ...alike, checks, past: failing })).toEqual([]);
    const fresh: Behaviour = { throws: ({ check }) => (check.name === 'b' ? 'threw Error: no such order' : true) };
    expect(await verdict({ ...alike, checks, fresh, past: failing })).toEqual([
      'b: expected a status below 500, received threw Error: no such order',
    ]);
  });

  test('is a failure of what the release says that it mends', async () => {
    expect(await verdict({ ...alike, checks: [route('a', { mends: true })], past: failing })).toEqual([
      expect.stringContaining('received threw Error: boom (all 11 calls; v6 fails too)'),
    ]);
  });

  test('is the same error though ids, times and numbers in it differ', async () => {
    let calls = 0;
    const timesOut: Behaviour = {
      throws: () => `2026-11-20T10:00:0${calls++ % 10}Z ${crypto.randomUUID()} Task timed out`,
    };
    expect(await verdict({ fresh: timesOut, baseline: timesOut, checks: [route('a')], past: failing })).toEqual([]);
  });
});

describe('a version in service that fails since the update', () => {
  const broken = { baseline: always, checks: [route('a')] };

  test('is a failure if it served without one before', async () => {
    expect(await verdict({ ...broken, past: unbroken })).toEqual([
      'a: expected that v6 still works, as before this update (2 of 1200 requests failed), received v6 fails since this update: threw Error: boom; give back the permission, table or setting that it needs, and take it away in the release after this one; or say that this release mends it: mends in checks.json',
    ]);
  });

  test.each([
    ['it failed before', failing, '12 of 1200 requests failed'],
    ['hardly anybody asked it', { requests: 49, failed: 0 }, '0 of 49 requests failed'],
    ['nobody can say', undefined, 'not known'],
  ])('is a line in the log if %s: the release may mend that', async (_, past, history) => {
    const { props, notes } = examined({ ...broken, ...(past && { past }) });
    expect(await examine(props)).toEqual([]);
    expect(notes).toEqual([
      `v6 fails a (threw Error: boom), the new version does not: it may be what is mended; before the update: ${history}`,
    ]);
  });

  test('is no failure if the check says that the release mends it, or if it answers, only otherwise', async () => {
    expect(await verdict({ ...broken, checks: [route('a', { mends: true })], past: unbroken })).toEqual([]);
    const checks = [route('a', { expected: { status: 200 } })];
    expect(await verdict({ checks, baseline: answering(json({}, 404)), past: unbroken })).toEqual([]);
  });

  test('is found out though the new version fails now and then', async () => {
    let calls = 0;
    const fresh: Behaviour = { throws: () => ++calls === 7 };
    expect(await verdict({ ...broken, fresh, past: unbroken })).toEqual([expect.stringContaining('v6 still works')]);
  });
});

describe('time', () => {
  test('what was asked in time is judged, and nothing more is asked', async () => {
    const { props, fresh, baseline } = examined({ calls: 20, fresh: always });
    expect(await examine(props)).toHaveLength(3);
    expect(fresh.calls.length + baseline.calls.length).toBe(20);
  });

  test('not even a round of warm calls is a failure', async () => {
    expect(await verdict({ calls: 8 })).toEqual([
      'every check is asked in time: expected each check once of new environments, then at least once of warm ones, received time for 8 calls; give the hook a longer timeout in serverless.yml',
    ]);
    expect(await verdict({ calls: 9 })).toEqual([]);
  });

  test('what was never asked is named', async () => {
    const checks = [route('a'), route('b', { route: 'POST /b' })];
    expect(await verdict({ calls: 0, checks })).toEqual([
      expect.stringContaining('received time for 0 calls, none of them for a, b; give the hook'),
    ]);
  });

  test('a function that cannot be called ends the examination', async () => {
    const { props } = examined({});
    const ask = async () => {
      throw new Error('AccessDeniedException');
    };
    await expect(examine({ ...props, ask })).rejects.toThrow('AccessDeniedException');
  });
});

test('the model starts an environment for each call that finds none idle', async () => {
  const version = new ModelledVersion();
  const check = route('a');
  const together = await Promise.all([version.call(check), version.call(check)]);
  const after = await version.call(check);
  expect([...together, after].map(({ cold }) => cold)).toEqual([true, true, false]);
});
