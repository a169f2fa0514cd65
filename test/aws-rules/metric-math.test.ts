import { parseExpression } from '../../aws-rules/metric-math';
import { evaluate, type Series } from '../../embedded-aws/cloudwatch/metric-math';
import { compileExpression } from '../../preflight/power/expression';
import vectors from './vectors/metric-math.json';

const cases = vectors.cases.map(({ expression, metrics, result }) => ({
  expression,
  metrics: Object.entries<(number | null)[]>({ ...metrics } as never).map(([id, points]): [string, Series] => [
    id,
    points.map((point) => point ?? undefined),
  ]),
  result: result.map((point) => point ?? undefined),
}));

describe('the published result', () => {
  test.each(cases)(
    'of $expression over whole series, in the embedded CloudWatch',
    ({ expression, metrics, result }) => {
      const series = Object.fromEntries(metrics);
      const value = evaluate(parseExpression(expression), {
        period: 60,
        length: result.length,
        series: (id) => series[id]!,
        metrics: () => [],
      });
      expect(value).toEqual({ type: 'series', points: result });
    },
  );

  test.each(cases)('of $expression period by period, in the preflight', ({ expression, metrics, result }) => {
    const series = Object.fromEntries(metrics);
    const compute = compileExpression<number>(expression, (id) => (period) => series[id]![period]);
    expect(result.map((_, period) => compute(period))).toEqual(result);
  });
});

test.each([
  ['m1 +', "error in expression 'm1 +': unexpected end"],
  ['(m1', "error in expression '(m1': unexpected end"],
  ['m1 m2', "error in expression 'm1 m2': unexpected 'm2'"],
  ['m1 % 2', "error in expression 'm1 % 2': unexpected '%'"],
])('the error message for %s says what is unexpected', (source, message) => {
  expect(() => parseExpression(source)).toThrow(expect.objectContaining({ name: 'InvalidExpression', message }));
});

test('the error message for an unknown function names it', () => {
  expect(() => parseExpression('ANOMALY_DETECTION_BAND(m1, 2)')).toThrow(
    expect.objectContaining({ name: 'NotComputed', message: 'the metric math function ANOMALY_DETECTION_BAND' }),
  );
});
