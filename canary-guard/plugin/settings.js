/** @import { DeploymentSettings, FunctionSettings, Model, Problem, Service } from './model' */
const { DEPLOYMENT_TYPES } = require('../rules/deployment-types.js');
const ALERTS_PLUGIN = require('./alerts-plugin.js').NAME;
const { STACK_NAME_LIMIT } = require('./role.js');
const {
  alarmDefinitions,
  alarmIds,
  alarmsOf,
  canariedFunctions,
  functionNames,
  functionOf,
  hooks,
} = require('./names.js');

const SETTINGS = ['type', 'alias', 'preTrafficHook', 'postTrafficHook', 'alarms', 'triggerConfigurations'];
const GLOBAL_SETTINGS = [...SETTINGS, 'codeDeployRole', 'codeDeployRolePermissionsBoundary'];

/** With more, CreateDeploymentGroup fails, in the middle of a deployment. (CodeDeploy quotas) */
const ALARM_LIMIT = 10;

/** Seconds. hooks/report.ts reserves 13 of a hook's time for its findings and the report. */
const SHORTEST_HOOK_TIMEOUT = 20;

/** Seconds. */
const SLS_DEFAULT_TIMEOUT = 6;

/** Events for which the role of a function needs more than to be one: Lambda, the scheduler or CloudFront uses it. */
const NEED_ROLE = ['sqs', 'stream', 'kafka', 'msk', 'activemq', 'rabbitmq', 'cloudFront'];

/**
 * Finds what is wrong with the settings, before anything is generated from them.
 *
 * @param {Pick<Model, 'service' | 'stage' | 'alerts' | 'naming'>} model
 * @returns {Problem[]}
 */
function findSettingProblems(model) {
  return [
    ...findOrderProblems(model.service),
    ...findAlertProblems(model),
    ...unknownSettings('custom.deploymentSettings', model.service.custom?.deploymentSettings ?? {}, GLOBAL_SETTINGS),
    ...canariedFunctions(model).flatMap(({ name, settings }) => findCanaryProblems(model, name, settings)),
    ...[...hooks(model).keys()].flatMap((hook) => findHookProblems(model.service, hook)),
    ...findNameProblems(model),
  ];
}

/**
 * The names of the roles begin with that of the stack, since the role that deploys may be limited to such names. So they can be
 * shortened only so far.
 *
 * @param {Pick<Model, 'service' | 'naming'>} model
 * @returns {Problem[]}
 */
function findNameProblems({ service, naming }) {
  const stack = naming.getStackName();
  const getRole =
    canariedFunctions({ service }).some(({ settings }) => settings.codeDeployRole === undefined) ||
    [...hooks({ service }).keys()].some((hook) => service.functions?.[hook]?.role === undefined);
  if (stack.length <= STACK_NAME_LIMIT || !getRole) return [];
  return [
    {
      path: 'service',
      received: stack,
      problem: `the name of the stack has ${stack.length} characters; for the names of its roles to have at most the 64 that IAM allows, it may have ${STACK_NAME_LIMIT}`,
      remedy: 'shorten the name of the service or of the stage, or give CodeDeploy and the hooks roles of your own',
    },
  ];
}

/**
 * What the other two plugins generate is completed and checked afterwards, so they must be listed before.
 *
 * @param {Pick<Service, 'plugins'>} service
 * @returns {Problem[]}
 */
function findOrderProblems({ plugins }) {
  const listed = Array.isArray(plugins) ? plugins : (plugins?.modules ?? []);
  const own = listed.indexOf('serverless-canary-guard');
  const late = ['serverless-plugin-aws-alerts', 'serverless-plugin-canary-deployments'].filter(
    (name) => own >= 0 && listed.indexOf(name) > own,
  );
  if (late.length === 0) return [];
  const problem = `canary-guard runs before ${late.join(' and ')}, and cannot complete what they generate`;
  return [{ path: 'plugins', received: listed, problem, remedy: 'list serverless-canary-guard last' }];
}

/**
 * @param {Pick<Model, 'service' | 'alerts'>} model
 * @returns {Problem[]}
 */
function findAlertProblems(model) {
  const { service } = model;
  const settings = service.custom?.alerts;
  if (settings && !model.alerts) return [missingPlugin(settings)];
  /** @type {Problem[]} */
  const problems = [];
  const used = functionNames(model).flatMap((name) => {
    const { alarms = [] } = functionOf(service, name);
    return alarms.length > 0 ? [{ name, alarms }] : [];
  });
  if (!settings && used.length > 0) {
    problems.push({
      path: 'custom.alerts',
      received: undefined,
      problem: `the alarms of ${used.map(({ name }) => name).join(', ')} are not made without it`,
      remedy: 'define the alarms under custom.alerts.definitions, or set custom.alerts to {}',
    });
  }
  const topic = settings?.topics?.alarm;
  if (typeof topic === 'string' && topic !== '' && !topic.startsWith('arn:')) {
    problems.push({
      path: 'custom.alerts.topics.alarm',
      received: topic,
      problem: 'is not the ARN of a topic, and would create a new topic of that name without subscribers',
      remedy: 'set ALARM_TOPIC_ARN to the ARN of a topic that exists, or to nothing',
    });
  }
  const definitions = Object.keys(alarmDefinitions(model));
  for (const { name, alarms } of used) {
    for (const [index, alarm] of alarms.entries()) {
      if (typeof alarm !== 'string' || definitions.includes(alarm)) continue;
      problems.push({
        path: `functions.${name}.alarms[${index}]`,
        received: alarm,
        problem: 'no alarm is defined under this name',
        known: definitions,
        remedy: 'use one of the known names, or define it under custom.alerts.definitions',
      });
    }
  }
  return problems;
}

/**
 * @param {object} settings
 * @returns {Problem}
 */
function missingPlugin(settings) {
  return {
    path: 'custom.alerts',
    received: settings,
    problem: `${ALERTS_PLUGIN} makes these alarms, and is not installed`,
    remedy: `run npm install --save-dev ${ALERTS_PLUGIN} and list it under plugins, before serverless-canary-guard; or remove custom.alerts`,
  };
}

/**
 * @param {Pick<Model, 'service' | 'stage' | 'alerts'>} model
 * @param {string} name
 * @param {DeploymentSettings} settings
 * @returns {Problem[]}
 */
function findCanaryProblems(model, name, settings) {
  const { service } = model;
  const { deploymentSettings: own = {}, versionFunction, url } = functionOf(service, name);
  /** @param {string} setting */
  const pathOf = (setting) =>
    setting in own || !(setting in settings)
      ? `functions.${name}.deploymentSettings.${setting}`
      : `custom.deploymentSettings.${setting}`;
  const problems = unknownSettings(`functions.${name}.deploymentSettings`, own, [...SETTINGS, 'codeDeployRole']);

  if (!DEPLOYMENT_TYPES.some((type) => type === settings.type)) {
    problems.push({
      path: pathOf('type'),
      received: settings.type,
      problem: 'is not a deployment type of CodeDeploy for Lambda',
      known: DEPLOYMENT_TYPES,
      remedy: 'use a known type, under params of the stage or with --param=deploymentType=…',
    });
  }
  if (typeof settings.alias !== 'string' || !/^(?!\d+$)[A-Za-z0-9]+$/.test(settings.alias)) {
    problems.push({
      path: pathOf('alias'),
      received: settings.alias,
      problem: 'cannot be the name of an alias and part of a logical id',
      remedy: 'use letters and digits, such as Live',
    });
  }

  const otherFunctions = functionNames(model).filter((other) => other !== name);
  for (const setting of /** @type {const} */ (['preTrafficHook', 'postTrafficHook'])) {
    const hook = settings[setting];
    if (hook === undefined || otherFunctions.includes(hook)) continue;
    problems.push({
      path: pathOf(setting),
      received: hook,
      problem: 'no other function of this service has this name',
      known: otherFunctions,
      remedy: 'name a function under functions, not its handler nor its full name',
    });
  }

  problems.push(...findAttachmentProblems(model, name, settings.alarms ?? [], pathOf('alarms')));

  if (!(versionFunction ?? service.provider.versionFunctions ?? true)) {
    problems.push({
      path: versionFunction === undefined ? 'provider.versionFunctions' : `functions.${name}.versionFunction`,
      received: false,
      problem: `traffic shifts between versions, and ${name} gets none`,
      remedy: 'remove the setting: provider.pruneFunctionVersions keeps old versions from piling up',
    });
  }
  if (url) {
    problems.push({
      path: `functions.${name}.url`,
      received: url,
      problem: 'a function URL calls the newest code at once, bypassing the alias and its canary',
      remedy: 'use an httpApi event',
    });
  }
  return problems;
}

/**
 * Finds what is wrong with the alarms that are attached to a function's deployment group.
 *
 * @param {Pick<Model, 'service' | 'stage' | 'alerts'>} model
 * @param {string} name
 * @param {readonly unknown[]} alarms
 * @param {string} path
 * @returns {Problem[]}
 */
function findAttachmentProblems(model, name, alarms, path) {
  /** @type {Problem[]} */
  const problems = [];
  const known = alarmIds(model);
  // Without the plugin that makes the alarms none is known, and that has been reported.
  const complete = model.alerts || !model.service.custom?.alerts;
  for (const [index, alarm] of complete ? alarms.entries() : []) {
    if (known.some((id) => id === alarm) || isAlarmOfAnotherStack(alarm)) continue;
    const meant = [...alarmsOf(model, name)].find(([, definition]) => definition.name === alarm)?.[0];
    problems.push({
      path: `${path}[${index}]`,
      received: alarm,
      problem: 'no alarm of this stack has this logical id, so it would stop nothing',
      known,
      remedy: meant
        ? `write ${meant}, the logical id of that alarm`
        : 'use a known logical id; write an alarm of another stack as { name: … }',
    });
  }
  if (alarms.length > ALARM_LIMIT) {
    problems.push({
      path,
      received: alarms.length,
      problem: `CodeDeploy watches at most ${ALARM_LIMIT} alarms in one deployment group`,
      remedy: 'keep those that a bad version sets off first',
    });
  }
  return problems;
}

/** @param {unknown} alarm */
const isAlarmOfAnotherStack = (alarm) =>
  typeof alarm === 'object' && alarm !== null && 'name' in alarm && typeof alarm.name === 'string';

/**
 * @param {Model['service']} service
 * @param {string} hook
 * @returns {Problem[]}
 */
function findHookProblems(service, hook) {
  const settings = service.functions?.[hook];
  if (!settings) return []; // reported where it is named
  /** @type {Problem[]} */
  const problems = [];
  if (settings.deploymentSettings) {
    problems.push({
      path: `functions.${hook}.deploymentSettings`,
      received: settings.deploymentSettings,
      problem: 'CodeDeploy calls the newest code of a hook, never its alias: its canary would get no traffic',
      remedy: 'remove it, or move what else the hook does to another function',
    });
  }
  const timeout = settings.timeout ?? service.provider.timeout ?? SLS_DEFAULT_TIMEOUT;
  if (timeout < SHORTEST_HOOK_TIMEOUT) {
    problems.push({
      path:
        settings.timeout === undefined && service.provider.timeout ? 'provider.timeout' : `functions.${hook}.timeout`,
      received: settings.timeout ?? service.provider.timeout,
      problem: `${timeout} s are too few for a hook: a hook that ends before it reports holds the deployment for an hour`,
      remedy: `set functions.${hook}.timeout to ${SHORTEST_HOOK_TIMEOUT} or more, such as 60`,
    });
  }
  return [...problems, ...findEventProblems(hook, settings)];
}

/**
 * @param {string} hook
 * @param {FunctionSettings} settings
 * @returns {Problem[]}
 */
function findEventProblems(hook, { role, events = [] }) {
  if (role !== undefined) return [];
  return events.flatMap((event, index) =>
    Object.entries(event)
      .filter(([type, settings]) => NEED_ROLE.includes(type) || isScheduled(settings))
      .map(([type, received]) => ({
        path: `functions.${hook}.events[${index}].${type}`,
        received,
        problem: 'needs permissions that the role of a hook does not have',
        remedy: `move what else the hook does to another function, or give it a role by functions.${hook}.role`,
      })),
  );
}

/** @param {any} settings */
const isScheduled = (settings) => settings?.method === 'scheduler';

/**
 * @param {string} path
 * @param {object} settings
 * @param {readonly string[]} known
 * @returns {Problem[]}
 */
function unknownSettings(path, settings, known) {
  return Object.entries(settings)
    .filter(([setting]) => !known.includes(setting))
    .map(([setting, received]) => ({
      path: `${path}.${setting}`,
      received,
      problem:
        setting === 'stages'
          ? 'leaves other stages without alias and deployment group, where no release can be followed'
          : 'is not a setting, and would be ignored',
      known,
      remedy:
        setting === 'stages' ? 'remove it, and set deploymentType to AllAtOnce for those stages' : 'use a known name',
    }));
}

module.exports = { findSettingProblems };
