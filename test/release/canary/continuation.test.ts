import { type Continuation, readContinuation, writeContinuation } from '../../../release/canary/continuation';

const owner = { stack: 'shop-prod', execution: 'e-1' };
const began = Date.UTC(2030, 0, 1, 9);
const now = began + 60_000;
const whole: Continuation = {
  began,
  last: { at: now, summary: '10 % on v7', percentComplete: 40, externalExecutionId: 'd-1' },
};

test('a token passes the state of one invocation to the next', () => {
  expect(readContinuation(writeContinuation(whole, owner), owner, now)).toEqual(whole);
  expect(readContinuation(writeContinuation({ began }, owner), owner, now)).toEqual({ began });
});

test.each(['10 % on v7 '.repeat(300), '"\n\\'.repeat(900), '→ ☃'.repeat(700)])(
  'a summary that is too long for a token is shortened, and says so: %.11s…',
  (summary) => {
    const token = writeContinuation({ began, last: { at: now, summary, percentComplete: 1 } }, owner);
    expect(token.length).toBeLessThanOrEqual(2_048);
    expect(readContinuation(token, owner, now)?.last?.summary).toMatch(/more characters\)$/);
  },
);

const text = writeContinuation(whole, owner);
const changed = (change: object) => JSON.stringify({ ...JSON.parse(text), ...change });

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['half of one', text.slice(0, 60)],
  ['something else', '"d-1"'],
  ['another version', changed({ v: 2 })],
  ['another pipeline execution', changed({ of: 'shop-prod e-2' })],
  ['one from the future', changed({ began: now + 1 })],
  ['one without a beginning', changed({ began: null })],
])('%s is ignored', (_, token) => {
  expect(readContinuation(token, owner, now)).toBeUndefined();
});

test.each([{ at: now + 1 }, { summary: 1 }, { percentComplete: '40' }, { externalExecutionId: 4 }])(
  'progress that is not valid, as in %j, is dropped without the beginning',
  (wrong) => {
    expect(readContinuation(changed({ last: { ...whole.last, ...wrong } }), owner, now)).toEqual({ began });
  },
);
