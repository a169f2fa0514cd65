/** The names that the other two plugins make, as they make them. */
const AlarmNaming = require('serverless-plugin-aws-alerts/src/naming');
const builtInAlarms = require('serverless-plugin-aws-alerts/src/defaults/definitions');

const alarmNaming = new AlarmNaming();

const functionNames = (service) => Object.keys(service.functions ?? {});

/** A function's deployment settings over those of `custom`, as the canary plugin merges them; none if not canaried. */
function deploymentSettings(service, functionName) {
  const own = service.functions[functionName].deploymentSettings;
  return own && { ...service.custom?.deploymentSettings, ...own };
}

const canariedFunctions = (service) => functionNames(service).filter((name) => deploymentSettings(service, name));

/** The functions that are hooks, each with the canaried functions that name it. */
function hooks(service) {
  const guarded = new Map();
  for (const name of canariedFunctions(service)) {
    const { preTrafficHook, postTrafficHook } = deploymentSettings(service, name);
    for (const hook of new Set([preTrafficHook, postTrafficHook])) {
      if (hook === undefined || hook === name) continue; // the latter is reported where it is named
      guarded.set(hook, [...(guarded.get(hook) ?? []), name]);
    }
  }
  return guarded;
}

const alarmDefinitions = (service) => ({ ...builtInAlarms, ...service.custom?.alerts?.definitions });

/**
 * What serverless-plugin-aws-alerts makes a function's alarms of, the unknown and the disabled ones included.
 * @returns {{ path: string, entry: unknown, definition: object }[]} where each stands, what stands there, and what
 *   it means
 */
function alarmEntriesOf(service, functionName) {
  const alerts = service.custom?.alerts ?? {};
  const listed = (path, list) => (list ?? []).map((entry, index) => ({ path: `${path}[${index}]`, entry }));
  return [
    ...['alarms', 'global', 'function'].flatMap((key) => listed(`custom.alerts.${key}`, alerts[key])),
    ...listed(`functions.${functionName}.alarms`, service.functions[functionName].alarms),
  ].map(({ path, entry }) => ({ path, entry, definition: definedBy(service, entry) }));
}

/** What an entry of a list of alarms means: the definition of its name, and over it what the entry says itself. */
function definedBy(service, entry) {
  const own = typeof entry === 'string' ? { name: entry } : entry;
  return { ...alarmDefinitions(service)[own?.name], ...own };
}

/** The alarms of one function as logical id → its definition, with its name. */
function alarmsOf(service, functionName, stage) {
  const alerts = service.custom?.alerts;
  if (!alerts || alerts.externalStack || (alerts.stages && !alerts.stages.includes(stage))) return new Map();
  const definitions = alarmDefinitions(service);
  return new Map(
    alarmEntriesOf(service, functionName)
      .filter(({ entry }) => typeof entry !== 'string' || entry in definitions)
      .map(({ definition }) => definition)
      .filter(({ name }) => typeof name === 'string')
      .filter(({ enabled }) => (enabled ?? true) !== false)
      .map((alarm) => [alarmNaming.getAlarmCloudFormationRef(alarm.name, functionName), alarm]),
  );
}

/** The logical ids of every alarm of the stack. */
function alarmIds(service, stage) {
  const own = Object.entries(service.resources?.Resources ?? {})
    .filter(([, resource]) => resource.Type === 'AWS::CloudWatch::Alarm')
    .map(([id]) => id);
  return [...functionNames(service).flatMap((name) => [...alarmsOf(service, name, stage).keys()]), ...own];
}

module.exports = {
  alarmDefinitions,
  alarmEntriesOf,
  alarmIds,
  alarmsOf,
  canariedFunctions,
  definedBy,
  deploymentSettings,
  functionNames,
  hooks,
};
