import { DEPLOYMENT_TYPES, findSettingProblems, type Problem } from './plugin';

const canary = { type: 'AllAtOnce', alias: 'Live' };

/** The problems of a service of one canaried function and one hook, with changes. */
function problemsOf({ hello = {}, hook = {}, settings = {}, ...service }: Record<string, object> = {}): Problem[] {
  return findSettingProblems({
    stage: 'prod',
    service: {
      provider: {},
      functions: {
        hello: { handler: 'h.hello', deploymentSettings: { ...canary, preTrafficHook: 'hook', ...settings }, ...hello },
        hook: { handler: 'h.hook', timeout: 30, ...hook },
      },
      ...service,
    },
  });
}

test('a sound service has no problem', () => {
  expect(problemsOf()).toEqual([]);
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

test('a hook that is no function, or the function itself, is refused, with the functions that it could be', () => {
  expect(problemsOf({ settings: { preTrafficHook: 'hello', postTrafficHook: 'hooks/pre.handler' } })).toEqual([
    expect.objectContaining({ path: 'functions.hello.deploymentSettings.preTrafficHook', known: ['hook'] }),
    expect.objectContaining({ path: 'functions.hello.deploymentSettings.postTrafficHook', known: ['hook'] }),
  ]);
});

test('a misspelled setting is refused instead of ignored', () => {
  expect(
    problemsOf({ settings: { preTraficHook: 'hook' }, custom: { deploymentSettings: { typ: 'AllAtOnce' } } }),
  ).toEqual([
    expect.objectContaining({ path: 'custom.deploymentSettings.typ' }),
    expect.objectContaining({ path: 'functions.hello.deploymentSettings.preTraficHook', received: 'hook' }),
  ]);
});

describe('alarms', () => {
  const alerts = { definitions: { slow: { metric: 'Duration' }, off: { enabled: false } } };

  test('of functions, of custom.alerts and of resources can be attached', () => {
    const custom = { alerts: { ...alerts, alarms: ['functionThrottles'] } };
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
    const [problem] = problemsOf({ custom: { alerts }, hello });
    expect(problem!.remedy).toBe('write HelloSlowAlarm, the logical id of that alarm');
  });

  test.each([
    ['switched off', { alerts }],
    ['of other stages', { alerts: { ...alerts, stages: ['dev'] } }],
    ['of an external stack', { alerts: { ...alerts, externalStack: true } }],
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

  test('cannot tell a topic that is a name, not an ARN', () => {
    const custom = (alarm: string) => ({ custom: { alerts: { topics: { alarm } } } });
    expect(problemsOf(custom(''))).toEqual([]);
    expect(problemsOf(custom('arn:aws-us-gov:sns:us-gov-west-1:111122223333:t'))).toEqual([]);
    expect(problemsOf(custom('ops'))).toEqual([expect.objectContaining({ path: 'custom.alerts.topics.alarm' })]);
  });
});

describe('a hook', () => {
  test('must not have a canary of its own', () => {
    expect(problemsOf({ hook: { deploymentSettings: canary } })).toEqual([
      expect.objectContaining({ path: 'functions.hook.deploymentSettings' }),
    ]);
  });

  test.each([
    ['functions.hook.timeout', { hook: { timeout: 14 } }, 14],
    ['functions.hook.timeout', { hook: { timeout: undefined } }, undefined],
    ['provider.timeout', { hook: { timeout: undefined }, provider: { timeout: 10 } }, 10],
  ])('must have the time to report: %s', (path, service, received) => {
    expect(problemsOf(service as Record<string, object>)).toEqual([expect.objectContaining({ path, received })]);
  });
});

test.each([
  ['functions.hello.url', { hello: { url: true } }],
  ['functions.hello.versionFunction', { hello: { versionFunction: false } }],
  ['provider.versionFunctions', { provider: { versionFunctions: false } }],
])('%s and a canary exclude each other', (path, service) => {
  expect(problemsOf(service as Record<string, object>)).toEqual([expect.objectContaining({ path })]);
});
