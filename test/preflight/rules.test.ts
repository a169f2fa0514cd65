// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills them in
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTRACT, findingsOf } from '../../preflight/preflight';
import { rules } from '../../preflight/rules';
import type { SubjectProps } from '../../preflight/subject';
import type { Template } from '../../preflight/template/template';
import { comparison } from './comparisons';
import {
  alarm,
  arnOf,
  bothVersions,
  lambda,
  newVersion,
  type Resources,
  ref,
  role,
  soundApi,
  soundService,
  subject,
} from './small-service';

type Change = (resources: Resources) => void;

/** @returns The findings about a changed sound service, as `severity rule path`. */
function found(change?: Change, props: Partial<SubjectProps> = {}, service = soundService()): readonly string[] {
  return findingsOf(subject(change, props, service)).map(
    ({ severity, rule, where }) => `${severity} ${rule} ${where.path.replace('Resources.', '')}`,
  );
}

const errors =
  (properties: object): Change =>
  (resources) => {
    resources.ErrorsAlarm = alarm(properties);
  };
const group =
  (change: (properties: Resources) => void): Change =>
  (resources) =>
    change(resources.Group.Properties);

/** Replaces the sound service's alarm by an expression. */
const compared = {
  errors: (more = {}, period = 300): Change => errors(comparison('errors', period, more)),
  latency: (more = {}): Change => errors(comparison('latency', 300, more)),
  throttles: (): Change => errors(comparison('throttles', 60, { Threshold: 1 })),
  alias: (): Change => errors(comparison('alias', 60, { Threshold: 5 })),
};

test('no rule finds a problem in a sound service', () => {
  expect(found()).toEqual([]);
});

test.each<[string, Change, readonly string[]]>([
  [
    'the minimum of errors',
    errors({ Statistic: 'Minimum', Threshold: 1 }),
    ['error minimum-of-errors ErrorsAlarm.Properties.Statistic'],
  ],
  [
    'a rate in percent',
    errors({ Statistic: 'Average', Threshold: 5 }),
    ['error threshold-out-of-range ErrorsAlarm.Properties.Threshold'],
  ],
  [
    'a threshold above the maximum',
    errors({ Statistic: 'Maximum', Threshold: '1', ComparisonOperator: 'GreaterThanThreshold' }),
    ['error threshold-out-of-range ErrorsAlarm.Properties.Threshold'],
  ],
  [
    'a threshold that is always reached',
    errors({ Threshold: 0 }),
    ['error threshold-out-of-range ErrorsAlarm.Properties.Threshold'],
  ],
  [
    'a version without its alias',
    errors({ Dimensions: [newVersion[0], newVersion[2]] }),
    ['error metric-without-data ErrorsAlarm.Properties'],
  ],
  [
    'another alias',
    errors({ Dimensions: [newVersion[0], { Name: 'Resource', Value: { 'Fn::Sub': '${HelloLambdaFunction}:Alive' } }] }),
    ['error metric-without-data ErrorsAlarm.Properties'],
  ],
  [
    'a period that Lambda does not report',
    errors({ Period: 10 }),
    ['error metric-without-data ErrorsAlarm.Properties'],
  ],
  [
    'more datapoints than periods',
    errors({ DatapointsToAlarm: 2 }),
    ['error metric-without-data ErrorsAlarm.Properties.DatapointsToAlarm'],
  ],
  ['a window of five minutes, evaluated every minute, in a shift of five minutes', errors({ Period: 300 }), []],
  [
    'two consecutive windows, in a shift as long as one',
    errors({ Period: 300, EvaluationPeriods: 2 }),
    ['error window-longer-than-shift ErrorsAlarm.Properties.EvaluationPeriods'],
  ],
  [
    'a window that hardly fits',
    errors({ EvaluationPeriods: 3 }),
    ['warning window-longer-than-shift ErrorsAlarm.Properties.EvaluationPeriods'],
  ],
  ['a window longer than the shift, of the new version alone', errors({ Period: 900 }), []],
  [
    'a window longer than the shift, of both versions',
    errors({ Period: 900, Dimensions: bothVersions }),
    [
      'warning window-longer-than-shift ErrorsAlarm.Properties.Period',
      'warning alarm-diluted ErrorsAlarm.Properties.Dimensions',
    ],
  ],
  ['the new version’s errors compared with the baseline’s', compared.errors(), []],
  ['the new version’s latency compared with the baseline’s', compared.latency(), []],
  ['calls that Lambda refuses', compared.throttles(), []],
  [
    'a comparison over more than the shift',
    compared.errors({}, 900),
    ['warning window-longer-than-shift ErrorsAlarm.Properties.Metrics'],
  ],
  [
    'an expression that does not tell the versions apart',
    compared.alias(),
    ['error alarm-diluted ErrorsAlarm.Properties.Metrics'],
  ],
  [
    'a comparison that no deployment group names',
    (resources) => {
      compared.errors()(resources);
      resources.Other = alarm({ AlarmName: 'other' });
      resources.Group.Properties.AlarmConfiguration.Alarms = [{ Name: ref('Other') }];
    },
    ['warning alarm-not-attached ErrorsAlarm'],
  ],
  [
    'a reference to an alarm that does not exist',
    group((properties) => {
      properties.AlarmConfiguration.Alarms.push({ Name: ref('Nothing') });
    }),
    ['error alarm-wrong-name Group.Properties.AlarmConfiguration.Alarms[1]'],
  ],
  [
    'names that no alarm has, one of them similar to an existing name',
    group((properties) => {
      properties.AlarmConfiguration.Alarms = [{ Name: 'ErrorsAlarm2' }, { Name: 'Errors' }];
    }),
    [
      'error alarm-wrong-name Group.Properties.AlarmConfiguration.Alarms[1]',
      'warning alarm-wrong-name Group.Properties.AlarmConfiguration.Alarms[0]',
    ],
  ],
  [
    'the name that the alarm has',
    group((properties) => {
      properties.AlarmConfiguration.Alarms = [{ Name: 'shop-prod-hello-errors' }];
    }),
    [],
  ],
  [
    'an alarm that is not attached',
    (resources) => {
      resources.Other = alarm({ AlarmName: 'other' });
    },
    ['warning alarm-not-attached Other'],
  ],
  [
    'a rate of both versions',
    errors({ Statistic: 'Average', Threshold: 0.05, Dimensions: bothVersions }),
    ['error alarm-diluted ErrorsAlarm.Properties.Dimensions'],
  ],
  [
    'a count of both versions',
    errors({ Dimensions: bothVersions }),
    ['warning alarm-diluted ErrorsAlarm.Properties.Dimensions'],
  ],
  [
    'missing data that breaches',
    errors({ TreatMissingData: 'breaching' }),
    ['error missing-data ErrorsAlarm.Properties.TreatMissingData'],
  ],
  [
    'missing data that is ignored',
    errors({ TreatMissingData: 'ignore' }),
    ['warning missing-data ErrorsAlarm.Properties.TreatMissingData'],
  ],
  [
    'an alarm on too few requests, which has no data without any',
    errors({ MetricName: 'Invocations', ComparisonOperator: 'LessThanThreshold' }),
    ['warning missing-data ErrorsAlarm.Properties.TreatMissingData'],
  ],
  [
    'no alarm',
    group((properties) => {
      properties.AlarmConfiguration.Alarms = [];
    }),
    ['error no-alarm Group.Properties.AlarmConfiguration', 'warning alarm-not-attached ErrorsAlarm'],
  ],
  [
    'alarms that are disabled',
    group((properties) => {
      properties.AlarmConfiguration.Enabled = false;
    }),
    ['error no-alarm Group.Properties.AlarmConfiguration'],
  ],
  [
    'no rollback on alarms',
    group((properties) => {
      properties.AutoRollbackConfiguration.Events.pop();
    }),
    ['error no-alarm Group.Properties.AutoRollbackConfiguration'],
  ],
  [
    'eleven alarms',
    group((properties) => {
      properties.AlarmConfiguration.Alarms = Array(11).fill({ Name: ref('ErrorsAlarm') });
    }),
    ['error too-many-alarms Group.Properties.AlarmConfiguration.Alarms'],
  ],
  [
    'a composite alarm',
    (resources) => {
      resources.Both = { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: {} };
      resources.Group.Properties.AlarmConfiguration.Alarms.push({ Name: ref('Both') });
    },
    ['warning composite-alarm Group.Properties.AlarmConfiguration.Alarms[1]'],
  ],
  [
    'no pre-traffic hook',
    (resources) => {
      delete resources.HelloAlias.UpdatePolicy.CodeDeployLambdaAliasUpdate.BeforeAllowTrafficHook;
    },
    ['warning no-hook HelloAlias.UpdatePolicy.CodeDeployLambdaAliasUpdate'],
  ],
  [
    'a hook that does not exist',
    (resources) => {
      delete resources.PreLambdaFunction;
    },
    ['error hook-unknown HelloAlias.UpdatePolicy.CodeDeployLambdaAliasUpdate.BeforeAllowTrafficHook'],
  ],
  [
    'a hook that may not report',
    (resources) => {
      resources.HookRole = role({ Effect: 'Allow', Action: 'codedeploy:Get*', Resource: '*' });
    },
    ['error hook-permission HookRole.Properties', 'error hook-permission HookRole.Properties'],
  ],
  [
    'a hook that may report on another group',
    (resources) => {
      resources.HookRole.Properties.Policies[0].PolicyDocument.Statement[0].Resource['Fn::Sub'] += 'Other';
    },
    ['error hook-permission HookRole.Properties', 'error hook-permission HookRole.Properties'],
  ],
  [
    'a hook whose role is not in the template',
    (resources) => {
      resources.PreLambdaFunction.Properties.Role = 'arn:aws:iam::111122223333:role/hooks';
    },
    ['warning hook-permission PreLambdaFunction.Properties'],
  ],
  [
    'a hook that CodeDeploy may not invoke',
    (resources) => {
      resources.CodeDeployRole = {
        ...role(),
        Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited'] },
      };
    },
    ['error hook-not-invocable CodeDeployRole.Properties', 'error hook-not-invocable CodeDeployRole.Properties'],
  ],
  [
    'a hook with a timeout that is too short',
    (resources) => {
      resources.PreLambdaFunction.Properties.Timeout = 6;
    },
    ['warning hook-timeout PreLambdaFunction.Properties.Timeout'],
  ],
  [
    'a hook with a timeout that is too long',
    (resources) => {
      resources.PostLambdaFunction.Properties.Timeout = 900;
    },
    ['warning hook-timeout PostLambdaFunction.Properties.Timeout'],
  ],
  [
    'provisioned concurrency',
    (resources) => {
      resources.HelloAlias.Properties.ProvisionedConcurrencyConfig = { ProvisionedConcurrentExecutions: 1 };
    },
    ['error provisioned-concurrency HelloAlias.Properties.ProvisionedConcurrencyConfig'],
  ],
  [
    'a function URL',
    (resources) => {
      resources.Url = { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: arnOf('HelloLambdaFunction') } };
    },
    ['error past-the-alias Url'],
  ],
  [
    'a function URL of the alias',
    (resources) => {
      resources.Url = {
        Type: 'AWS::Lambda::Url',
        Properties: { TargetFunctionArn: arnOf('HelloLambdaFunction'), Qualifier: 'Live' },
      };
    },
    [],
  ],
  [
    'an event source of the function itself',
    (resources) => {
      resources.Mapping = {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { FunctionName: arnOf('HelloLambdaFunction') },
      };
    },
    ['error past-the-alias Mapping'],
  ],
  [
    'a permission on the function itself',
    (resources) => {
      resources.Allowed = {
        Type: 'AWS::Lambda::Permission',
        Properties: { FunctionName: ref('HelloLambdaFunction'), Principal: 'events.amazonaws.com' },
      };
    },
    ['error past-the-alias Allowed.Properties.FunctionName'],
  ],
  [
    'a permission on the alias',
    (resources) => {
      resources.Allowed = {
        Type: 'AWS::Lambda::Permission',
        Properties: { FunctionName: ref('HelloAlias'), Principal: 'events.amazonaws.com' },
      };
    },
    [],
  ],
  [
    'a deprecated runtime',
    (resources) => {
      resources.HelloLambdaFunction.Properties.Runtime = 'nodejs20.x';
    },
    ['warning deprecated-runtime HelloLambdaFunction.Properties.Runtime'],
  ],
])('%s', (_, change, expected) => {
  expect(found(change)).toEqual(expected);
});

test('a hook that is itself a canary', () => {
  const change: Change = (resources) => {
    resources.PreLambdaVersion = {
      Type: 'AWS::Lambda::Version',
      Properties: { FunctionName: ref('PreLambdaFunction') },
    };
    resources.PreAlias = structuredClone(resources.HelloAlias);
    Object.assign(resources.PreAlias.Properties, {
      FunctionName: ref('PreLambdaFunction'),
      FunctionVersion: { 'Fn::GetAtt': ['PreLambdaVersion', 'Version'] },
    });
  };
  expect(found(change)).toContain('error hook-canaried Group');
});

describe('a service with an HTTP API', () => {
  const withApi = (change?: Change) => found(change, {}, soundApi());

  test('500s that the code answers need an alarm on the API', () => {
    expect(withApi()).toEqual(['warning unseen-server-errors Group.Properties.AlarmConfiguration']);
  });

  const serverErrors =
    (properties: object): Change =>
    (resources) => {
      resources.ApiAlarm = alarm({ AlarmName: 'api', Namespace: 'AWS/ApiGateway', MetricName: '5xx', ...properties });
      resources.Group.Properties.AlarmConfiguration.Alarms.push({ Name: ref('ApiAlarm') });
    };

  test('an alarm on its 5xx counts both versions, which is a warning', () => {
    const dimensions = [{ Name: 'ApiId', Value: ref('HttpApi') }];
    expect(withApi(serverErrors({ Dimensions: dimensions }))).toEqual([
      'warning alarm-diluted ApiAlarm.Properties.Dimensions',
    ]);
  });

  test('an alarm on the share of its 5xx that no function reports is fine', () => {
    expect(withApi(serverErrors({ ...comparison('serverErrors', 60), Threshold: 0.5 }))).toEqual([]);
  });

  test('an alarm on a metric that only a REST API reports gets no data', () => {
    const dimensions = [{ Name: 'ApiName', Value: 'shop-prod' }];
    expect(withApi(serverErrors({ MetricName: '5XXError', Dimensions: dimensions }))).toEqual([
      'error metric-without-data ApiAlarm.Properties',
      'warning unseen-server-errors Group.Properties.AlarmConfiguration',
    ]);
  });

  test('a declared request counts for the function that its route invokes', () => {
    const requests = [
      { share: 3, method: 'GET' as const, path: '/hello?name=Ada', headers: {} },
      { share: 1, method: 'GET' as const, path: '/other', headers: {} },
    ];
    const { canaries } = subject(undefined, { traffic: { requestsPerSecond: 8, requests } }, soundApi());
    expect(canaries[0]!.requestsPerSecond).toBe(6);
  });
});

test('too few requests to judge a canary', () => {
  const few = { traffic: { requestsPerSecond: 0.5, requests: [] } };
  expect(found(undefined, few)).toEqual(['warning too-little-traffic Group.Properties.DeploymentConfigName']);
});

test('an alarm that waits for more requests than the new version gets', () => {
  const few = { traffic: { requestsPerSecond: 1.2, requests: [] } };
  expect(found(compared.latency(), few)).toEqual([]);
  expect(found(errors(comparison('latency', 120)), few)).toEqual([
    'warning too-little-traffic ErrorsAlarm.Properties.Metrics',
  ]);
});

test.each([
  [5, 'error'],
  [8, 'warning'],
])('a build that is stopped after %i minutes, where shift and hooks take about 11: %s', (buildTimeout, severity) => {
  expect(found(undefined, { buildTimeout })).toEqual([
    `${severity} build-timeout Group.Properties.DeploymentConfigName`,
  ]);
});

test('when all traffic moves at once, rules about alarms during a shift find nothing', () => {
  const atOnce: Change = (resources) => {
    errors({ Dimensions: bothVersions, EvaluationPeriods: 5 })(resources);
    resources.Group.Properties.DeploymentConfigName = 'CodeDeployDefault.LambdaAllAtOnce';
  };
  expect(found(atOnce, { buildTimeout: 60 })).toEqual([]);
});

describe('compared with what is live', () => {
  const table = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'orders' } };
  const read = { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: arnOf('Orders') };

  function live(): Template {
    const service = soundApi();
    const { Resources } = service;
    Resources.Orders = table;
    Resources.HelloRole = role(read);
    Resources.HelloLambdaFunction = lambda('hello', {
      Role: arnOf('HelloRole'),
      Environment: { Variables: { ORDERS: ref('Orders') } },
    });
    Resources.HelloLambdaVersion0 = Resources.HelloLambdaVersion1;
    delete Resources.HelloLambdaVersion1;
    Resources.HelloAlias.Properties.FunctionVersion = { 'Fn::GetAtt': ['HelloLambdaVersion0', 'Version'] };
    return { Parameters: {}, ...service } as Template;
  }

  /** The release: the live service with a new version, and a change. */
  const release = (change: Change = () => {}): readonly string[] => {
    const next = (resources: Resources) => {
      Object.assign(resources, { Orders: structuredClone(table), HelloRole: role(read) });
      resources.HelloLambdaFunction = structuredClone(live().Resources.HelloLambdaFunction);
      change(resources);
    };
    return found(next, { deployed: live() }, soundApi()).filter((each) => !each.includes('unseen-server-errors'));
  };

  test('a new version alone is safe', () => {
    expect(release()).toEqual([]);
  });

  test.each<[string, Change, readonly string[]]>([
    [
      'another role',
      (resources) => {
        resources.HelloLambdaFunction.Properties.Role = arnOf('HookRole');
      },
      ['error role-changed HelloLambdaFunction.Properties.Role'],
    ],
    [
      'a dead-letter queue',
      (resources) => {
        resources.HelloLambdaFunction.Properties.DeadLetterConfig = { TargetArn: 'arn' };
      },
      ['error role-changed HelloLambdaFunction.Properties.DeadLetterConfig'],
    ],
    [
      'a removed permission',
      (resources) => {
        resources.HelloRole = role({ ...read, Action: 'dynamodb:Query' });
      },
      ['error permission-removed HelloRole.Properties'],
    ],
    [
      'a permission that is written differently',
      (resources) => {
        resources.HelloRole = role({ ...read, Action: 'dynamodb:*' });
      },
      [],
    ],
    [
      'a permission under a condition',
      (resources) => {
        resources.HelloRole = role({ ...read, Condition: { Bool: {} } });
      },
      ['error permission-removed HelloRole.Properties'],
    ],
    [
      'a permission that is denied',
      (resources) => {
        resources.HelloRole = role(read, { ...read, Effect: 'Deny' });
      },
      ['error permission-removed HelloRole.Properties'],
    ],
    [
      'a removed table that the environment names',
      (resources) => {
        delete resources.Orders;
      },
      ['error resource-removed Orders'],
    ],
    [
      'a table with another name',
      (resources) => {
        resources.Orders.Properties.TableName = 'orders-2';
      },
      ['error resource-removed Orders'],
    ],
    [
      'a removed route',
      (resources) => {
        delete resources.Route;
      },
      ['warning route-removed Route'],
    ],
  ])('%s', (_, change, expected) => {
    expect(release(change)).toEqual(expected);
  });

  test('removing permissions without a new version of the function is safe: it is the second step', () => {
    const second: Change = (resources) => {
      resources.HelloRole = role();
      delete resources.Orders;
    };
    const findings = findingsOf(subject(second, { deployed: live() }, live()));
    expect(findings.map(({ rule }) => rule)).toEqual(['unseen-server-errors']);
  });
});

test('docs/preflight.md explains every rule, and no others', () => {
  const page = readFileSync(join(__dirname, '../../docs/preflight.md'), 'utf8');
  const explained = [...page.matchAll(/^### `([\w-]+)`/gm)].map(([, id]) => id);
  expect(explained.sort()).toEqual([CONTRACT, ...rules.map(({ id }) => id as string)].sort());
});
