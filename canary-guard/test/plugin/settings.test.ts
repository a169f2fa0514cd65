import type { FunctionEvent, FunctionSettings, Problem, Service } from '../../plugin/model';
import { findSettingProblems } from '../../plugin/settings.js';
import { DEPLOYMENT_TYPES } from '../../rules/deployment-types.js';
import { alerts, namingOf } from './small-model';

const canary = { type: 'AllAtOnce', alias: 'Live' };

interface Changes extends Partial<Service> {
  readonly stack?: string;
  readonly hello?: FunctionSettings;
  readonly hook?: FunctionSettings;
  readonly settings?: object;
}

/** @returns The problems of a service of one canaried function and one hook, with changes. */
function problemsOf(
  { hello = {}, hook = {}, settings = {}, stack = 'svc-prod', ...service }: Changes = {},
  plugin: typeof alerts | null = alerts,
): Problem[] {
  return findSettingProblems({
    stage: 'prod',
    naming: namingOf(stack),
    alerts: plugin ?? undefined,
    service: {
      provider: {},
      functions: {
        hello: { deploymentSettings: { ...canary, preTrafficHook: 'hook', ...settings }, ...hello },
        hook: { timeout: 30, ...hook },
      },
      ...service,
    },
  });
}

test('a sound service has no problem', () => {
  expect(problemsOf()).toEqual([]);
});

test('a plugin list in which canary-guard does not come last is refused', () => {
  const [alertsPlugin, canaryPlugin] = ['serverless-plugin-aws-alerts', 'serverless-plugin-canary-deployments'];
  expect(
    problemsOf({ plugins: [alertsPlugin, canaryPlugin, 'serverless-canary-guard', 'serverless-offline'] }),
  ).toEqual([]);
  expect(problemsOf({ plugins: { modules: [canaryPlugin, 'serverless-canary-guard', alertsPlugin] } })).toEqual([
    expect.objectContaining({ path: 'plugins', remedy: 'list serverless-canary-guard last' }),
  ]);
});

test('a service without canaries has no problem, whatever its other settings', () => {
  expect(problemsOf({ functions: { hello: { url: true, versionFunction: false } } })).toEqual([]);
});

test('the nine deployment types of CodeDeploy for Lambda are known, and accepted', () => {
  expect(DEPLOYMENT_TYPES).toEqual([
    'AllAtOnce',
    'Canary10Percent5Minutes',
    'Canary10Percent10Minutes',
    'Canary10Percent15Minutes',
    'Canary10Percent30Minutes',
    'Linear10PercentEvery1Minute',
    'Linear10PercentEvery2Minutes',
    'Linear10PercentEvery3Minutes',
    'Linear10PercentEvery10Minutes',
  ]);
  expect(DEPLOYMENT_TYPES.flatMap((type: string) => problemsOf({ settings: { type } }))).toEqual([]);
});

test.each([undefined, 'canary10Percent5Minutes', 'CodeDeployDefault.LambdaAllAtOnce', 'Linear10PercentEvery5Minutes'])(
  'the deployment type %s is refused, with the known ones',
  (type) => {
    expect(problemsOf({ settings: { type } })).toEqual([
      expect.objectContaining({
        path: 'functions.hello.deploymentSettings.type',
        received: type,
        known: DEPLOYMENT_TYPES,
      }),
    ]);
  },
);

test('a setting that comes from custom is reported there', () => {
  const problems = problemsOf({
    hello: { deploymentSettings: {} },
    custom: { deploymentSettings: { type: 'Slowly', alias: '7' } },
  });
  expect(problems.map(({ path }) => path)).toEqual([
    'custom.deploymentSettings.type',
    'custom.deploymentSettings.alias',
  ]);
});

test('a hook that is not a function, or is the function itself, is refused, with the functions that it could be', () => {
  expect(problemsOf({ settings: { preTrafficHook: 'hello', postTrafficHook: 'hooks/pre.handler' } })).toEqual([
    expect.objectContaining({ path: 'functions.hello.deploymentSettings.preTrafficHook', known: ['hook'] }),
    expect.objectContaining({ path: 'functions.hello.deploymentSettings.postTrafficHook', known: ['hook'] }),
  ]);
});

test('a misspelled setting is refused instead of ignored', () => {
  expect(
    problemsOf({ settings: { preTraficHook: 'hook' }, custom: { deploymentSettings: { typ: 'AllAtOnce' } as object } }),
  ).toEqual([
    expect.objectContaining({ path: 'custom.deploymentSettings.typ' }),
    expect.objectContaining({ path: 'functions.hello.deploymentSettings.preTraficHook', received: 'hook' }),
  ]);
});

describe('alarms', () => {
  const definitions = { definitions: { slow: { metric: 'Duration' }, off: { enabled: false } } };

  test('of functions, of custom.alerts and of resources can be attached', () => {
    const custom = { alerts: { ...definitions, alarms: ['functionThrottles'] } };
    const resources = {
      Resources: { OwnAlarm: { Type: 'AWS::CloudWatch::Alarm' }, Topic: { Type: 'AWS::SNS::Topic' } },
    };
    const hello = { alarms: ['slow', { name: 'my-errors' }] };
    const attach = (alarms: unknown[]) =>
      problemsOf({
        custom,
        resources,
        hello: { ...hello, deploymentSettings: { ...canary, alarms } },
      });
    expect(
      attach([
        'HelloSlowAlarm',
        'HelloMyDasherrorsAlarm',
        'HelloFunctionThrottlesAlarm',
        'OwnAlarm',
        { name: 'an-alarm-of-another-stack' },
      ]),
    ).toEqual([]);
    expect(attach(['Topic']).map(({ path, known }) => [path, known])).toEqual([
      [
        'functions.hello.deploymentSettings.alarms[0]',
        [
          'HelloFunctionThrottlesAlarm',
          'HelloSlowAlarm',
          'HelloMyDasherrorsAlarm',
          'HookFunctionThrottlesAlarm',
          'OwnAlarm',
        ],
      ],
    ]);
  });

  test('that are attached by the name of their definition are refused, with the logical id to write', () => {
    const hello = { alarms: ['slow'], deploymentSettings: { ...canary, alarms: ['slow'] } };
    const [problem] = problemsOf({ custom: { alerts: definitions }, hello });
    expect(problem!.remedy).toBe('write HelloSlowAlarm, the logical id of that alarm');
  });

  test.each<[string, Service['custom']]>([
    ['switched off', { alerts: definitions }],
    ['of other stages', { alerts: { ...definitions, stages: ['dev'] } }],
    ['of an external stack', { alerts: { ...definitions, externalStack: true } }],
    ['without custom.alerts', {}],
  ])('that are %s cannot be attached', (_, custom) => {
    const hello = { alarms: ['off'], deploymentSettings: { ...canary, alarms: ['HelloOffAlarm'] } };
    expect(problemsOf({ custom, hello }).map(({ path }) => path)).toContain(
      'functions.hello.deploymentSettings.alarms[0]',
    );
  });

  test('are at most ten in one deployment group', () => {
    const alarms = Array.from({ length: 11 }, (_, index) => ({ name: `alarm-${index}` }));
    expect(problemsOf({ settings: { alarms: alarms.slice(1) } })).toEqual([]);
    expect(problemsOf({ settings: { alarms } })).toEqual([expect.objectContaining({ received: 11 })]);
  });

  test('cannot notify a topic that is a name, not an ARN', () => {
    const custom = (alarm: string) => ({ custom: { alerts: { topics: { alarm } } } });
    expect(problemsOf(custom(''))).toEqual([]);
    expect(problemsOf(custom('arn:aws-us-gov:sns:us-gov-west-1:111122223333:t'))).toEqual([]);
    expect(problemsOf(custom('ops'))).toEqual([expect.objectContaining({ path: 'custom.alerts.topics.alarm' })]);
  });
});

describe('without serverless-plugin-aws-alerts', () => {
  test('a service without alarms has no problem', () => {
    expect(problemsOf({}, null)).toEqual([]);
  });

  test('a service with alarms is refused by the name of the missing plugin, and by nothing that follows from it', () => {
    const hello = { alarms: ['slow'], deploymentSettings: { ...canary, alarms: ['HelloSlowAlarm'] } };
    expect(problemsOf({ custom: { alerts: {} }, hello }, null)).toEqual([
      {
        path: 'custom.alerts',
        received: {},
        problem: 'serverless-plugin-aws-alerts makes these alarms, and is not installed',
        remedy:
          'run npm install --save-dev serverless-plugin-aws-alerts and list it under plugins, before serverless-canary-guard; or remove custom.alerts',
      },
    ]);
  });
});

describe('a hook', () => {
  test('must not have a canary', () => {
    expect(problemsOf({ hook: { deploymentSettings: canary } })).toEqual([
      expect.objectContaining({ path: 'functions.hook.deploymentSettings' }),
    ]);
  });

  test.each<[string, Changes, number | undefined]>([
    ['functions.hook.timeout', { hook: { timeout: 14 } }, 14],
    ['functions.hook.timeout', { hook: { timeout: undefined } }, undefined],
    ['provider.timeout', { hook: { timeout: undefined }, provider: { timeout: 10 } }, 10],
  ])('must have the time to report: %s', (path, service, received) => {
    expect(problemsOf(service)).toEqual([expect.objectContaining({ path, received })]);
  });
});

test.each<FunctionEvent>([
  { sqs: 'arn:aws:sqs:eu-central-1:1:q' },
  { schedule: { method: 'scheduler', rate: ['rate(1 day)'] } },
])('a hook has no role for the event %o, unless it names one', (event) => {
  expect(problemsOf({ hook: { events: [event] } })).toEqual([
    expect.objectContaining({ path: `functions.hook.events[0].${Object.keys(event)[0]}` }),
  ]);
  expect(problemsOf({ hook: { events: [event], role: 'MyRole' } })).toEqual([]);
  expect(problemsOf({ hook: { events: [{ schedule: 'rate(1 day)' }] } })).toEqual([]);
});

test('a stack whose roles would have too long names is refused with the number', () => {
  expect(problemsOf({ stack: 'x'.repeat(55) })).toEqual([]);
  expect(problemsOf({ stack: 'x'.repeat(56) })).toEqual([
    expect.objectContaining({ path: 'service', problem: expect.stringContaining('has 56 characters') }),
  ]);
});

test.each<[string, Changes]>([
  ['functions.hello.url', { hello: { url: true } }],
  ['functions.hello.versionFunction', { hello: { versionFunction: false } }],
  ['provider.versionFunctions', { provider: { versionFunctions: false } }],
])('%s and a canary exclude each other', (path, service) => {
  expect(problemsOf(service)).toEqual([expect.objectContaining({ path })]);
});
