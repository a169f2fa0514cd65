import { breaches, evaluateAlarm, evaluationRange, MISSING_DATA_TREATMENTS } from '../../aws-rules/alarm-evaluation';
import vectors from './vectors/alarm-evaluation.json';

const cases = vectors.tables.flatMap(({ rows, ...rule }) => rows.map((row) => ({ ...row, ...rule })));

test.each(cases)('$datapointsToAlarm of $evaluationPeriods: $points', ({ points, ...row }) => {
  const { evaluationPeriods, datapointsToAlarm } = row;
  const breaching = points.split(' ').map((point) => (point === '-' ? undefined : point === 'X'));
  for (const treatMissingData of MISSING_DATA_TREATMENTS) {
    const { state } = evaluateAlarm(breaching, { evaluationPeriods, datapointsToAlarm, treatMissingData });
    expect({ treatMissingData, state }).toEqual({ treatMissingData, state: row[treatMissingData] });
  }
});

test('the newest real datapoints decide, and the number of filled ones is returned', () => {
  const rule = { evaluationPeriods: 3, treatMissingData: 'notBreaching' } as const;
  expect(evaluateAlarm([true, undefined, true, undefined, true], rule)).toEqual({
    state: 'ALARM',
    decisive: [4, 2, 0],
    filled: 0,
  });
  expect(evaluateAlarm([undefined, undefined, undefined, undefined, true], rule)).toMatchObject({ filled: 2 });
});

test('an alarm looks back two periods more than it evaluates, and at least five', () => {
  expect([1, 3, 4, 10].map(evaluationRange)).toEqual([5, 5, 6, 12]);
});

test.each([
  ['GreaterThanOrEqualToThreshold', [false, true, true]],
  ['GreaterThanThreshold', [false, false, true]],
  ['LessThanThreshold', [true, false, false]],
  ['LessThanOrEqualToThreshold', [true, true, false]],
] as const)('%s', (operator, expected) => {
  expect([1, 2, 3].map((value) => breaches(value, operator, 2))).toEqual(expected);
});
