const { alarmIds, canariedFunctions, deploymentSettings } = require('./names.js');

/** What may speak of a canaried function itself, not of its alias, because it brings it no traffic. */
const BRINGS_NO_TRAFFIC = [
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

/** What is wrong with the generated template. @returns {import('./problems').Problem[]} */
function findTemplateProblems({ service, stage, naming, template }) {
  const canaried = canariedFunctions(service);
  return [
    ...canaried.flatMap((name) => findBypasses(template, name, naming, deploymentSettings(service, name).alias)),
    ...canaried.flatMap((name) => findMissingAlarms(template, name, deploymentSettings(service, name).alarms ?? [])),
    ...canaried.flatMap((name) => findDeafAlarms(template, deploymentSettings(service, name).alarms ?? [])),
    ...findUnfilledPlaceholders(template, alarmIds(service, stage)),
    ...findSharedNames(template, alarmIds(service, stage)),
  ];
}

function findBypasses(template, name, naming, alias) {
  const functionId = naming.getLambdaLogicalId(name);
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => !BRINGS_NO_TRAFFIC.includes(Type))
    .filter(([, { Properties }]) => refersTo(Properties, functionId))
    .map(([id, { Type }]) => ({
      path: `resources.Resources.${id}`,
      received: Type,
      problem: `calls the newest code of ${name} at once, past the alias ${alias} and its canary`,
      remedy: `let it call !Ref ${functionId}Alias${alias}, or use an event that serverless-plugin-canary-deployments knows`,
    }));
}

function refersTo(value, logicalId) {
  if (!value || typeof value !== 'object') return false;
  if (value.Ref === logicalId) return true;
  const attribute = value['Fn::GetAtt'];
  if (attribute && [attribute].flat()[0].split('.')[0] === logicalId) return true;
  const text = [value['Fn::Sub']].flat()[0];
  if (typeof text === 'string' && (text.includes(`\${${logicalId}}`) || text.includes(`\${${logicalId}.`))) return true;
  return Object.values(value).some((item) => refersTo(item, logicalId));
}

/** serverless-plugin-aws-alerts makes none for a default stage that custom.alerts.stages names: it reads --stage only. */
function findMissingAlarms(template, name, alarms) {
  return alarms
    .filter((id) => typeof id === 'string' && !(id in template.Resources))
    .map((id) => ({
      path: `functions.${name}.deploymentSettings.alarms`,
      received: id,
      problem: 'serverless-plugin-aws-alerts has not made this alarm',
      remedy: 'package with --stage, or remove custom.alerts.stages',
    }));
}

/** The least of 0 and 1 is 1 only if every invocation of the period failed. */
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

/** The metrics that an alarm looks at, by itself or in metric math. */
function metricsOf({ Namespace, MetricName, Statistic, Metrics = [] }) {
  const inMath = Metrics.filter(({ MetricStat }) => MetricStat).map(({ MetricStat: { Metric, Stat } }) => ({
    namespace: Metric.Namespace,
    name: Metric.MetricName,
    stat: Stat,
  }));
  return [{ namespace: Namespace, name: MetricName, stat: Statistic }, ...inMath];
}

function findUnfilledPlaceholders(template, alarms) {
  return alarms
    .map((id) => [id, JSON.stringify(template.Resources[id]?.Properties ?? {}).match(/\$\[[^\]]*\]/)?.[0]])
    .filter(([, placeholder]) => placeholder)
    .map(([id, placeholder]) => ({
      path: `resources.Resources.${id}`,
      received: placeholder,
      problem: 'nothing fills this placeholder in',
      known: ['$[alias]', '$[version]'],
      remedy: 'use a known one, and use it only in the alarms of functions that have deploymentSettings',
    }));
}

function findSharedNames(template, alarms) {
  const firstWith = new Map();
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
      problem: `is the name of ${firstWith.get(key)} too, and CloudWatch would keep one of the two`,
      remedy: 'give each definition a nameTemplate of its own',
    });
  }
  return problems;
}

module.exports = { findTemplateProblems };
