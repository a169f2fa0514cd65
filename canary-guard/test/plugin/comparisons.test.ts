import { compareVersions, completeComparisons, findComparisonProblems, type Problem } from './plugin';

const canary = { type: 'AllAtOnce', alias: 'Live' };
const behindApi = [{ httpApi: 'GET /hello' }];
const errors = { compare: 'errors', threshold: 2, period: 300 };
const serverErrors = { compare: 'serverErrors', threshold: 1, period: 60 };

interface Setting {
  readonly definitions?: Record<string, object>;
  readonly hello?: object;
  readonly others?: object;
  readonly alerts?: object;
  readonly provider?: object;
}

/** A service of one canaried function behind an HTTP API, whose alarms are all of its definitions. */
function serviceOf({ definitions = {}, hello = {}, others = {}, alerts = {}, provider = {} }: Setting) {
  const alarms: unknown[] = Object.keys(definitions);
  return {
    provider,
    custom: { alerts: { definitions, ...alerts } },
    functions: { hello: { events: behindApi, deploymentSettings: canary, alarms, ...hello }, ...others },
  };
}

const problemsOf = (setting: Setting): Problem[] => findComparisonProblems({ service: serviceOf(setting) });
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

  test('what an entry of a function changes is looked at there', () => {
    const hello = { alarms: [{ name: 'own', period: 10 }, { name: 'own' }] };
    expect(pathsOf({ definitions: { own: errors }, hello })).toEqual(['functions.hello.alarms[0].period']);
  });

  test('an alarm of a function whose traffic does not shift, named by itself or for all', () => {
    const others = { orders: { alarms: ['own'] } };
    expect(pathsOf({ definitions: { own: errors }, others })).toEqual(['functions.orders.alarms[0]']);
    const alerts = { alarms: ['own'] };
    expect(pathsOf({ definitions: { own: errors }, hello: { alarms: [] }, others: { orders: {} }, alerts })).toEqual([
      'custom.alerts.alarms[0]',
    ]);
  });

  test('alarms in a stack of their own, where no version is', () => {
    const alerts = { externalStack: true };
    expect(pathsOf({ definitions: { own: errors }, alerts })).toEqual(['custom.alerts.externalStack']);
    expect(pathsOf({ definitions: { own: { metric: 'Errors' } }, alerts })).toEqual([]);
  });

  test('an alarm that is switched off may stay', () => {
    const others = { orders: { alarms: [{ name: 'own', enabled: false }] } };
    expect(problemsOf({ definitions: { own: errors }, others })).toEqual([]);
  });

  test('server errors of a function that is behind no HTTP API, with what to do behind a REST API', () => {
    const remedyOf = (events: object[]) =>
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

describe('what serverless-plugin-aws-alerts is given', () => {
  const completed = (definition: object) => {
    const service = serviceOf({ definitions: { own: definition } });
    completeComparisons({ service });
    return service.custom.alerts.definitions.own;
  };

  test('is complete, and all that is written stands', () => {
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

  test('of a definition that does not compare is what is written', () => {
    const plain = { metric: 'Errors', statistic: 'Sum', threshold: 1, period: 60 };
    expect(completed(plain)).toEqual(plain);
  });

  test('follows what an entry changes', () => {
    const service = serviceOf({
      definitions: { own: errors },
      hello: { alarms: [{ name: 'own', evaluationPeriods: 3 }] },
    });
    completeComparisons({ service });
    expect(service.functions.hello.alarms).toEqual([
      expect.objectContaining({ compare: 'errors', threshold: 2, evaluationPeriods: 3, datapointsToAlarm: 3 }),
    ]);
  });
});

describe('metric math', () => {
  const upperFirst = (text: string) => text[0]!.toUpperCase() + text.slice(1);
  const naming = {
    getLambdaLogicalId: (name: string) => `${upperFirst(name)}LambdaFunction`,
    getHttpApiLogicalId: () => 'HttpApi',
  };

  /** The metrics of hello's one alarm, each with the dimensions' values. */
  function metricsOf(setting: Setting): string[] {
    const service = serviceOf(setting);
    const HelloOwnAlarm = { Properties: { MetricName: 'x', Period: 60, Threshold: 7 } as Record<string, unknown> };
    compareVersions({ service, stage: 'prod', naming, template: { Resources: { HelloOwnAlarm } } });
    const { Metrics, ...rest } = HelloOwnAlarm.Properties;
    expect(rest).toEqual({ Threshold: 7 });
    return (Metrics as { Expression?: string; MetricStat?: { Metric: Metric; Period: number } }[]).map(
      ({ Expression, MetricStat }) =>
        MetricStat
          ? `${MetricStat.Metric.MetricName} of ${MetricStat.Metric.Dimensions.map(({ Value }) => textOf(Value)).join(' ')}`
          : Expression!,
    );
  }

  interface Metric {
    readonly MetricName: string;
    readonly Dimensions: readonly { readonly Value: unknown }[];
  }
  const textOf = (value: unknown) =>
    typeof value === 'string' ? value : Object.values(value as Record<string, string>).join();

  test('of server errors takes off the errors of every function behind the API, by the alias if it has one', () => {
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

  test('of server errors is that of the API that provider.httpApi.id names', () => {
    const provider = { httpApi: { id: 'abc123' } };
    expect(metricsOf({ definitions: { own: serverErrors }, provider }).slice(0, 2)).toEqual([
      '5xx of abc123',
      'Count of abc123',
    ]);
  });

  test('of latency wants twenty requests, or as many as the definition says', () => {
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
  ])('of %s beside %s, with %j, is of so many seconds', (compare, type, more, seconds) => {
    const service = serviceOf({
      definitions: { own: { compare, threshold: 2, ...more } },
      hello: { deploymentSettings: { ...canary, type } },
    });
    const HelloOwnAlarm = { Properties: {} as { Metrics?: { MetricStat?: { Period: number } }[] } };
    compareVersions({ service, stage: 'prod', naming, template: { Resources: { HelloOwnAlarm } } });
    const periods = HelloOwnAlarm.Properties.Metrics!.flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
    expect(new Set(periods)).toEqual(new Set([seconds]));
  });
});
