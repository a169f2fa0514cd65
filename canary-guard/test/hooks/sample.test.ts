import type { Answer } from '../../hooks/answer';
import { readSampleSettings, requireSample, type SampleProps } from '../../hooks/sample';
import { route, seeded } from './modelled-function';

/** @returns The props of requireSample(), and the names of the checks that it requests. */
function sample(more: Partial<SampleProps> & { readonly failing?: (index: number) => boolean }) {
  const { failing = () => false, ...overrides } = more;
  const requested: string[] = [];
  const notes: string[] = [];
  const props: SampleProps = {
    minimum: 50,
    tooFew: 'make-traffic',
    served: async () => 12,
    checks: [route('a'), route('b')],
    request: async ({ name }): Promise<Answer> => {
      requested.push(name);
      return { status: failing(requested.length) ? 502 : 200, body: 'hello' };
    },
    timeLeft: () => 1_000,
    note: (message) => notes.push(message),
    ...overrides,
  };
  return { props, requested, notes };
}

test('a version that answered enough requests passes, and no request is made', async () => {
  const { props, requested, notes } = sample({ served: async () => 50 });
  expect(await requireSample(props)).toEqual([]);
  expect(requested).toEqual([]);
  expect(notes).toEqual(['the new version answered 50 requests, at least 50 are required']);
});

test('too few requests are refused if that is configured, with what to do', async () => {
  const { props, requested } = sample({ tooFew: 'refuse' });
  expect(await requireSample(props)).toEqual([
    {
      check: 'enough requests to judge the new version by',
      expected: 'at least 50',
      received:
        '12: too few to distinguish a good release from a bad one; wait for more traffic, lower MINIMUM_REQUESTS, or set TOO_FEW_REQUESTS to make-traffic',
    },
  ]);
  expect(requested).toEqual([]);
});

test('the missing requests are made over all checks in turn, and pass', async () => {
  const { props, requested, notes } = sample({});
  expect(await requireSample(props)).toEqual([]);
  expect(requested).toEqual(Array.from({ length: 38 }, (_, index) => (index % 2 === 0 ? 'a' : 'b')));
  expect(notes).toEqual([
    'the new version answered 12 requests, at least 50 are required: 0 of 38 requests that this hook made failed',
  ]);
});

test('a number that cannot be read counts as no requests', async () => {
  const { props, requested } = sample({ served: async () => undefined });
  expect(await requireSample(props)).toEqual([]);
  expect(requested).toHaveLength(50);
  expect(await requireSample({ ...props, tooFew: 'refuse' })).toEqual([
    expect.objectContaining({ received: expect.stringContaining('an unknown number (taken as 0): too few') }),
  ]);
});

test.each([
  ['one failure of 40', 10, [20], false],
  ['two failures of 40, one in twenty', 10, [20, 30], true],
  ['the one request that is missing', 49, [1], false],
  ['both requests that are missing', 48, [1, 2], true],
])('%s', async (_, served, failing, fails) => {
  const { props } = sample({ served: async () => served, failing: (index) => failing.includes(index) });
  expect(await requireSample(props)).toEqual(
    fails
      ? [
          {
            check: 'requests that the hook made',
            expected: 'fewer than one failure in 20 requests',
            received: expect.stringMatching(
              /^2 of \d+ requests that this hook made failed, e\.g\. [ab]: status 502: hello$/,
            ),
          },
        ]
      : [],
  );
});

test('a request that gets no answer is a failure', async () => {
  const request = async () => {
    throw new TypeError('fetch failed');
  };
  expect(await requireSample(sample({ request }).props)).toEqual([
    expect.objectContaining({
      received: '38 of 38 requests that this hook made failed, e.g. a: TypeError: fetch failed',
    }),
  ]);
});

test('too little time for the missing requests is a failure, in addition to what failed until then', async () => {
  let left = 10;
  const { props } = sample({ timeLeft: () => left--, failing: () => true });
  const failures = await requireSample(props);
  expect(failures.map(({ received }) => received)).toEqual([
    '10 of 10 requests that this hook made failed, e.g. a: status 502: hello',
    "12, and time for only 10 more; raise the hook's timeout in serverless.yml, or lower MINIMUM_REQUESTS",
  ]);
});

test('a function without a check that may be repeated needs one, or no minimum', async () => {
  const { props } = sample({ checks: [] });
  expect(await requireSample(props)).toEqual([
    expect.objectContaining({
      received: expect.stringContaining('add a check of a GET route to checks.json, or set '),
    }),
  ]);
  expect(await requireSample({ ...props, minimum: 0 })).toEqual([]);
});

test.each([
  [0.001, 0, 0.002],
  [0.2, 0.95, 1],
])('of versions that fail %d of requests and had no traffic, %d to %d are stopped', async (rate, least, most) => {
  const releases = 500;
  let stopped = 0;
  for (let seed = 1; seed <= releases; seed += 1) {
    const random = seeded(seed * 7919);
    const { props } = sample({ served: async () => 0, failing: () => random() < rate });
    if ((await requireSample(props)).length > 0) stopped += 1;
  }
  expect(stopped / releases).toBeGreaterThanOrEqual(least);
  expect(stopped / releases).toBeLessThanOrEqual(most);
});

describe('settings', () => {
  test.each([
    [
      { MINIMUM_REQUESTS: '50', TOO_FEW_REQUESTS: 'make-traffic' },
      { minimum: 50, tooFew: 'make-traffic' },
    ],
    [
      { MINIMUM_REQUESTS: '0', TOO_FEW_REQUESTS: 'refuse' },
      { minimum: 0, tooFew: 'refuse' },
    ],
  ])('%j', (env, settings) => {
    expect(readSampleSettings(env)).toEqual(settings);
  });

  test.each(['', '-1', '1.5', '50 requests', '1e3', 'NaN'])('MINIMUM_REQUESTS=%j is refused', (MINIMUM_REQUESTS) => {
    expect(() => readSampleSettings({ MINIMUM_REQUESTS, TOO_FEW_REQUESTS: 'refuse' })).toThrow(
      `MINIMUM_REQUESTS is '${MINIMUM_REQUESTS}'; write a number of requests, such as 100, or 0 for none (environment of the hook in serverless.yml)`,
    );
  });

  test('both are refused at once, with the allowed values', () => {
    expect(() => readSampleSettings({ TOO_FEW_REQUESTS: 'ignore' })).toThrow(
      "MINIMUM_REQUESTS is not set; write a number of requests, such as 100, or 0 for none; TOO_FEW_REQUESTS is 'ignore'; write make-traffic or refuse",
    );
  });
});
