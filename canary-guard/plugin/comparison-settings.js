const { API_FUNCTION_LIMIT, COMPARISONS, apiFunctions, shiftsInSteps } = require('./comparisons.js');
const { alarmEntriesOf, deploymentSettings, functionNames } = require('./names.js');

/** What a definition with `compare` may say; the rest is of one metric, and would be ignored. */
const KEYS = [
  'name',
  'description',
  'enabled',
  'actionsEnabled',
  'compare',
  'minimumRequests',
  'threshold',
  'comparisonOperator',
  'period',
  'evaluationPeriods',
  'datapointsToAlarm',
  'treatMissingData',
  'nameTemplate',
  'prefixTemplate',
  'okActions',
  'alarmActions',
  'insufficientDataActions',
];
/** The worse the new version, the higher the value of every comparison. */
const OPERATORS = ['GreaterThanOrEqualToThreshold', 'GreaterThanThreshold'];

/** What is wrong with the alarms that compare. @returns {import('./problems').Problem[]} */
function findComparisonProblems({ service }) {
  const definitions = Object.entries(service.custom?.alerts?.definitions ?? {})
    .filter(([, definition]) => definition?.compare !== undefined)
    .flatMap(([name, definition]) => findDefinitionProblems(`custom.alerts.definitions.${name}`, definition));
  const entries = functionNames(service).flatMap((name) =>
    alarmEntriesOf(service, name)
      .filter(({ definition }) => definition.compare !== undefined && definition.enabled !== false)
      .flatMap(({ path, entry, definition }) => [
        ...(isPlain(entry) ? [] : findDefinitionProblems(path, definition)),
        ...findPlaceProblems(service, name, path, definition),
      ]),
  );
  return [...definitions, ...entries, ...findStackProblems(service)];
}

/** Metric math is put into the alarms of this stack: another one would get alarms that watch nothing. */
function findStackProblems(service) {
  const { externalStack } = service.custom?.alerts ?? {};
  const compares = functionNames(service).some((name) =>
    alarmEntriesOf(service, name).some(({ definition }) => definition.compare !== undefined),
  );
  if (!externalStack || !compares) return [];
  const problem = 'an alarm that compares names versions of this stack, and cannot be in another one';
  return [{ path: 'custom.alerts.externalStack', received: externalStack, problem, remedy: 'remove it' }];
}

/** Whether an entry only names a definition, which is looked at where it stands. */
const isPlain = (entry) => typeof entry === 'string' || Object.keys(entry).every((key) => key === 'name');

function findDefinitionProblems(path, definition) {
  const { compare, minimumRequests, threshold, period, comparisonOperator } = definition;
  const problems = [];
  const refuse = (key, problem, remedy, known) => {
    const received = definition[key];
    problems.push({ path: `${path}.${key}`, received, problem, ...(known && { known }), remedy });
  };
  const known = Object.keys(COMPARISONS);
  if (!known.includes(compare)) {
    refuse('compare', 'is no comparison', 'use a known one, or none and define the metric by yourself', known);
  }
  for (const key of Object.keys(definition)) {
    if (KEYS.includes(key) || (key === 'type' && definition.type === 'static')) continue;
    refuse(key, 'is no key of an alarm that compares, and would be ignored', 'remove it', KEYS);
  }
  if (typeof threshold !== 'number' || !Number.isFinite(threshold)) {
    refuse('threshold', 'an alarm needs a number to compare with', 'write the lowest value that is too much');
  }
  if (period !== undefined && (!isPositiveInteger(period) || period % 60 !== 0)) {
    refuse('period', 'Lambda and API Gateway count by the minute', 'write seconds: 60 or a multiple of it');
  }
  if (minimumRequests !== undefined && compare !== 'latency') {
    refuse('minimumRequests', 'is a key of compare: latency alone', 'remove it');
  } else if (minimumRequests !== undefined && !isPositiveInteger(minimumRequests)) {
    refuse('minimumRequests', 'is no number of requests', 'write a whole number from 1');
  }
  if (comparisonOperator !== undefined && !OPERATORS.includes(comparisonOperator)) {
    refuse('comparisonOperator', 'would go off as long as all is well', 'remove it, or use a known one', OPERATORS);
  }
  return problems;
}

const isPositiveInteger = (value) => Number.isInteger(value) && value > 0;

/** Whether this function can be compared so. */
function findPlaceProblems(service, name, path, { name: alarm, compare, period }) {
  const refuse = (problem, remedy) => [{ path, received: alarm, problem, remedy }];
  if (!deploymentSettings(service, name)) {
    return refuse(
      `compares two versions, and ${name} has no deploymentSettings: its traffic never shifts from one to the other`,
      'remove it here, or release the function by canaries',
    );
  }
  if (compare === 'errors' && period > 60 && shiftsInSteps(deploymentSettings(service, name))) {
    return refuse(
      `adds up ${period} seconds, in which a linear shift changes the weights: what both versions fail alike would be taken for the release's`,
      'leave the period out: it is a minute in a linear shift, and five in a canary',
    );
  }
  if (compare !== 'serverErrors') return [];
  const events = service.functions[name].events ?? [];
  if (!events.some((event) => event.httpApi)) {
    return events.some((event) => event.http)
      ? refuse(
          `${name} is behind a REST API, whose metrics have other names`,
          'define an alarm without compare: namespace AWS/ApiGateway, metric 5XXError, omitDefaultDimension, dimension ApiName',
        )
      : refuse(`${name} is behind no HTTP API`, 'remove it here, or give the function an httpApi event');
  }
  const behind = apiFunctions(service);
  if (behind.length > API_FUNCTION_LIMIT) {
    return refuse(
      `the API calls ${behind.length} functions, and with their errors an alarm would have more than ten metrics`,
      `define an alarm without compare: namespace AWS/ApiGateway, metric 5xx, omitDefaultDimension, dimension ApiId; or have at most ${API_FUNCTION_LIMIT} functions behind one API`,
    );
  }
  return [];
}

module.exports = { findComparisonProblems };
