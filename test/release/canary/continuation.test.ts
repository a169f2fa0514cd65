import { type Continuation, readContinuation, writeContinuation } from '../../../release/canary/continuation';

const whose = { stack: 'shop-prod', execution: 'e-1' };
const began = Date.UTC(2030, 0, 1, 9);
const now = began + 60_000;
const whole: Continuation = {
  began,
  last: { at: now, summary: '10 % on v7', percentComplete: 40, externalExecutionId: 'd-1' },
};

test('a token tells the next call what the last one knew', () => {
  expect(readContinuation(writeContinuation(whole, whose), whose, now)).toEqual(whole);
  expect(readContinuation(writeContinuation({ began }, whose), whose, now)).toEqual({ began });
});

test.each(['10 % on v7 '.repeat(300), '"\n\\'.repeat(900), '→ ☃'.repeat(700)])(
  'a summary that is too long for a token is shortened, and says so: %.11s…',
  (summary) => {
    const token = writeContinuation({ began, last: { at: now, summary, percentComplete: 1 } }, whose);
    expect(token.length).toBeLessThanOrEqual(2_048);
    expect(readContinuation(token, whose, now)?.last?.summary).toMatch(/characters more\)$/);
  },
);

const text = writeContinuation(whole, whose);
const changed = (change: object) => JSON.stringify({ ...JSON.parse(text), ...change });

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['half of one', text.slice(0, 60)],
  ['something else', '"d-1"'],
  ['another version', changed({ v: 2 })],
  ['another pipeline execution', changed({ of: 'shop-prod e-2' })],
  ['one of the future', changed({ began: now + 1 })],
  ['one without a beginning', changed({ began: null })],
])('%s is as none', (_, token) => {
  expect(readContinuation(token, whose, now)).toBeUndefined();
});

test.each([{ at: now + 1 }, { summary: 1 }, { percentComplete: '40' }, { externalExecutionId: 4 }])(
  'what was said last is dropped when it is wrong, as in %j, and not the beginning with it',
  (wrong) => {
    expect(readContinuation(changed({ last: { ...whole.last, ...wrong } }), whose, now)).toEqual({ began });
  },
);
