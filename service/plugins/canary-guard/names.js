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

/** The alarms of one function as logical id → its entry (a definition's name, or an object). */
function alarmsOf(service, functionName, stage) {
  const alerts = service.custom?.alerts;
  if (!alerts || alerts.externalStack || (alerts.stages && !alerts.stages.includes(stage))) return new Map();
  const entries = ['alarms', 'global', 'function'].flatMap((key) => alerts[key] ?? []);
  entries.push(...(service.functions[functionName].alarms ?? []));
  const definitions = alarmDefinitions(service);
  return new Map(
    entries
      .filter((entry) => typeof entry !== 'string' || entry in definitions)
      .map((entry) => (typeof entry === 'string' ? { name: entry } : entry))
      .filter((alarm) => typeof alarm?.name === 'string')
      .filter((alarm) => (alarm.enabled ?? definitions[alarm.name]?.enabled ?? true) !== false)
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
  alarmIds,
  alarmsOf,
  canariedFunctions,
  deploymentSettings,
  functionNames,
  hooks,
};
