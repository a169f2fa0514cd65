/** @import { AlertDefinition, Model, Problem, Refuse } from './model' */
const { shiftsInSteps } = require('../rules/deployment-types.js');
const { API_FUNCTION_LIMIT, COMPARISONS, apiFunctions } = require('./comparisons.js');
const { alarmEntriesOf, deploymentSettings, functionNames, functionOf } = require('./names.js');

/** Keys of a definition with `compare`. The others belong to an alarm on a single metric, and would be ignored. */
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

/**
 * Finds what is wrong with the alarms that compare.
 *
 * @param {Pick<Model, 'service' | 'alerts'>} model
 * @returns {Problem[]}
 */
function findComparisonProblems(model) {
  const { service } = model;
  const definitions = Object.entries(service.custom?.alerts?.definitions ?? {})
    .filter(([, definition]) => definition?.compare !== undefined)
    .flatMap(([name, definition]) => findDefinitionProblems(`custom.alerts.definitions.${name}`, definition));
  const entries = functionNames(model).flatMap((name) =>
    alarmEntriesOf(model, name)
      .filter(({ definition }) => definition.compare !== undefined && definition.enabled !== false)
      .flatMap(({ path, entry, definition }) => [
        ...(isPlain(entry) ? [] : findDefinitionProblems(path, definition)),
        ...findPlacementProblems(service, name, path, definition),
      ]),
  );
  return [...definitions, ...entries, ...findStackProblems(model)];
}

/**
 * Metric math is put into the alarms of this stack: those of another stack would watch nothing.
 *
 * @param {Pick<Model, 'service' | 'alerts'>} model
 * @returns {Problem[]}
 */
function findStackProblems(model) {
  const { externalStack } = model.service.custom?.alerts ?? {};
  const compares = functionNames(model).some((name) =>
    alarmEntriesOf(model, name).some(({ definition }) => definition.compare !== undefined),
  );
  if (!externalStack || !compares) return [];
  const problem = 'an alarm that compares names versions of this stack, and cannot be in another one';
  return [{ path: 'custom.alerts.externalStack', received: externalStack, problem, remedy: 'remove it' }];
}

/**
 * @param {string | AlertDefinition} entry
 * @returns {boolean} Whether an entry only names a definition, which is validated at its own place.
 */
const isPlain = (entry) => typeof entry === 'string' || Object.keys(entry).every((key) => key === 'name');

/**
 * @param {string} path
 * @param {AlertDefinition} definition
 * @returns {Problem[]}
 */
function findDefinitionProblems(path, definition) {
  const { compare, minimumRequests, threshold, period, comparisonOperator } = definition;
  /** @type {Problem[]} */
  const problems = [];
  /** @type {Refuse} */
  const refuse = (key, problem, remedy, known) => {
    const received = definition[key];
    problems.push({ path: `${path}.${key}`, received, problem, ...(known && { known }), remedy });
  };
  const known = Object.keys(COMPARISONS);
  if (typeof compare !== 'string' || !known.includes(compare)) {
    refuse('compare', 'is not a comparison', 'use a known one, or remove it and define a metric', known);
  }
  for (const key of Object.keys(definition)) {
    if (KEYS.includes(key) || (key === 'type' && definition.type === 'static')) continue;
    refuse(key, 'is not a key of an alarm that compares, and would be ignored', 'remove it', KEYS);
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
    refuse('minimumRequests', 'is not a number of requests', 'write a whole number from 1');
  }
  if (comparisonOperator !== undefined && !OPERATORS.some((operator) => operator === comparisonOperator)) {
    refuse('comparisonOperator', 'would go off as long as all is well', 'remove it, or use a known one', OPERATORS);
  }
  return problems;
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
const isPositiveInteger = (value) => typeof value === 'number' && Number.isInteger(value) && value > 0;

/**
 * Finds out why an alarm cannot compare the versions of this function.
 *
 * @param {Model['service']} service
 * @param {string} name
 * @param {string} path
 * @param {AlertDefinition} definition
 * @returns {Problem[]}
 */
function findPlacementProblems(service, name, path, { name: alarm, compare, period }) {
  /** @type {(problem: string, remedy: string) => Problem[]} */
  const refuse = (problem, remedy) => [{ path, received: alarm, problem, remedy }];
  const settings = deploymentSettings(service, name);
  if (!settings) {
    return refuse(
      `compares two versions, and ${name} has no deploymentSettings: its traffic never shifts from one to the other`,
      'remove it here, or release the function by canaries',
    );
  }
  if (compare === 'errors' && typeof period === 'number' && period > 60 && shiftsInSteps(settings.type)) {
    return refuse(
      `adds up ${period} seconds, in which a linear shift changes the weights: failures that both versions have alike would count against the release`,
      'leave the period out: it is a minute in a linear shift, and five in a canary',
    );
  }
  if (compare !== 'serverErrors') return [];
  const events = functionOf(service, name).events ?? [];
  if (!events.some((event) => event.httpApi)) {
    return events.some((event) => event.http)
      ? refuse(
          `${name} is behind a REST API, whose metrics have other names`,
          'define an alarm without compare: namespace AWS/ApiGateway, metric 5XXError, omitDefaultDimension, dimension ApiName',
        )
      : refuse(`${name} is not behind an HTTP API`, 'remove it here, or give the function an httpApi event');
  }
  const count = apiFunctions({ service }).length;
  if (count > API_FUNCTION_LIMIT) {
    return refuse(
      `the API calls ${count} functions, and with their errors an alarm would have more than ten metrics`,
      `define an alarm without compare: namespace AWS/ApiGateway, metric 5xx, omitDefaultDimension, dimension ApiId; or have at most ${API_FUNCTION_LIMIT} functions behind one API`,
    );
  }
  return [];
}

module.exports = { findComparisonProblems };
