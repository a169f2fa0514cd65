const {
  alarmDefinitions,
  alarmIds,
  alarmsOf,
  canariedFunctions,
  deploymentSettings,
  functionNames,
  hooks,
} = require('./names.js');

/** CodeDeploy's own configurations for Lambda, without their prefix `CodeDeployDefault.Lambda`. */
const DEPLOYMENT_TYPES = [
  'AllAtOnce',
  ...[5, 10, 15, 30].map((minutes) => `Canary10Percent${minutes}Minutes`),
  ...['1Minute', '2Minutes', '3Minutes', '10Minutes'].map((interval) => `Linear10PercentEvery${interval}`),
];
const SETTINGS = ['type', 'alias', 'preTrafficHook', 'postTrafficHook', 'alarms', 'triggerConfigurations'];
const GLOBAL_SETTINGS = [...SETTINGS, 'codeDeployRole', 'codeDeployRolePermissionsBoundary'];
/** More than this and CreateDeploymentGroup fails, in the middle of a deployment. (CodeDeploy quotas) */
const ALARM_LIMIT = 10;
/** Seconds. hooks/report.ts keeps 13 of a hook's time back for its verdict and the report. */
const SHORTEST_HOOK_TIMEOUT = 20;
const SLS_DEFAULT_TIMEOUT = 6;

/** What is wrong with the settings, before anything is generated from them. @returns {import('./problems').Problem[]} */
function findSettingProblems({ service, stage }) {
  return [
    ...findAlertProblems(service),
    ...findGlobalProblems(service),
    ...canariedFunctions(service).flatMap((name) => findCanaryProblems(service, stage, name)),
    ...[...hooks(service).keys()].flatMap((hook) => findHookProblems(service, hook)),
  ];
}

function findAlertProblems(service) {
  const problems = [];
  const alerts = service.custom?.alerts;
  const used = functionNames(service).filter((name) => service.functions[name].alarms?.length > 0);
  if (!alerts && used.length > 0) {
    problems.push({
      path: 'custom.alerts',
      received: undefined,
      problem: `the alarms of ${used.join(', ')} are not made without it`,
      remedy: 'define the alarms under custom.alerts.definitions, or set custom.alerts to {}',
    });
  }
  const topic = alerts?.topics?.alarm;
  if (typeof topic === 'string' && topic !== '' && !topic.startsWith('arn:')) {
    problems.push({
      path: 'custom.alerts.topics.alarm',
      received: topic,
      problem: 'is not the ARN of a topic, and would make a new topic of that name that nobody listens to',
      remedy: 'set ALARM_TOPIC_ARN to the ARN of a topic that exists, or to nothing',
    });
  }
  const definitions = Object.keys(alarmDefinitions(service));
  for (const name of used) {
    for (const [index, alarm] of service.functions[name].alarms.entries()) {
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

function findGlobalProblems(service) {
  const settings = service.custom?.deploymentSettings ?? {};
  return unknownSettings('custom.deploymentSettings', settings, GLOBAL_SETTINGS);
}

function findCanaryProblems(service, stage, name) {
  const own = service.functions[name].deploymentSettings;
  const settings = deploymentSettings(service, name);
  const pathOf = (setting) =>
    setting in own || !(setting in settings)
      ? `functions.${name}.deploymentSettings.${setting}`
      : `custom.deploymentSettings.${setting}`;
  const problems = unknownSettings(`functions.${name}.deploymentSettings`, own, [...SETTINGS, 'codeDeployRole']);

  if (!DEPLOYMENT_TYPES.includes(settings.type)) {
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

  const otherFunctions = functionNames(service).filter((other) => other !== name);
  for (const setting of ['preTrafficHook', 'postTrafficHook']) {
    if (settings[setting] === undefined || otherFunctions.includes(settings[setting])) continue;
    problems.push({
      path: pathOf(setting),
      received: settings[setting],
      problem: 'no other function of this service has this name',
      known: otherFunctions,
      remedy: 'name a function under functions, not its handler nor its full name',
    });
  }

  const known = alarmIds(service, stage);
  const alarms = settings.alarms ?? [];
  for (const [index, alarm] of alarms.entries()) {
    if (known.includes(alarm) || typeof alarm?.name === 'string') continue;
    const meant = [...alarmsOf(service, name, stage)].find(([, { name }]) => name === alarm)?.[0];
    problems.push({
      path: `${pathOf('alarms')}[${index}]`,
      received: alarm,
      problem: 'no alarm of this stack has this logical id, so it would stop nothing',
      known,
      remedy: meant
        ? `write ${meant}, the logical id of that alarm`
        : 'use a known logical id; the alarm of another stack goes in as { name: … }',
    });
  }
  if (alarms.length > ALARM_LIMIT) {
    problems.push({
      path: pathOf('alarms'),
      received: alarms.length,
      problem: `CodeDeploy watches at most ${ALARM_LIMIT} alarms in one deployment group`,
      remedy: 'keep those that a bad version sets off first',
    });
  }

  const versioned = service.functions[name].versionFunction ?? service.provider.versionFunctions ?? true;
  if (!versioned) {
    problems.push({
      path:
        service.functions[name].versionFunction === undefined
          ? 'provider.versionFunctions'
          : `functions.${name}.versionFunction`,
      received: false,
      problem: `traffic shifts between versions, and ${name} gets none`,
      remedy: 'remove the setting: provider.pruneFunctionVersions keeps old versions from piling up',
    });
  }
  if (service.functions[name].url) {
    problems.push({
      path: `functions.${name}.url`,
      received: service.functions[name].url,
      problem: 'a function URL calls the newest code at once, past the alias and its canary',
      remedy: 'use an httpApi event',
    });
  }
  return problems;
}

function findHookProblems(service, hook) {
  const problems = [];
  const settings = service.functions[hook];
  if (!settings) return problems; // reported where it is named
  if (settings.deploymentSettings) {
    problems.push({
      path: `functions.${hook}.deploymentSettings`,
      received: settings.deploymentSettings,
      problem: 'CodeDeploy calls the newest code of a hook, never its alias: its canary would get no traffic',
      remedy: 'remove it, or give the hook’s other work a function of its own',
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
  return problems;
}

function unknownSettings(path, settings, known) {
  return Object.keys(settings)
    .filter((setting) => !known.includes(setting))
    .map((setting) => ({
      path: `${path}.${setting}`,
      received: settings[setting],
      problem:
        setting === 'stages'
          ? 'leaves other stages without alias and deployment group, where no release can be followed'
          : 'is not a setting, and would be ignored',
      known,
      remedy:
        setting === 'stages' ? 'remove it, and set deploymentType to AllAtOnce for those stages' : 'use a known name',
    }));
}

module.exports = { DEPLOYMENT_TYPES, findSettingProblems };
