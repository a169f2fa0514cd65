import { SUMMARY_LIMIT, summary } from '../../../release/render';
import { at, inProgress, lifecycle, promoted, released, rolledBack, shifting, sixty, stopped } from '../releases';

const now = at(3).getTime();
const of = (...functions: (typeof shifting)[]) => summary({ ...inProgress, functions }, now);

test('while a canary runs, one line shows its weight, time, alarms and both error rates', () => {
  expect(of(shifting)).toEqual({
    text: '10 % on v7 for 3 of 5 min · 2 alarms OK · 0.0 % errors (v6: 0.1 %)',
    percentComplete: 59,
  });
});

test('a linear shift is shown with its whole duration', () => {
  const linear = { ...shifting, deploymentType: 'Linear10PercentEvery1Minute', weightNow: 40, alarms: [] };
  expect(of(linear)).toEqual({
    text: '40 % on v7 for 3 of 9 min · 0.0 % errors (v6: 0.1 %)',
    percentComplete: 35,
  });
});

test('before and after the shift it says which hook is running', () => {
  const { traffic: _, alarms: __, ...bare } = shifting;
  expect([
    of({ ...bare, weightNow: 0, weightReached: 0, lifecycleEvents: lifecycle('InProgress') }),
    of({ ...bare, weightNow: 100, lifecycleEvents: lifecycle('Succeeded', 'Succeeded', 'InProgress') }),
    of(),
  ]).toEqual([
    { text: '0 % on v7, pre-traffic hook running', percentComplete: 2 },
    { text: '100 % on v7, post-traffic hook running', percentComplete: 95 },
    { text: 'no traffic shifted yet · stack UPDATE_IN_PROGRESS', percentComplete: 0 },
  ]);
});

test('an alarm in ALARM is named, and an unknown one is not counted as OK', () => {
  const on = [...shifting.alarms!, { name: 'shop-latency', state: 'ALARM' as const }];
  const unread = [
    ...shifting.alarms!,
    { name: 'a', state: 'unread' as const },
    { name: 'b', state: 'INSUFFICIENT_DATA' as const },
  ];
  expect(of({ ...shifting, alarms: on }).text).toContain(' · 1 of 3 alarms in ALARM: shop-latency · ');
  expect(of({ ...shifting, alarms: unread }).text).toContain(' · 4 alarms: 2 OK, 1 without data, 1 unknown · ');
});

test('a new version without invocations has no error rate', () => {
  const silent = { from: { calls: 20, errors: 0 }, to: { calls: 0, errors: 0 } };
  expect(of({ ...shifting, traffic: silent }).text).toBe(
    '10 % on v7 for 3 of 5 min · 2 alarms OK · no invocations yet',
  );
});

test('at the end it is the headline', () => {
  expect([summary(released, now), summary(rolledBack, now)]).toEqual([
    { text: 'released: shop-prod-hello v7 serves 100 % after 5 min 5 s', percentComplete: 100 },
    {
      text: 'rolled back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again',
      percentComplete: 100,
    },
  ]);
});

test('while it is rolling back it says why', () => {
  expect(summary({ ...inProgress, direction: 'rolling-back', functions: [shifting, stopped] }, now).text).toBe(
    'rolling back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again',
  );
});

test('sixty functions are counted', () => {
  const functions = sixty(shifting, (index) =>
    index < 12 ? { ...promoted } : { weightNow: index < 20 ? 20 : 10 },
  ).map((each, index) => ({ ...each, functionName: `f${index}` }));
  expect(summary({ ...inProgress, functions }, now)).toEqual({
    text: '12 of 60 functions at 100 %, 48 shifting at 10 to 20 % · 2 alarms OK · 0.0 % errors (previous versions: 0.1 %)',
    percentComplete: 67,
  });
});

test('sixty functions with all alarms in ALARM stay within the limit, and what is cut is counted', () => {
  const functions = sixty(shifting, (index) => ({
    alarms: [{ name: `shop-prod-function${index}-with-a-long-name-of-its-own-errors`, state: 'ALARM' }],
  }));
  const { text } = summary({ ...inProgress, functions }, now);
  expect(text.length).toBeLessThanOrEqual(SUMMARY_LIMIT);
  expect(text).toMatch(/… \(\d+ more characters\)$/);
});
