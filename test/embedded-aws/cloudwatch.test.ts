import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { cbor } from '@smithy/core/cbor';
import { VirtualClock } from '../../embedded-aws/clock';
import type { AlarmTransition } from '../../embedded-aws/cloudwatch/alarm';
import { CloudWatch } from '../../embedded-aws/cloudwatch/cloudwatch';
import { evaluate, readExpression, type Series } from '../../embedded-aws/cloudwatch/metric-math';
import { Endpoint } from '../../embedded-aws/endpoint';
import { Random } from '../../embedded-aws/random';
import type { ResourceContext } from '../../embedded-aws/resource-type';
import { authorizeUsers } from '../support/administrator';

const scope = { accountId: '111122223333', region: 'eu-central-1' };
const start = new Date('2026-11-20T09:00:00Z');
const topic = 'arn:aws:sns:eu-central-1:111122223333:alarms';

describe('metric math', () => {
  const _ = undefined;

  function compute(source: string, series: Record<string, Series>): Series {
    const value = evaluate(readExpression(source), {
      period: 60,
      length: Object.values(series)[0]!.length,
      series: (id) => series[id]!,
      metrics: (containing) => Object.keys(series).flatMap((id) => (id.includes(containing) ? [series[id]!] : [])),
    });
    if (value.type !== 'series') throw new Error(`the result is a ${value.type}`);
    return value.points;
  }

  test.each([
    ['FILL(invocations, REPEAT)', [2, 0, 0, 4]],
    ['AVG(METRICS("e"))', [1, 3, _, 0]],
    ['MAX(METRICS()) - MIN([errors, invocations])', [1, 3, _, 4]],
    ['errors - SUM(errors)', [-3, -1, _, -4]],
    ['-errors ^ 2 + 2 * (1 + 2) / PERIOD(errors)', [-0.9, -8.9, _, 0.1]],
  ])('computes %s over the whole series', (source, expected) => {
    expect(compute(source, { errors: [1, 3, _, 0], invocations: [2, 0, _, 4] })).toEqual(expected);
  });

  test('refuses an unsupported function by name', () => {
    expect(() => readExpression('ANOMALY_DETECTION_BAND(m1, 2)')).toThrow(
      'the embedded AWS does not support the metric math function ANOMALY_DETECTION_BAND; ' +
        'docs/fidelity.md lists what is supported',
    );
  });

  test('refuses an invalid expression with a ValidationError', () => {
    expect(() => readExpression('m1 +')).toThrow(
      expect.objectContaining({ name: 'ValidationError', message: "error in expression 'm1 +': unexpected end" }),
    );
  });
});

describe('CloudWatch', () => {
  let clock: VirtualClock;
  let notified: AlarmTransition[];
  let cloudwatch: CloudWatch;
  let endpoint: Endpoint;
  let client: CloudWatchClient;

  beforeEach(async () => {
    clock = new VirtualClock(start);
    notified = [];
    cloudwatch = new CloudWatch({
      scope,
      clock,
      random: new Random(7),
      actions: (_, transition) => notified.push(transition),
    });
    endpoint = new Endpoint({
      service: (name) => (name === 'monitoring' ? cloudwatch.api : undefined),
      authenticate: () => ({ ...scope, arn: 'arn:aws:iam::111122223333:user/test' }),
      authorize: authorizeUsers,
    });
    await endpoint.listen();
    client = new CloudWatchClient({
      endpoint: endpoint.url,
      region: scope.region,
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
  });

  afterEach(async () => {
    client.destroy();
    await endpoint.close();
  });

  const errors = { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: 'hello' } };
  const errorAlarm: PutMetricAlarmCommandInput = {
    AlarmName: 'hello-errors',
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [{ Name: 'FunctionName', Value: 'hello' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [topic],
  };

  /** Records an observation every second, for a number of seconds. */
  async function report(value: number, seconds: number): Promise<void> {
    await clock.spawn(async () => {
      for (let second = 0; second < seconds; second += 1) {
        cloudwatch.record({ ...errors, value, at: clock.now(), unit: 'Count' });
        await clock.sleep(1_000);
      }
    });
  }

  async function describe_(name = 'hello-errors') {
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
    return MetricAlarms?.[0];
  }

  test('a new alarm has insufficient data until its first evaluation within a minute', async () => {
    await client.send(new PutMetricAlarmCommand(errorAlarm));
    expect(await describe_()).toMatchObject({
      AlarmArn: 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:hello-errors',
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
      StateUpdatedTimestamp: start,
      Dimensions: [{ Name: 'FunctionName', Value: 'hello' }],
      Threshold: 1,
      ActionsEnabled: true,
      OKActions: [],
    });

    await clock.elapse(60_000);

    expect(await describe_()).toMatchObject({
      StateValue: 'OK',
      StateReason:
        'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    });
    expect(notified).toEqual([]);
  });

  test('an alarm changes to ALARM at its own second of the minute after the errors, and back a minute after they end', async () => {
    await client.send(new PutMetricAlarmCommand(errorAlarm));
    await report(0, 180);
    await report(1, 5);
    await report(0, 300);

    const [, alarm, ok] = cloudwatch.transitions();
    expect(alarm).toMatchObject({
      from: 'OK',
      to: 'ALARM',
      reason:
        'Threshold Crossed: 1 out of the last 1 datapoints [5.0 (20/11/26 09:03:00)] was greater than or equal to the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).',
      actions: [topic],
    });
    expect(JSON.parse(alarm!.reasonData!)).toEqual({
      version: '1.0',
      queryDate: new Date(alarm!.at).toISOString().replace('Z', '+0000'),
      startDate: '2026-11-20T09:03:00.000+0000',
      statistic: 'Sum',
      period: 60,
      recentDatapoints: [5],
      threshold: 1,
      evaluatedDatapoints: [{ timestamp: '2026-11-20T09:03:00.000+0000', sampleCount: 60, value: 5 }],
    });
    const wait = alarm!.at - Date.parse('2026-11-20T09:04:00Z');
    expect(wait).toBeGreaterThanOrEqual(15_000);
    expect(wait).toBeLessThan(75_000);
    expect(ok).toMatchObject({
      to: 'OK',
      at: alarm!.at + 60_000,
      reason:
        'Threshold Crossed: 1 out of the last 1 datapoints [0.0 (20/11/26 09:04:00)] was not greater than or equal to the threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition).',
      actions: [],
    });
    expect(notified).toEqual([alarm]);
  });

  test('an alarm without new datapoints keeps its state until the last datapoint is six minutes old', async () => {
    await client.send(new PutMetricAlarmCommand({ ...errorAlarm, DatapointsToAlarm: undefined }));
    await clock.elapse(120_000);
    await report(1, 1);
    await clock.elapse(600_000);

    const [, alarm, ok] = cloudwatch.transitions();
    expect(alarm!.reason).toBe(
      'Threshold Crossed: 1 datapoint [1.0 (20/11/26 09:02:00)] was greater than or equal to the threshold (1.0).',
    );
    const age = ok!.at - Date.parse('2026-11-20T09:02:00Z');
    expect(Math.floor(age / 60_000)).toBe(6);
  });

  test('an alarm with a period of ten seconds is evaluated every ten seconds', async () => {
    const metric = { Namespace: 'Shop', MetricName: 'Failures' };
    await client.send(new PutMetricAlarmCommand({ ...errorAlarm, ...metric, Dimensions: [], Period: 10 }));
    await clock.spawn(async () => {
      for (let second = 0; second < 60; second += 5) {
        const datum = { MetricName: 'Failures', Value: second < 30 ? 0 : 1 };
        await client.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [datum] }));
        await clock.sleep(5_000);
      }
    });
    const alarm = cloudwatch.transitions().find(({ to }) => to === 'ALARM')!;
    expect(alarm.reason).toContain('[2.0 (20/11/26 09:00:30)]');
    expect(alarm.at - start.getTime()).toBeGreaterThanOrEqual(40_000);
    expect(alarm.at - start.getTime()).toBeLessThan(50_000);
  });

  test('an alarm on an error rate has insufficient data, not 0, without traffic', async () => {
    const metric = (MetricName: string) => ({
      Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: [{ Name: 'FunctionName', Value: 'hello' }] },
      Period: 60,
      Stat: 'Sum',
    });
    await client.send(
      new PutMetricAlarmCommand({
        AlarmName: 'hello-error-rate',
        Metrics: [
          { Id: 'rate', Expression: '100 * errors / invocations', Label: 'error rate' },
          { Id: 'errors', MetricStat: metric('Errors'), ReturnData: false },
          { Id: 'invocations', MetricStat: metric('Invocations'), ReturnData: false },
        ],
        EvaluationPeriods: 2,
        Threshold: 20,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    const invocations = { ...errors, name: 'Invocations', value: 1 };
    await clock.spawn(async () => {
      for (let second = 0; second < 240; second += 1) {
        cloudwatch.record({ ...errors, value: Number(second % 4 === 0), at: clock.now() });
        cloudwatch.record({ ...invocations, at: clock.now() });
        await clock.sleep(1_000);
      }
      await clock.sleep(900_000);
    });

    expect(cloudwatch.transitions().map(({ to, reason }) => [to, reason])).toEqual([
      [
        'ALARM',
        'Threshold Crossed: 2 datapoints [25.0 (20/11/26 09:01:00), 25.0 (20/11/26 09:00:00)] were greater than the threshold (20.0).',
      ],
      ['INSUFFICIENT_DATA', 'Insufficient Data: 2 datapoints were unknown.'],
    ]);
  });

  test('a percentile alarm that ignores low sample counts waits for enough samples', async () => {
    const latency = { ...errorAlarm, Statistic: undefined, ExtendedStatistic: 'p90', Threshold: 100 };
    await client.send(new PutMetricAlarmCommand({ ...latency, EvaluateLowSampleCountPercentile: 'ignore' }));
    await client.send(new PutMetricAlarmCommand({ ...latency, AlarmName: 'eager' }));
    await report(150, 60);
    await clock.elapse(60_000);
    expect(cloudwatch.state('hello-errors')?.value).toBe('OK');
    expect(cloudwatch.state('eager')?.value).toBe('ALARM');

    await clock.spawn(async () => {
      for (let second = 0; second < 120; second += 1) {
        cloudwatch.record({ ...errors, value: 150, at: clock.now() });
        cloudwatch.record({ ...errors, value: 150, at: clock.now() });
        await clock.sleep(1_000);
      }
    });
    expect(cloudwatch.state('hello-errors')?.value).toBe('ALARM');
  });

  test('a state set by hand lasts until the next evaluation and is in the history', async () => {
    await client.send(new PutMetricAlarmCommand(errorAlarm));
    await report(0, 120);
    await client.send(
      new SetAlarmStateCommand({ AlarmName: 'hello-errors', StateValue: 'ALARM', StateReason: 'a drill' }),
    );
    expect(cloudwatch.state('hello-errors')).toEqual({ value: 'ALARM', reason: 'a drill' });
    await report(0, 60);
    expect(cloudwatch.state('hello-errors')?.value).toBe('OK');

    const history = await client.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'hello-errors', HistoryItemType: 'StateUpdate' }),
    );
    expect(history.AlarmHistoryItems?.map((item) => item.HistorySummary)).toEqual([
      'Alarm updated from ALARM to OK',
      'Alarm updated from OK to ALARM',
      'Alarm updated from INSUFFICIENT_DATA to OK',
    ]);
    const actions = await client.send(new DescribeAlarmHistoryCommand({ HistoryItemType: 'Action' }));
    expect(actions.AlarmHistoryItems?.[0]?.HistorySummary).toBe(`Successfully executed action ${topic}`);
  });

  test('an alarm that is put again keeps its state, and one with disabled actions notifies no topic', async () => {
    await client.send(new PutMetricAlarmCommand(errorAlarm));
    await client.send(new SetAlarmStateCommand({ AlarmName: 'hello-errors', StateValue: 'OK', StateReason: 'drill' }));
    await client.send(new PutMetricAlarmCommand({ ...errorAlarm, Threshold: 5, ActionsEnabled: false }));
    expect(await describe_()).toMatchObject({ StateValue: 'OK', Threshold: 5, ActionsEnabled: false });
    await client.send(
      new SetAlarmStateCommand({ AlarmName: 'hello-errors', StateValue: 'ALARM', StateReason: 'drill' }),
    );
    expect(notified).toEqual([]);
  });

  test('a deleted alarm is no longer evaluated, and its state cannot be set', async () => {
    await client.send(new PutMetricAlarmCommand(errorAlarm));
    await client.send(new DeleteAlarmsCommand({ AlarmNames: ['hello-errors'] }));
    await clock.elapse(300_000);
    expect(cloudwatch.transitions()).toEqual([]);
    expect(cloudwatch.state('hello-errors')).toBeUndefined();
    const set = new SetAlarmStateCommand({ AlarmName: 'hello-errors', StateValue: 'OK', StateReason: 'drill' });
    await expect(client.send(set)).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  test('alarms do not make virtual time pass', async () => {
    await client.send(new PutMetricAlarmCommand(errorAlarm));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(clock.date()).toEqual(start);
  });

  test.each<[string, Partial<PutMetricAlarmCommandInput>, string, string]>([
    [
      'anomaly detection',
      { ComparisonOperator: 'GreaterThanUpperThreshold' },
      'NotSupportedByEmbeddedAws',
      'operator GreaterThanUpperThreshold',
    ],
    [
      'trimmed means',
      { Statistic: undefined, ExtendedStatistic: 'tm99' },
      'NotSupportedByEmbeddedAws',
      'the statistic tm99',
    ],
    [
      'actions other than SNS',
      { AlarmActions: ['arn:aws:ssm:eu-central-1:1:opsitem:1'] },
      'NotSupportedByEmbeddedAws',
      'arn:aws:ssm',
    ],
    ['a period of 45 s', { Period: 45 }, 'ValidationException', 'Period is 45'],
    ['more than a day', { Period: 3600, EvaluationPeriods: 25 }, 'ValidationException', 'more than a day'],
    [
      'M above N',
      { DatapointsToAlarm: 2 },
      'ValidationException',
      'DatapointsToAlarm (2) must be at most EvaluationPeriods (1)',
    ],
    ['no statistic', { Statistic: undefined }, 'ValidationException', 'one of Statistic and ExtendedStatistic'],
    ['no threshold', { Threshold: undefined }, 'ValidationException', "'Threshold' is undefined, expected a number"],
    ['an evaluation interval', { EvaluationInterval: 10 } as never, 'NotSupportedByEmbeddedAws', 'EvaluationInterval'],
  ])('refuses an alarm with %s', async (_, change, name, message) => {
    const put = client.send(new PutMetricAlarmCommand({ ...errorAlarm, ...change }));
    await expect(put).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('refuses an alarm on an expression with an unknown id', async () => {
    const put = client.send(
      new PutMetricAlarmCommand({
        AlarmName: 'wrong',
        Metrics: [{ Id: 'e1', Expression: 'm1 * 2', Period: 60 }],
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    await expect(put).rejects.toMatchObject({ message: "no metric query has the Id 'm1'" });
  });

  test('metrics of PutMetricData are listed, aggregated and combined', async () => {
    const Dimensions = [{ Name: 'Page', Value: 'home' }];
    await client.send(
      new PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: [
          { MetricName: 'Visits', Dimensions, Values: [1, 2, 3], Counts: [1, 1, 2], Unit: 'Count' },
          { MetricName: 'Orders', Dimensions, Value: 3, Timestamp: start },
        ],
      }),
    );
    await clock.elapse(60_000);

    const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: 'Shop', MetricName: 'Visits' }));
    expect(Metrics).toEqual([{ Namespace: 'Shop', MetricName: 'Visits', Dimensions }]);
    const range = { StartTime: start, EndTime: new Date(start.getTime() + 120_000) };
    const statistics = await client.send(
      new GetMetricStatisticsCommand({
        ...range,
        Namespace: 'Shop',
        MetricName: 'Visits',
        Dimensions,
        Period: 60,
        Statistics: ['Sum', 'SampleCount', 'Average', 'Minimum', 'Maximum'],
        ExtendedStatistics: ['p50'],
      }),
    );
    expect(statistics.Datapoints).toEqual([
      {
        Timestamp: start,
        Sum: 9,
        SampleCount: 4,
        Average: 2.25,
        Minimum: 1,
        Maximum: 3,
        ExtendedStatistics: { p50: 2 },
        Unit: 'Count',
      },
    ]);
    const stat = (MetricName: string) => ({
      Metric: { Namespace: 'Shop', MetricName, Dimensions },
      Period: 60,
      Stat: 'Sum',
    });
    const data = await client.send(
      new GetMetricDataCommand({
        ...range,
        MetricDataQueries: [
          { Id: 'rate', Expression: 'orders / visits' },
          { Id: 'orders', MetricStat: stat('Orders'), ReturnData: false },
          { Id: 'visits', MetricStat: stat('Visits') },
        ],
      }),
    );
    expect(data.MetricDataResults).toMatchObject([
      { Id: 'rate', Values: [3 / 9], Timestamps: [start], StatusCode: 'Complete' },
      { Id: 'visits', Label: 'Visits', Values: [9] },
    ]);
  });

  test("a service's metrics of a minute are visible fifteen seconds after its end", async () => {
    cloudwatch.record({ ...errors, value: 1, at: clock.now() });
    const count = async () => {
      const range = { StartTime: start, EndTime: new Date(start.getTime() + 60_000) };
      const query = { Namespace: 'AWS/Lambda', MetricName: 'Errors', Period: 60, Statistics: ['Sum' as const] };
      const Dimensions = [{ Name: 'FunctionName', Value: 'hello' }];
      return (await client.send(new GetMetricStatisticsCommand({ ...query, ...range, Dimensions }))).Datapoints?.length;
    };
    await clock.elapse(74_000);
    expect(await count()).toBe(0);
    await clock.elapse(1_000);
    expect(await count()).toBe(1);
  });

  test('alarms are found by prefix, state and metric, in pages', async () => {
    for (const AlarmName of ['a-1', 'a-2', 'a-3', 'b-1']) {
      await client.send(new PutMetricAlarmCommand({ ...errorAlarm, AlarmName }));
    }
    await client.send(new SetAlarmStateCommand({ AlarmName: 'a-2', StateValue: 'ALARM', StateReason: 'drill' }));
    const first = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'a-', MaxRecords: 2 }));
    const next = { AlarmNamePrefix: 'a-', MaxRecords: 2, NextToken: first.NextToken };
    const second = await client.send(new DescribeAlarmsCommand(next));
    const names = (alarms: { AlarmName?: string | undefined }[] = []) => alarms.map((alarm) => alarm.AlarmName);
    expect(names(first.MetricAlarms)).toEqual(['a-1', 'a-2']);
    expect(names(second.MetricAlarms)).toEqual(['a-3']);
    expect(second.NextToken).toBeUndefined();
    const red = await client.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
    expect(names(red.MetricAlarms)).toEqual(['a-2']);
    const metric = { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: errorAlarm.Dimensions };
    const onMetric = await client.send(new DescribeAlarmsForMetricCommand({ ...metric, Statistic: 'Sum' }));
    expect(onMetric.MetricAlarms).toHaveLength(4);
  });

  test('clients get the same results through Query and CBOR', async () => {
    await client.send(new PutMetricAlarmCommand(errorAlarm));
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKIATEST/20261120/eu-central-1/monitoring/aws4_request, x';
    const query = await fetch(endpoint.url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: 'Action=SetAlarmState&Version=2010-08-01&AlarmName=hello-errors&StateValue=OK&StateReason=drill',
    });
    expect(await query.text()).toContain(
      '<SetAlarmStateResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">',
    );
    const binary = await fetch(`${endpoint.url}/service/GraniteServiceVersion20100801/operation/DescribeAlarms`, {
      method: 'POST',
      headers: { authorization, 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
      body: Buffer.from(cbor.serialize({ AlarmNames: ['hello-errors'] })),
    });
    const { MetricAlarms } = cbor.deserialize(new Uint8Array(await binary.arrayBuffer()));
    expect(MetricAlarms).toMatchObject([{ AlarmName: 'hello-errors', StateValue: 'OK', StateReason: 'drill' }]);
  });

  test('CloudFormation creates, updates and deletes an alarm', async () => {
    const type = cloudwatch.resourceTypes.find((each) => each.type === 'AWS::CloudWatch::Alarm')!;
    const context = { scope, stackId: 'stack/1', stackName: 'hello-dev', logicalId: 'HelloErrorsAlarm' };
    const { AlarmName, ...properties } = { ...errorAlarm, Threshold: '1', Period: '60' };
    const created = await clock.spawn(() => type.create(properties, context as ResourceContext));
    expect(created.id).toMatch(/^hello-dev-HelloErrorsAlarm-[A-Z0-9]{12}$/);
    expect(created.attributes.Arn).toBe(`arn:aws:cloudwatch:eu-central-1:111122223333:alarm:${created.id}`);
    const changed = { ...properties, Threshold: '7' };
    await clock.spawn(() => type.update(created.id, changed, properties, context as ResourceContext));
    expect(await describe_(created.id)).toMatchObject({ Threshold: 7, Period: 60 });
    await clock.spawn(() => type.delete(created.id, changed, context as ResourceContext));
    expect(await describe_(created.id)).toBeUndefined();
  });
});
