import { findComparisonProblems } from '../../plugin/comparison-settings.js';
import { compareVersions, completeComparisons } from '../../plugin/comparisons.js';
import type {
  AlarmMetric,
  AlertDefinition,
  AlertSettings,
  FunctionEvent,
  FunctionSettings,
  Problem,
  Service,
} from '../../plugin/model';
import { alerts, namingOf } from './small-model';

const canary = { type: 'AllAtOnce', alias: 'Live' };
const behindApi = [{ httpApi: 'GET /hello' }];
const errors = { compare: 'errors', threshold: 2, period: 300 };
const serverErrors = { compare: 'serverErrors', threshold: 1, period: 60 };

interface Setting {
  readonly definitions?: Record<string, AlertDefinition>;
  readonly hello?: FunctionSettings;
  readonly others?: Record<string, FunctionSettings>;
  readonly settings?: AlertSettings;
  readonly provider?: Service['provider'];
}

/** A service of one canaried function behind an HTTP API, whose alarms are all of its definitions. */
function serviceOf({ definitions = {}, hello = {}, others = {}, settings = {}, provider = {} }: Setting) {
  const alarms = Object.keys(definitions);
  const own: FunctionSettings = { events: behindApi, deploymentSettings: canary, alarms, ...hello };
  return {
    provider,
    custom: { alerts: { definitions, ...settings } },
    functions: { hello: own, ...others },
  };
}

const problemsOf = (setting: Setting): Problem[] => findComparisonProblems({ service: serviceOf(setting), alerts });
const pathsOf = (setting: Setting) => problemsOf(setting).map(({ path }) => path);

describe('what cannot compare is refused', () => {
  test('a comparison needs a threshold, and nothing else', () => {
    for (const compare of ['errors', 'latency', 'serverErrors', 'throttles']) {
      expect(problemsOf({ definitions: { own: { compare, threshold: 1 } } })).toEqual([]);
    }
    expect(pathsOf({ definitions: { own: { compare: 'errors' } } })).toEqual([
      'custom.alerts.definitions.own.threshold',
    ]);
  });

  test('failures are not added up over minutes in which a linear shift changes the weights', () => {
    const hello = { deploymentSettings: { ...canary, type: 'Linear10PercentEvery1Minute' } };
    expect(pathsOf({ definitions: { own: errors }, hello })).toEqual(['functions.hello.alarms[0]']);
    expect(pathsOf({ definitions: { own: { ...errors, period: 60 } }, hello })).toEqual([]);
  });

  test.each([
    ['compare', { compare: 'error' }],
    ['compare', { compare: null }],
    ['metric', { metric: 'Errors' }],
    ['dimensions', { dimensions: [] }],
    ['type', { type: 'anomalyDetection' }],
    ['threshold', { threshold: '2' }],
    ['period', { period: 90 }],
    ['period', { period: 0 }],
    ['minimumRequests', { minimumRequests: 20 }],
    ['comparisonOperator', { comparisonOperator: 'LessThanThreshold' }],
  ])('%s of %j, by itself', (key, wrong) => {
    expect(pathsOf({ definitions: { own: { ...errors, ...wrong } } })).toEqual([
      `custom.alerts.definitions.own.${key}`,
    ]);
  });

  test.each([0, -1, 1.5, '20', null])('minimumRequests of %j', (minimumRequests) => {
    const latency = { compare: 'latency', threshold: 2, period: 300 };
    expect(pathsOf({ definitions: { own: { ...latency, minimumRequests: 20 } } })).toEqual([]);
    expect(pathsOf({ definitions: { own: { ...latency, minimumRequests } } })).toEqual([
      'custom.alerts.definitions.own.minimumRequests',
    ]);
  });

  test('what an entry of a function changes is validated there', () => {
    const hello = { alarms: [{ name: 'own', period: 10 }, { name: 'own' }] };
    expect(pathsOf({ definitions: { own: errors }, hello })).toEqual(['functions.hello.alarms[0].period']);
  });

  test('an alarm of a function whose traffic does not shift, named by itself or for all', () => {
    const others = { orders: { alarms: ['own'] } };
    expect(pathsOf({ definitions: { own: errors }, others })).toEqual(['functions.orders.alarms[0]']);
    const settings = { alarms: ['own'] };
    expect(pathsOf({ definitions: { own: errors }, hello: { alarms: [] }, others: { orders: {} }, settings })).toEqual([
      'custom.alerts.alarms[0]',
    ]);
  });

  test('alarms in a stack of their own, where no version is', () => {
    const settings = { externalStack: true };
    expect(pathsOf({ definitions: { own: errors }, settings })).toEqual(['custom.alerts.externalStack']);
    expect(pathsOf({ definitions: { own: { metric: 'Errors' } }, settings })).toEqual([]);
  });

  test('an alarm that is switched off may stay', () => {
    const others = { orders: { alarms: [{ name: 'own', enabled: false }] } };
    expect(problemsOf({ definitions: { own: errors }, others })).toEqual([]);
  });

  test('server errors of a function without an HTTP API, with what to do for a REST API', () => {
    const remedyOf = (events: FunctionEvent[]) =>
      problemsOf({ definitions: { own: serverErrors }, hello: { events } })[0]!.remedy;
    expect(remedyOf([{ http: 'GET /hello' }])).toContain('5XXError');
    expect(remedyOf([{ sqs: 'arn' }])).toBe('remove it here, or give the function an httpApi event');
  });

  test('server errors of an API that calls more functions than an alarm has metrics for', () => {
    const others = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`other${index}`, { events: behindApi }]));
    expect(problemsOf({ definitions: { own: serverErrors }, others: others(7) })).toEqual([]);
    expect(problemsOf({ definitions: { own: serverErrors }, others: others(8) })).toEqual([
      expect.objectContaining({ path: 'functions.hello.alarms[0]', problem: expect.stringContaining('9 functions') }),
    ]);
  });
});

describe('what serverless-plugin-aws-alerts receives', () => {
  const completed = (definition: AlertDefinition) => {
    const service = serviceOf({ definitions: { own: definition } });
    completeComparisons({ service, alerts });
    return service.custom.alerts.definitions.own;
  };

  test('is complete, and keeps everything that is written', () => {
    expect(completed({ ...errors, evaluationPeriods: 3 })).toEqual({
      ...errors,
      metric: 'errors',
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
    });
    expect(completed({ ...errors, datapointsToAlarm: 1, treatMissingData: 'ignore' })).toMatchObject({
      datapointsToAlarm: 1,
      treatMissingData: 'ignore',
    });
  });

  test('is what is written if the definition does not compare', () => {
    const plain = { metric: 'Errors', statistic: 'Sum', threshold: 1, period: 60 };
    expect(completed(plain)).toEqual(plain);
  });

  test('follows what an entry changes', () => {
    const service = serviceOf({
      definitions: { own: errors },
      hello: { alarms: [{ name: 'own', evaluationPeriods: 3 }] },
    });
    completeComparisons({ service, alerts });
    expect(service.functions.hello.alarms).toEqual([
      expect.objectContaining({ compare: 'errors', threshold: 2, evaluationPeriods: 3, datapointsToAlarm: 3 }),
    ]);
  });
});

describe('metric math', () => {
  const naming = namingOf('svc-prod');

  /** @returns The metrics of hello's one alarm, each with the values of its dimensions. */
  function metricsOf(setting: Setting): string[] {
    const service = serviceOf(setting);
    const HelloOwnAlarm = { Properties: { MetricName: 'x', Period: 60, Threshold: 7 } as Record<string, unknown> };
    compareVersions({
      service,
      stage: 'prod',
      region: 'eu-central-1',
      naming,
      template: { Resources: { HelloOwnAlarm } },
      alerts,
    });
    const { Metrics, ...rest } = HelloOwnAlarm.Properties;
    expect(rest).toEqual({ Threshold: 7 });
    return (Metrics as AlarmMetric[]).map(({ Expression, MetricStat }) =>
      MetricStat
        ? `${MetricStat.Metric.MetricName} of ${MetricStat.Metric.Dimensions.map(({ Value }) => textOf(Value)).join(' ')}`
        : Expression!,
    );
  }

  const textOf = (value: unknown) =>
    typeof value === 'string' ? value : Object.values(value as Record<string, string>).join();

  test('of server errors subtracts the errors of every function behind the API, by the alias if it has one', () => {
    const others = {
      carts: { events: behindApi },
      orders: { events: behindApi, deploymentSettings: { ...canary, alias: 'Now' } },
      reports: { events: [{ schedule: 'rate(1 hour)' }] },
    };
    expect(metricsOf({ definitions: { own: serverErrors }, others })).toEqual([
      '5xx of HttpApi',
      'Count of HttpApi',
      `Errors of HelloLambdaFunction \${HelloLambdaFunction}:Live`,
      'Errors of CartsLambdaFunction',
      `Errors of OrdersLambdaFunction \${OrdersLambdaFunction}:Now`,
      'serverErrors - errors1 - errors2 - errors3',
      'IF(answered >= 3, 100 * answered / requests, 0)',
    ]);
  });

  test('of server errors watches the API that provider.httpApi.id names', () => {
    const provider = { httpApi: { id: 'abc123' } };
    expect(metricsOf({ definitions: { own: serverErrors }, provider }).slice(0, 2)).toEqual([
      '5xx of abc123',
      'Count of abc123',
    ]);
  });

  test('of latency requires twenty requests, or as many as the definition says', () => {
    const latency = { compare: 'latency', threshold: 2, period: 300 };
    expect(metricsOf({ definitions: { own: latency } }).at(-1)).toBe('IF(requests >= 20, MIN([byMedian, byMean]), 0)');
    expect(metricsOf({ definitions: { own: { ...latency, minimumRequests: 7 } } }).at(-1)).toBe(
      'IF(requests >= 7, MIN([byMedian, byMean]), 0)',
    );
  });

  test.each([
    ['errors', 'Canary10Percent5Minutes', {}, 300],
    ['errors', 'AllAtOnce', {}, 300],
    ['errors', 'Linear10PercentEvery1Minute', {}, 60],
    ['latency', 'Canary10Percent5Minutes', {}, 60],
    ['errors', 'Canary10Percent5Minutes', { period: 120 }, 120],
  ])('of %s in a shift by %s, with %j, has this period: %d seconds', (compare, type, more, seconds) => {
    const service = serviceOf({
      definitions: { own: { compare, threshold: 2, ...more } },
      hello: { deploymentSettings: { ...canary, type } },
    });
    const HelloOwnAlarm = { Properties: {} as { Metrics?: { MetricStat?: { Period: number } }[] } };
    compareVersions({
      service,
      stage: 'prod',
      region: 'eu-central-1',
      naming,
      template: { Resources: { HelloOwnAlarm } },
      alerts,
    });
    const periods = HelloOwnAlarm.Properties.Metrics!.flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
    expect(new Set(periods)).toEqual(new Set([seconds]));
  });
});
