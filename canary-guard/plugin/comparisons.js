const { alarmsOf, canariedFunctions, definedBy, deploymentSettings, functionNames } = require('./names.js');

/** CloudWatch takes ten metrics for one alarm; the API's own two are among them. (CloudWatch guide, "metric math") */
const API_FUNCTION_LIMIT = 8;
const DEFAULT_MINIMUM_REQUESTS = 20;
/** What an alarm has of a single metric, and may not have beside metric math. */
const SINGLE_METRIC = [
  'Namespace',
  'MetricName',
  'Dimensions',
  'Period',
  'Statistic',
  'ExtendedStatistic',
  'EvaluateLowSampleCountPercentile',
];

const BASELINE_REQUESTS = math(
  'baseline',
  'allRequests - requests + (allRequests == requests)',
  'requests of the baseline, 1 if there were none',
);

/**
 * What a definition's `compare` may say, each with the metric math that the alarm watches instead of one metric.
 *
 * The alias's metrics count both versions, so what the new version has less is the baseline's, exactly. There is no FILL:
 * a point that it makes up hides that nothing was counted. A divisor that could be 0 has 1 added when it is, since
 * CloudWatch drops the point of a division by zero. A missing operand counts as 0.
 */
const COMPARISONS = {
  /**
   * Of the new version's failures those that the baseline's do not explain, and that chance does not either: three standard
   * deviations of what is expected, which is itself a guess from the baseline's few failures (`spread`).
   *
   * A window of five minutes holds minutes of the baseline from before the shift. If both fail since a minute ago, those
   * must not count as its good ones: every shift begins at 10 %, so no failure of the baseline stands for less than a ninth.
   * Where no baseline is left, long after a shift, one failure in a hundred is taken for usual, so that a busy service's
   * alarm does not stay on.
   */
  errors: ({ newVersion, bothVersions }) => [
    newVersion('requests', 'Invocations', 'Sum', 'requests, new version'),
    newVersion('errors', 'Errors', 'Sum', 'failed requests, new version'),
    bothVersions('allRequests', 'Invocations', 'Sum', 'requests, both versions'),
    bothVersions('allErrors', 'Errors', 'Sum', 'failed requests, both versions'),
    BASELINE_REQUESTS,
    math(
      'share',
      'IF(9 * requests > baseline, requests / baseline, 0.111)',
      'requests of the new version for each of the baseline',
    ),
    math(
      'expected',
      '(allErrors - errors) * share + 0.01 * requests * (allRequests == requests)',
      'failures to expect of the new version if it is no worse',
    ),
    math(
      'spread',
      '1 + share * (allRequests > requests)',
      'how uncertain that is: the fewer baseline requests, the more',
    ),
    value(
      'unexplained',
      'errors - expected - 3 * (expected * spread) ^ 0.5',
      'failed requests of the new version that neither the baseline nor chance explains',
    ),
  ],

  /** By median and mean: a few very slow requests carry a mean away, and a median jumps between two kinds of answers. */
  latency: ({ newVersion, bothVersions, minimumRequests }) => [
    newVersion('requests', 'Invocations', 'Sum', 'requests, new version'),
    newVersion('time', 'Duration', 'Sum', 'milliseconds in all, new version'),
    newVersion('median', 'Duration', 'p50', 'median milliseconds, new version'),
    bothVersions('allRequests', 'Invocations', 'Sum', 'requests, both versions'),
    bothVersions('allTime', 'Duration', 'Sum', 'milliseconds in all, both versions'),
    bothVersions('allMedian', 'Duration', 'p50', 'median milliseconds, both versions'),
    BASELINE_REQUESTS,
    // Three milliseconds more are noise to a handler that takes one.
    math('byMedian', 'median / (allMedian + 3)', 'how many times as long, by the median'),
    math('byMean', '(time / requests) / ((allTime - time) / baseline + 3)', 'how many times as long, by the mean'),
    value(
      'slowdown',
      `IF(requests >= ${minimumRequests}, MIN([byMedian, byMean]), 0)`,
      `how many times as long the new version takes (0 below ${minimumRequests} requests)`,
    ),
  ],

  /** A 5xx that is a Lambda error is the business of `errors`; what is left the code answered, or Lambda refused. */
  serverErrors: ({ api, apiFunctions }) => [
    api('serverErrors', '5xx', 'answers 5xx of the API'),
    api('requests', 'Count', 'requests of the API'),
    ...apiFunctions.map(({ name, errors }, index) => errors(`errors${index + 1}`, `Lambda errors of ${name}`)),
    math(
      'answered',
      ['serverErrors', ...apiFunctions.map((_, index) => `errors${index + 1}`)].join(' - '),
      'answers 5xx that are no Lambda error',
    ),
    value(
      'percent',
      'IF(answered >= 3, 100 * answered / requests, 0)',
      'percent of requests answered with a 5xx that is no Lambda error (0 below three)',
    ),
  ],

  /** Of both versions: Lambda throttles before it chooses one. */
  throttles: ({ bothVersions }) => [
    bothVersions('throttled', 'Throttles', 'Sum', 'throttled calls, both versions'),
    bothVersions('served', 'Invocations', 'Sum', 'calls that ran, both versions'),
    math('calls', 'throttled + served', 'calls, both versions'),
    // Of a minute in which nothing was throttled there may be no `throttled`, and IF would have no point then.
    math('refused', 'calls - served', 'throttled calls, 0 if none was counted'),
    value('percent', 'IF(refused >= 3, 100 * refused / calls, 0)', 'percent of calls throttled (0 below three)'),
  ],
};

/**
 * Gives definitions with `compare` what they need not say, before serverless-plugin-aws-alerts reads them. The metric is
 * only the name that `$[metricName]` of a nameTemplate has.
 */
function completeComparisons({ service }) {
  for (const name of functionNames(service)) {
    const { alarms } = service.functions[name];
    if (alarms) service.functions[name].alarms = alarms.map((entry) => completedEntry(service, entry));
  }
  const { alerts } = service.custom ?? {};
  for (const key of ['alarms', 'global', 'function']) {
    if (alerts?.[key]) alerts[key] = alerts[key].map((entry) => completedEntry(service, entry));
  }
  for (const [name, definition] of Object.entries(alerts?.definitions ?? {})) {
    if (definition?.compare) alerts.definitions[name] = completed(definition);
  }
}

/** An entry that changes something of a definition: as a whole, since what it changes has a say in what is missing. */
function completedEntry(service, entry) {
  if (typeof entry === 'string') return entry;
  const definition = definedBy(service, entry);
  return definition.compare ? completed(definition) : entry;
}

const completed = (definition) => ({
  metric: definition.compare,
  comparisonOperator: 'GreaterThanOrEqualToThreshold',
  // What is silent is not failing: an alarm must not block the release of an endpoint without traffic.
  treatMissingData: 'notBreaching',
  evaluationPeriods: 1,
  datapointsToAlarm: definition.evaluationPeriods ?? 1,
  ...definition,
});

/** Puts metric math in the place of the one metric of each alarm whose definition says `compare`. */
function compareVersions(model) {
  const { service, stage, template } = model;
  for (const name of canariedFunctions(service)) {
    for (const [id, definition] of alarmsOf(service, name, stage)) {
      const alarm = template.Resources[id];
      if (definition.compare && alarm) alarm.Properties = compared(alarm.Properties, model, name, definition);
    }
  }
}

function compared(properties, model, name, definition) {
  const { compare, minimumRequests = DEFAULT_MINIMUM_REQUESTS } = definition;
  const period = definition.period ?? defaultPeriod(compare, deploymentSettings(model.service, name));
  const kept = Object.entries(properties).filter(([property]) => !SINGLE_METRIC.includes(property));
  const onBoth = dimensionsOf(model, name);
  const onNew = [...onBoth, { Name: 'ExecutedVersion', Value: '$[version]' }];
  const lambda = (dimensions) => (id, metric, stat, label) =>
    measured({ id, label, namespace: 'AWS/Lambda', metric, dimensions, stat, period });
  const Metrics = COMPARISONS[compare]({
    newVersion: lambda(onNew),
    bothVersions: lambda(onBoth),
    minimumRequests,
    api: (id, metric, label) =>
      measured({
        id,
        label,
        namespace: 'AWS/ApiGateway',
        metric,
        dimensions: [{ Name: 'ApiId', Value: httpApiId(model) }],
        stat: 'Sum',
        period,
      }),
    apiFunctions: apiFunctions(model.service).map((other) => ({
      name: other,
      errors: (id, label) => lambda(dimensionsOf(model, other))(id, 'Errors', 'Sum', label),
    })),
  });
  return { ...Object.fromEntries(kept), Metrics };
}

/** @returns seconds: failures of a canary may add up; whatever else is compared, in one minute */
const defaultPeriod = (compare, settings) => (compare === 'errors' && !shiftsInSteps(settings) ? 300 : 60);

/** Whether the weights change while the shift goes on, so that minutes of it cannot be taken together. */
const shiftsInSteps = ({ type }) => String(type).startsWith('Linear');

/** Under which Lambda counts what comes through a function's alias; of a function without one, all that it does. */
function dimensionsOf({ service, naming }, name) {
  const functionId = naming.getLambdaLogicalId(name);
  const alias = deploymentSettings(service, name)?.alias;
  return [
    { Name: 'FunctionName', Value: { Ref: functionId } },
    ...(alias ? [{ Name: 'Resource', Value: { 'Fn::Sub': `\${${functionId}}:${alias}` } }] : []),
  ];
}

const httpApiId = ({ service, naming }) => service.provider.httpApi?.id ?? { Ref: naming.getHttpApiLogicalId() };

/** The functions that the service's HTTP API calls. */
const apiFunctions = (service) =>
  functionNames(service).filter((name) => (service.functions[name].events ?? []).some((event) => event.httpApi));

function measured({ id, label, namespace, metric, dimensions, stat, period }) {
  const Metric = { Namespace: namespace, MetricName: metric, Dimensions: dimensions };
  return { Id: id, Label: label, ReturnData: false, MetricStat: { Metric, Period: period, Stat: stat } };
}

function math(Id, Expression, Label) {
  return { Id, Label, ReturnData: false, Expression };
}

/** What the alarm compares with its threshold. */
function value(id, expression, label) {
  return { ...math(id, expression, label), ReturnData: true };
}

module.exports = {
  API_FUNCTION_LIMIT,
  COMPARISONS,
  apiFunctions,
  compareVersions,
  completeComparisons,
  shiftsInSteps,
};
