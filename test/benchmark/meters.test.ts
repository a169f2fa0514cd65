import { Meters } from '../../benchmark/meters';
import type { ResolvedAlarm } from '../../benchmark/modelled-service';
import { VirtualClock } from '../../embedded-aws/clock';
import type { MetricDatum } from '../../embedded-aws/cloudwatch/metric';
import { MetricStore } from '../../embedded-aws/cloudwatch/metric-store';
import type { InvocationTarget } from '../../embedded-aws/lambda/function-store';
import { recordInvocation } from '../../embedded-aws/lambda/invocation-metrics';
import { Random } from '../../embedded-aws/random';
import { service } from './small-comparison';

const ofFunction = { FunctionName: 'shop-hello' };
const ofAlias = { ...ofFunction, Resource: 'shop-hello:Live' };
const ofNew = { ...ofAlias, ExecutedVersion: '2' };

function alarm(
  name: string,
  dimensions: Readonly<Record<string, string>>,
  Statistic: string,
  more = {},
): ResolvedAlarm {
  const isPercentile = Statistic.startsWith('p');
  const properties = {
    AlarmName: `${name}-${JSON.stringify(dimensions)}-${Statistic}`,
    Namespace: 'AWS/Lambda',
    MetricName: name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    ...(isPercentile ? { ExtendedStatistic: Statistic } : { Statistic }),
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    ...more,
  };
  return { name: properties.AlarmName, attached: true, ofRelease: false, properties };
}

const sets = [ofFunction, ofAlias, ofNew];

/** Records invocations of both versions, through the alias and past it, as the embedded Lambda does and as the model does. */
function minute(alarms: readonly ResolvedAlarm[]) {
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  const [embedded, modelled] = [new MetricStore(clock), new MetricStore(clock)];
  const meters = new Meters(alarms, service);
  const random = new Random(1);
  for (let call = 0; call < 300; call += 1) {
    const executedVersion = random.next() < 0.3 ? '2' : '1';
    const observed = { failed: random.next() < 0.2, duration: random.integer(500, 2000) / 100 };
    const isDirect = random.next() < 0.1;
    const qualifier = isDirect ? executedVersion : 'Live';
    const target = { ref: { name: 'shop-hello', qualifier }, ...(!isDirect && { alias: {} }) } as InvocationTarget;
    recordInvocation(embedded, target, clock.now() + call * 100, { type: 'invoked', executedVersion, ...observed });
    if (isDirect) meters.direct('shop-hello', executedVersion, observed);
    else meters.throughAlias(executedVersion, observed);
  }
  meters.flush(modelled, clock.now());
  return async (metric: string, dimensions: Readonly<Record<string, string>>) => {
    await clock.elapse(2 * 60_000);
    const id = { namespace: 'AWS/Lambda', name: metric, dimensions };
    const from = Date.parse('2030-01-01T00:00:00Z');
    return [embedded.observe(id, from, from + 60_000)!, modelled.observe(id, from, from + 60_000)!] as const;
  };
}

test.each(['Invocations', 'Errors', 'Duration', 'Throttles'])(
  'what an alarm sees of %s is what the embedded Lambda records, for function, alias and version',
  async (name) => {
    const observe = minute(sets.map((set) => alarm(name, set, 'Average')));
    for (const set of sets) {
      const [embedded, modelled] = await observe(name, set);
      const { values: _, sum, ...rest } = embedded;
      expect(modelled).toMatchObject(rest);
      expect(modelled.sum).toBeCloseTo(sum, 6);
    }
  },
);

test.each([
  ['Sum', 'sum'],
  ['Minimum', 'min'],
  ['Maximum', 'max'],
] as const)('an alarm on the %s alone gets one value a minute, and the same statistic', async (statistic, member) => {
  const observe = minute([alarm('Errors', ofAlias, statistic)]);
  const [embedded, modelled] = await observe('Errors', ofAlias);
  expect(modelled.count).toBe(1);
  expect(embedded.count).toBeGreaterThan(200);
  expect(modelled[member]).toBe(embedded[member]);
});

test('a metric with alarms on a sum and a percentile keeps every value', async () => {
  const observe = minute([alarm('Duration', ofNew, 'Sum'), alarm('Duration', ofNew, 'p50')]);
  const [embedded, modelled] = await observe('Duration', ofNew);
  const each = (values: readonly { readonly value: number; readonly count: number }[]) =>
    values.flatMap(({ value, count }) => Array<number>(count).fill(value)).sort((a, b) => a - b);
  expect(each(modelled.values)).toEqual(each(embedded.values));
});

test('the API counts requests, client errors and server errors, under the names of both kinds of API', () => {
  const ofApi = (MetricName: string, Dimensions: object[]) =>
    alarm(MetricName, {}, 'Sum', { Namespace: 'AWS/ApiGateway', Dimensions });
  const http = [{ Name: 'ApiId', Value: 'api0000000' }];
  const rest = [{ Name: 'ApiName', Value: 'service-api' }];
  const alarms = [ofApi('Count', http), ofApi('4xx', http), ofApi('5xx', http), ofApi('5XXError', rest)];
  const meters = new Meters(alarms, service);
  for (const status of [200, 200, 404, 500, 503]) meters.answered(status);
  const data: MetricDatum[] = [];
  meters.flush({ record: (datum) => data.push(datum) }, 0);
  expect(data.map(({ name, value }) => `${name} ${value}`).sort()).toEqual(['4xx 1', '5XXError 2', '5xx 2', 'Count 5']);
});

test.each([
  [
    'a metric',
    alarm('ConcurrentExecutions', ofFunction, 'Maximum'),
    'AWS/Lambda ConcurrentExecutions by {"FunctionName":"shop-hello"}',
  ],
  ['a function', alarm('Errors', { FunctionName: 'other' }, 'Sum'), 'AWS/Lambda Errors by {"FunctionName":"other"}'],
  ['a period', alarm('Errors', ofFunction, 'Sum', { Period: 10 }), 'an alarm with a period of 10 s'],
])('%s that is not modelled is refused by name', (_, given, message) => {
  expect(() => new Meters([given], service)).toThrow(message);
});
