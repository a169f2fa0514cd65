import { api, scope } from '../../benchmark/modelled-service';
import { publishedConfigurations } from '../../benchmark/published-configurations';
import { VirtualClock } from '../../embedded-aws/clock';
import { CloudWatch } from '../../embedded-aws/cloudwatch/cloudwatch';
import { Random } from '../../embedded-aws/random';
import { resolved } from './small-comparison';

const described = (name: string) => {
  const { deploymentType, hooks, alarms } = resolved(name);
  return [
    `${deploymentType}, hooks: ${hooks}`,
    ...alarms.map(({ attached, properties }) => {
      const { Namespace, MetricName, Statistic, Period, EvaluationPeriods, ComparisonOperator, Threshold } = properties;
      const dimensions = (properties.Dimensions as { Name: string; Value: string }[]).map(
        (each) => `${each.Name}=${each.Value}`,
      );
      const rule = `${Statistic} of ${Period} s, ${EvaluationPeriods} times, ${ComparisonOperator} ${Threshold}`;
      return `${Namespace} ${MetricName} ${dimensions.join(' ')}: ${rule}${attached ? '' : ', not attached'}`;
    }),
  ];
};

const minimum = 'AWS/Lambda Errors FunctionName=shop-hello: Minimum of 60 s, 1 times, GreaterThanOrEqualToThreshold 1';
const ofAlias = 'AWS/Lambda Errors FunctionName=shop-hello Resource=shop-hello:Live';
const twice = 'Sum of 60 s, 2 times, GreaterThanThreshold 0';

test.each([
  ['article-as-printed', ['Canary10Percent5Minutes, hooks: empty', `${minimum}, not attached`]],
  ['article-attached', ['Canary10Percent5Minutes, hooks: empty', minimum]],
  ['tutorial', ['Linear10PercentEvery1Minute, hooks: empty', minimum]],
  [
    'php-post',
    [
      'Linear10PercentEvery1Minute, hooks: none',
      `AWS/ApiGateway 5XXError ApiName=${api.name}: Sum of 60 s, 1 times, GreaterThanOrEqualToThreshold 1`,
    ],
  ],
  [
    'sam-pair',
    ['Canary10Percent5Minutes, hooks: none', `${ofAlias}: ${twice}`, `${ofAlias} ExecutedVersion=2: ${twice}`],
  ],
  ['cdk-plain', ['Canary10Percent5Minutes, hooks: none']],
])('%s is as its source describes it', (name, expected) => {
  expect(described(name)).toEqual(expected);
});

test('CloudWatch accepts every published alarm', async () => {
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  const cloudWatch = new CloudWatch({ scope, clock, random: new Random(1) });
  const alarms = publishedConfigurations.flatMap(({ name }) =>
    resolved(name).alarms.map(({ properties }) => ({ ...properties, AlarmName: `${name}-${properties.AlarmName}` })),
  );
  for (const each of alarms) cloudWatch.putMetricAlarm(each);
  expect(alarms.map(({ AlarmName }) => cloudWatch.state(AlarmName)?.value)).toEqual(
    alarms.map(() => 'INSUFFICIENT_DATA'),
  );
});

test('a configuration with a reference that the model does not have is refused with its name', () => {
  const alarms = [{ name: 'queue', attached: true, properties: { Dimensions: [{ Value: { Ref: 'Queue' } }] } }];
  expect(() =>
    resolved({ name: 'x', line: '', source: '', deploymentType: 'AllAtOnce', hooks: 'none', alarms }),
  ).toThrow('an alarm refers to Queue, and the model has Function, Version, HttpApi, RestApi');
});
