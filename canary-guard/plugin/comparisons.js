/** @import { AlertDefinition, AlertEntry, ComparisonContext, DeploymentSettings, Dimension, AlarmMetric, Model } from './model' */
const { shiftsInSteps } = require('../rules/deployment-types.js');
const { alarmsOf, canariedFunctions, definedBy, deploymentSettings, functionNames, functionOf } = require('./names.js');

/** CloudWatch takes ten metrics for one alarm; the API's own two are among them. (CloudWatch guide, "metric math") */
const API_FUNCTION_LIMIT = 8;

const DEFAULT_MINIMUM_REQUESTS = 20;

/** Properties of an alarm on a single metric, which an alarm on metric math may not have. */
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
 * The values of a definition's `compare`, each with the metric math that the alarm watches instead of one metric.
 *
 * The alias's metrics count both versions; less those of the new version they are the baseline's, exactly. There is no
 * FILL, because a point that it invents hides that nothing was counted. A divisor that could be 0 has 1 added when it is,
 * because CloudWatch drops the point of a division by zero. A missing operand counts as 0.
 *
 * @type {Readonly<Record<string, (context: ComparisonContext) => AlarmMetric[]>>}
 */
const COMPARISONS = {
  /**
   * The failures of the new version that neither the baseline's failures explain nor chance: three standard deviations of
   * what is expected, which is itself a guess from the baseline's few failures (`spread`).
   *
   * A window of five minutes holds minutes of the baseline from before the shift. If both versions began to fail a minute
   * ago, those must not count as the baseline's good minutes: every shift begins at 10 %, so no failure of the baseline
   * counts for less than a ninth. Where no baseline is left, long after a shift, one failure in a hundred is taken as
   * usual, so that the alarm of a busy service does not stay on.
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

  /** By median and mean: a few very slow requests distort a mean, and a median jumps between two kinds of answers. */
  latency: ({ newVersion, bothVersions, minimumRequests }) => [
    newVersion('requests', 'Invocations', 'Sum', 'requests, new version'),
    newVersion('time', 'Duration', 'Sum', 'milliseconds in all, new version'),
    newVersion('median', 'Duration', 'p50', 'median milliseconds, new version'),
    bothVersions('allRequests', 'Invocations', 'Sum', 'requests, both versions'),
    bothVersions('allTime', 'Duration', 'Sum', 'milliseconds in all, both versions'),
    bothVersions('allMedian', 'Duration', 'p50', 'median milliseconds, both versions'),
    BASELINE_REQUESTS,
    // To a handler that takes one millisecond, three more are noise.
    math('byMedian', 'median / (allMedian + 3)', 'how many times as long, by the median'),
    math('byMean', '(time / requests) / ((allTime - time) / baseline + 3)', 'how many times as long, by the mean'),
    value(
      'slowdown',
      `IF(requests >= ${minimumRequests}, MIN([byMedian, byMean]), 0)`,
      `how many times as long the new version takes (0 below ${minimumRequests} requests)`,
    ),
  ],

  /** A 5xx that is a Lambda error counts for `errors`. The others were returned by the code, or Lambda refused the call. */
  serverErrors: ({ api, apiFunctions }) => [
    api('serverErrors', '5xx', 'answers 5xx of the API'),
    api('requests', 'Count', 'requests of the API'),
    ...apiFunctions.map(({ name, errors }, index) => errors(`errors${index + 1}`, `Lambda errors of ${name}`)),
    math(
      'answered',
      ['serverErrors', ...apiFunctions.map((_, index) => `errors${index + 1}`)].join(' - '),
      'answers 5xx that are not Lambda errors',
    ),
    value(
      'percent',
      'IF(answered >= 3, 100 * answered / requests, 0)',
      'percent of requests answered with a 5xx that is not a Lambda error (0 below three)',
    ),
  ],

  /** Of both versions: Lambda throttles before it chooses one. */
  throttles: ({ bothVersions }) => [
    bothVersions('throttled', 'Throttles', 'Sum', 'throttled calls, both versions'),
    bothVersions('served', 'Invocations', 'Sum', 'calls that ran, both versions'),
    math('calls', 'throttled + served', 'calls, both versions'),
    // A minute without a throttled call may have no `throttled`, and IF would have no point then.
    math('refused', 'calls - served', 'throttled calls, 0 if none was counted'),
    value('percent', 'IF(refused >= 3, 100 * refused / calls, 0)', 'percent of calls throttled (0 below three)'),
  ],
};

/**
 * Completes definitions with `compare` by what may be left out, before serverless-plugin-aws-alerts reads them. The metric
 * is only the name that `$[metricName]` of a nameTemplate stands for.
 *
 * @param {Pick<Model, 'service' | 'alerts'>} model
 */
function completeComparisons(model) {
  const { service } = model;
  for (const name of functionNames(model)) {
    const settings = functionOf(service, name);
    if (settings.alarms) settings.alarms = settings.alarms.map((entry) => completedEntry(model, entry));
  }
  const alerts = service.custom?.alerts;
  if (!alerts) return;
  for (const key of /** @type {const} */ (['alarms', 'global', 'function'])) {
    const entries = alerts[key];
    if (entries) alerts[key] = entries.map((entry) => completedEntry(model, entry));
  }
  const definitions = alerts.definitions ?? {};
  for (const [name, definition] of Object.entries(definitions)) {
    if (definition?.compare) definitions[name] = completed(definition);
  }
}

/**
 * Completes an entry that changes something of a definition, as a whole: what may be left out depends on what it changes.
 *
 * @param {Pick<Model, 'service' | 'alerts'>} model
 * @param {AlertEntry} entry
 */
function completedEntry(model, entry) {
  if (typeof entry === 'string') return entry;
  const definition = definedBy(model, entry);
  return definition.compare ? completed(definition) : entry;
}

/**
 * @param {AlertDefinition} definition
 * @returns {AlertDefinition}
 */
const completed = (definition) => ({
  metric: definition.compare,
  comparisonOperator: 'GreaterThanOrEqualToThreshold',
  // No traffic is not a failure: an alarm must not block the release of an endpoint that has none.
  treatMissingData: 'notBreaching',
  evaluationPeriods: 1,
  datapointsToAlarm: definition.evaluationPeriods ?? 1,
  ...definition,
});

/**
 * Replaces the single metric by metric math in each alarm whose definition has `compare`.
 *
 * @param {Model} model
 */
function compareVersions(model) {
  for (const { name, settings } of canariedFunctions(model)) {
    for (const [id, definition] of alarmsOf(model, name)) {
      const comparison = COMPARISONS[String(definition.compare)];
      const alarm = model.template.Resources[id];
      if (!comparison || !alarm) continue;
      const kept = Object.entries(alarm.Properties).filter(([property]) => !SINGLE_METRIC.includes(property));
      const Metrics = comparison(contextOf(model, name, settings, definition));
      alarm.Properties = { ...Object.fromEntries(kept), Metrics };
    }
  }
}

/**
 * @param {Model} model
 * @param {string} name
 * @param {DeploymentSettings} settings
 * @param {AlertDefinition} definition
 * @returns {ComparisonContext}
 */
function contextOf(model, name, settings, definition) {
  const { compare, minimumRequests = DEFAULT_MINIMUM_REQUESTS } = definition;
  const period = Number(definition.period ?? defaultPeriod(compare, settings));
  const onBoth = dimensionsOf(model, name);
  const onNew = [...onBoth, { Name: 'ExecutedVersion', Value: '$[version]' }];
  /** @type {(dimensions: Dimension[]) => (id: string, metric: string, stat: string, label: string) => AlarmMetric} */
  const lambda = (dimensions) => (id, metric, stat, label) =>
    measured({ id, label, namespace: 'AWS/Lambda', metric, dimensions, stat, period });
  return {
    newVersion: lambda(onNew),
    bothVersions: lambda(onBoth),
    minimumRequests: Number(minimumRequests),
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
    apiFunctions: apiFunctions(model).map((other) => ({
      name: other,
      errors: (id, label) => lambda(dimensionsOf(model, other))(id, 'Errors', 'Sum', label),
    })),
  };
}

/**
 * @param {unknown} compare
 * @param {DeploymentSettings} settings
 * @returns {number} Seconds: failures add up over a canary, everything else is compared within one minute.
 */
const defaultPeriod = (compare, settings) => (compare === 'errors' && !shiftsInSteps(settings.type) ? 300 : 60);

/**
 * @param {Model} model
 * @param {string} name
 * @returns {Dimension[]} The dimensions by which Lambda counts what comes through a function's alias; without an alias,
 *   everything that the function does.
 */
function dimensionsOf({ service, naming }, name) {
  const functionId = naming.getLambdaLogicalId(name);
  const alias = deploymentSettings(service, name)?.alias;
  return [
    { Name: 'FunctionName', Value: { Ref: functionId } },
    ...(alias ? [{ Name: 'Resource', Value: { 'Fn::Sub': `\${${functionId}}:${alias}` } }] : []),
  ];
}

/** @param {Model} model */
const httpApiId = ({ service, naming }) => service.provider.httpApi?.id ?? { Ref: naming.getHttpApiLogicalId() };

/**
 * @param {Pick<Model, 'service'>} model
 * @returns {string[]} The functions that the service's HTTP API calls.
 */
const apiFunctions = (model) =>
  functionNames(model).filter((name) => (functionOf(model.service, name).events ?? []).some((event) => event.httpApi));

/**
 * @param {{ id: string, label: string, namespace: string, metric: string, dimensions: Dimension[], stat: string, period: number }} query
 * @returns {AlarmMetric}
 */
function measured({ id, label, namespace, metric, dimensions, stat, period }) {
  const Metric = { Namespace: namespace, MetricName: metric, Dimensions: dimensions };
  return { Id: id, Label: label, ReturnData: false, MetricStat: { Metric, Period: period, Stat: stat } };
}

/**
 * @param {string} Id
 * @param {string} Expression
 * @param {string} Label
 * @returns {AlarmMetric}
 */
function math(Id, Expression, Label) {
  return { Id, Label, ReturnData: false, Expression };
}

/**
 * Makes the expression that the alarm compares with its threshold.
 *
 * @param {string} id
 * @param {string} expression
 * @param {string} label
 */
function value(id, expression, label) {
  return { ...math(id, expression, label), ReturnData: true };
}

module.exports = { API_FUNCTION_LIMIT, COMPARISONS, apiFunctions, compareVersions, completeComparisons };
