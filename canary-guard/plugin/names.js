/** @import { AlertDefinition, AlertEntry, DeploymentSettings, Model, Service } from './model' */

/** @param {Pick<Model, 'service'>} model */
const functionNames = ({ service }) => Object.keys(service.functions ?? {});

/**
 * @param {Service} service
 * @param {string} name
 */
function functionOf(service, name) {
  return /** @type {NonNullable<Service['functions']>[string]} */ (service.functions?.[name]);
}

/**
 * @param {Service} service
 * @param {string} functionName
 * @returns {DeploymentSettings | undefined} A function's deployment settings over those of `custom`, as
 *   serverless-plugin-canary-deployments merges them. Undefined if the function has none, and so no canary.
 */
function deploymentSettings(service, functionName) {
  const own = functionOf(service, functionName).deploymentSettings;
  return own && { ...service.custom?.deploymentSettings, ...own };
}

/**
 * @param {Pick<Model, 'service'>} model
 * @returns {{ name: string, settings: DeploymentSettings }[]} The functions that are released by CodeDeploy.
 */
function canariedFunctions(model) {
  return functionNames(model).flatMap((name) => {
    const settings = deploymentSettings(model.service, name);
    return settings ? [{ name, settings }] : [];
  });
}

/**
 * @param {Pick<Model, 'service'>} model
 * @returns {Map<string, string[]>} The functions that are hooks, each with the functions that it guards.
 */
function hooks(model) {
  /** @type {Map<string, string[]>} */
  const guarded = new Map();
  for (const { name, settings } of canariedFunctions(model)) {
    for (const hook of new Set([settings.preTrafficHook, settings.postTrafficHook])) {
      if (hook === undefined || hook === name) continue; // the latter is reported where the hook is named
      guarded.set(hook, [...(guarded.get(hook) ?? []), name]);
    }
  }
  return guarded;
}

/**
 * @param {Pick<Model, 'service' | 'alerts'>} model
 * @returns {Record<string, AlertDefinition>}
 */
function alarmDefinitions({ service, alerts }) {
  return { ...alerts?.definitions, ...service.custom?.alerts?.definitions };
}

/**
 * @param {Pick<Model, 'service' | 'alerts'>} model
 * @param {string} functionName
 * @returns {{ path: string, entry: AlertEntry, definition: AlertDefinition }[]} What serverless-plugin-aws-alerts makes a
 *   function's alarms from, unknown and disabled ones included: the place, the entry found there, and what it means.
 */
function alarmEntriesOf(model, functionName) {
  const alerts = model.service.custom?.alerts ?? {};
  /**
   * @param {string} path
   * @param {readonly AlertEntry[] | undefined} list
   */
  const entries = (path, list) => (list ?? []).map((entry, index) => ({ path: `${path}[${index}]`, entry }));
  return [
    ...entries('custom.alerts.alarms', alerts.alarms),
    ...entries('custom.alerts.global', alerts.global),
    ...entries('custom.alerts.function', alerts.function),
    ...entries(`functions.${functionName}.alarms`, functionOf(model.service, functionName).alarms),
  ].map(({ path, entry }) => ({ path, entry, definition: definedBy(model, entry) }));
}

/**
 * @param {Pick<Model, 'service' | 'alerts'>} model
 * @param {AlertEntry} entry
 * @returns {AlertDefinition} The definition that the entry names, and over it what the entry says itself.
 */
function definedBy(model, entry) {
  const own = typeof entry === 'string' ? { name: entry } : entry;
  return { ...alarmDefinitions(model)[own?.name ?? ''], ...own };
}

/**
 * @param {Pick<Model, 'service' | 'stage' | 'alerts'>} model
 * @param {string} functionName
 * @returns {Map<string, AlertDefinition>} The alarms of one function by their logical ids. Each definition has a name.
 */
function alarmsOf(model, functionName) {
  const { service, stage, alerts } = model;
  const settings = service.custom?.alerts;
  if (!alerts || !settings || settings.externalStack) return new Map();
  if (settings.stages && !settings.stages.includes(stage)) return new Map();
  const definitions = alarmDefinitions(model);
  return new Map(
    alarmEntriesOf(model, functionName)
      .filter(({ entry }) => typeof entry !== 'string' || entry in definitions)
      .filter(({ definition }) => (definition.enabled ?? true) !== false)
      .flatMap(({ definition }) =>
        typeof definition.name === 'string' ? [[alerts.logicalId(definition.name, functionName), definition]] : [],
      ),
  );
}

/**
 * @param {Pick<Model, 'service' | 'stage' | 'alerts'>} model
 * @returns {string[]} The logical ids of every alarm of the stack.
 */
function alarmIds(model) {
  const own = Object.entries(model.service.resources?.Resources ?? {})
    .filter(([, resource]) => resource.Type === 'AWS::CloudWatch::Alarm')
    .map(([id]) => id);
  return [...functionNames(model).flatMap((name) => [...alarmsOf(model, name).keys()]), ...own];
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
  functionOf,
  hooks,
};
