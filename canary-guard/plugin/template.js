/** @import { GeneratedTemplate, Model, Problem } from './model' */
const { alarmIds, canariedFunctions } = require('./names.js');

/** Resource types that may refer to a canaried function instead of its alias, because they send it no traffic. */
const SENDS_NO_TRAFFIC = [
  'AWS::Lambda::Version',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Permission',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
];

/**
 * Finds what is wrong with the generated template.
 *
 * @param {Model} model
 * @returns {Problem[]}
 */
function findTemplateProblems(model) {
  const { naming, template } = model;
  const canaried = canariedFunctions(model);
  const alarms = alarmIds(model);
  return [
    ...canaried.flatMap(({ name, settings }) =>
      findBypasses(template, name, naming.getLambdaLogicalId(name), String(settings.alias)),
    ),
    ...canaried.flatMap(({ name, settings }) => findMissingAlarms(template, name, logicalIds(settings.alarms))),
    ...canaried.flatMap(({ settings }) => findDeafAlarms(template, logicalIds(settings.alarms))),
    ...findUnfilledPlaceholders(template, alarms),
    ...findSharedNames(template, alarms),
  ];
}

/** @param {readonly unknown[] | undefined} alarms */
const logicalIds = (alarms = []) => alarms.filter((id) => typeof id === 'string');

/**
 * @param {GeneratedTemplate} template
 * @param {string} name
 * @param {string} functionId
 * @param {string} alias
 * @returns {Problem[]}
 */
function findBypasses(template, name, functionId, alias) {
  return Object.entries(template.Resources)
    .filter(([, { Type = '' }]) => !SENDS_NO_TRAFFIC.includes(Type))
    .filter(([, { Properties }]) => refersTo(Properties, functionId))
    .map(([id, { Type }]) => ({
      path: `resources.Resources.${id}`,
      received: Type,
      problem: `calls the newest code of ${name} at once, bypassing the alias ${alias} and its canary`,
      remedy: `make it call !Ref ${functionId}Alias${alias}, or use an event that serverless-plugin-canary-deployments knows`,
    }));
}

/**
 * @param {any} value
 * @param {string} logicalId
 * @returns {boolean}
 */
function refersTo(value, logicalId) {
  if (!value || typeof value !== 'object') return false;
  if (value.Ref === logicalId) return true;
  const attribute = value['Fn::GetAtt'];
  if (attribute && [attribute].flat()[0].split('.')[0] === logicalId) return true;
  const text = [value['Fn::Sub']].flat()[0];
  if (typeof text === 'string' && (text.includes(`\${${logicalId}}`) || text.includes(`\${${logicalId}.`))) return true;
  return Object.values(value).some((item) => refersTo(item, logicalId));
}

/**
 * serverless-plugin-aws-alerts makes no alarm for a default stage that custom.alerts.stages names: it reads --stage only.
 *
 * @param {GeneratedTemplate} template
 * @param {string} name
 * @param {readonly string[]} alarms
 * @returns {Problem[]}
 */
function findMissingAlarms(template, name, alarms) {
  return alarms
    .filter((id) => !(id in template.Resources))
    .map((id) => ({
      path: `functions.${name}.deploymentSettings.alarms`,
      received: id,
      problem: 'serverless-plugin-aws-alerts has not made this alarm',
      remedy: 'package with --stage, or remove custom.alerts.stages',
    }));
}

/**
 * Finds alarms that go off only in a total outage: the minimum of 0 and 1 is 1 only if every invocation of the period
 * failed.
 *
 * @param {GeneratedTemplate} template
 * @param {readonly string[]} alarms
 * @returns {Problem[]}
 */
function findDeafAlarms(template, alarms) {
  return alarms
    .filter((id) =>
      metricsOf(template.Resources[id]?.Properties ?? {}).some(
        ({ namespace, name, stat }) => namespace === 'AWS/Lambda' && name === 'Errors' && stat === 'Minimum',
      ),
    )
    .map((id) => ({
      path: `resources.Resources.${id}`,
      received: 'Minimum of Errors',
      problem: 'goes off only if every single invocation of a period fails',
      remedy: 'use the statistic Sum for a count, Average for a rate',
    }));
}

/**
 * @param {any} properties Of an alarm.
 * @returns {{ namespace: string, name: string, stat: string }[]} The metrics it watches, by itself or in metric math.
 */
function metricsOf({ Namespace, MetricName, Statistic, Metrics = [] }) {
  const inMath = Metrics.flatMap((/** @type {any} */ { MetricStat }) =>
    MetricStat
      ? { namespace: MetricStat.Metric.Namespace, name: MetricStat.Metric.MetricName, stat: MetricStat.Stat }
      : [],
  );
  return [{ namespace: Namespace, name: MetricName, stat: Statistic }, ...inMath];
}

/**
 * @param {GeneratedTemplate} template
 * @param {readonly string[]} alarms
 * @returns {Problem[]}
 */
function findUnfilledPlaceholders(template, alarms) {
  return alarms.flatMap((id) => {
    const placeholder = JSON.stringify(template.Resources[id]?.Properties ?? {}).match(/\$\[[^\]]*\]/)?.[0];
    if (!placeholder) return [];
    return {
      path: `resources.Resources.${id}`,
      received: placeholder,
      problem: 'nothing fills this placeholder in',
      known: ['$[alias]', '$[version]'],
      remedy: 'use a known one, and use it only in the alarms of functions that have deploymentSettings',
    };
  });
}

/**
 * @param {GeneratedTemplate} template
 * @param {readonly string[]} alarms
 * @returns {Problem[]}
 */
function findSharedNames(template, alarms) {
  const firstWith = new Map();
  /** @type {Problem[]} */
  const problems = [];
  for (const id of alarms) {
    const name = template.Resources[id]?.Properties?.AlarmName;
    if (name === undefined) continue;
    const key = JSON.stringify(name);
    if (!firstWith.has(key)) {
      firstWith.set(key, id);
      continue;
    }
    problems.push({
      path: `resources.Resources.${id}.Properties.AlarmName`,
      received: name,
      problem: `is also the name of ${firstWith.get(key)}, and CloudWatch would keep one of the two`,
      remedy: 'give each definition a different nameTemplate',
    });
  }
  return problems;
}

module.exports = { findTemplateProblems };
