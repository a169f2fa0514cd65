import { bothVersions, newVersion, ref } from './small-service';

const alias = newVersion.slice(0, 2);
const api = [{ Name: 'ApiId', Value: ref('HttpApi') }];

type Metric = readonly [id: string, namespace: string, name: string, dimensions: unknown, stat: string];
const lambda = (id: string, name: string, dimensions: unknown, stat = 'Sum'): Metric => [
  id,
  'AWS/Lambda',
  name,
  dimensions,
  stat,
];

const errorsAndCalls = [
  lambda('e', 'Errors', newVersion),
  lambda('n', 'Invocations', newVersion),
  lambda('allE', 'Errors', alias),
  lambda('allN', 'Invocations', alias),
];

/** Alarms by metric math: those that canary-guard generates for `compare`, and one on the alias alone. */
const KINDS: Readonly<
  Record<string, { readonly metrics: readonly Metric[]; readonly expressions: readonly (readonly [string, string])[] }>
> = {
  errors: {
    metrics: errorsAndCalls,
    expressions: [
      ['expected', 'FILL(n * (allE - e) / (allN - n), 0)'],
      ['spread', 'FILL(allN / (allN - n), 1)'],
      ['value', 'e - expected - 3 * (expected * spread) ^ 0.5'],
    ],
  },
  latency: {
    metrics: [
      ...errorsAndCalls.filter(([id]) => id === 'n' || id === 'allN'),
      lambda('d', 'Duration', newVersion),
      lambda('allD', 'Duration', alias),
      lambda('p', 'Duration', newVersion, 'p50'),
      lambda('allP', 'Duration', alias, 'p50'),
    ],
    expressions: [['value', 'IF(n >= 20, MIN([p / (allP + 3), (d / n) / ((allD - d) / (allN - n) + 3)]), 0)']],
  },
  serverErrors: {
    metrics: [
      ['x', 'AWS/ApiGateway', '5xx', api, 'Sum'],
      ['requests', 'AWS/ApiGateway', 'Count', api, 'Sum'],
      lambda('errors1', 'Errors', alias),
      lambda('errors2', 'Errors', [{ Name: 'FunctionName', Value: ref('OtherLambdaFunction') }]),
    ],
    expressions: [['value', 'IF(x - SUM([errors1, errors2]) >= 3, 100 * (x - SUM([errors1, errors2])) / requests, 0)']],
  },
  throttles: {
    metrics: [lambda('t', 'Throttles', alias), lambda('allN', 'Invocations', alias)],
    expressions: [['value', 'IF(t >= 3, 100 * t / (t + allN), 0)']],
  },
  alias: {
    metrics: [lambda('allE', 'Errors', alias), lambda('allN', 'Invocations', bothVersions)],
    expressions: [['value', '100 * allE / allN']],
  },
};

/**
 * @param period Seconds.
 * @returns Properties of an alarm on an expression, which replace those of an alarm on one metric.
 */
export function comparison(kind: string, period: number, more: object = {}): object {
  const { metrics, expressions } = KINDS[kind]!;
  return {
    Namespace: undefined,
    MetricName: undefined,
    Dimensions: undefined,
    Statistic: undefined,
    Period: undefined,
    Metrics: [
      ...expressions.map(([Id, Expression]) => ({ Id, Expression, ReturnData: Id === 'value' })),
      ...metrics.map(([Id, Namespace, MetricName, Dimensions, Stat]) => ({
        Id,
        ReturnData: false,
        MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: period, Stat },
      })),
    ],
    ...more,
  };
}
