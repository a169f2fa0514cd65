import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ReleaseDashboard } from '../../../lib/environment/release-dashboard';
import { RELEASE_METRICS } from '../../../release/ledger/release-metrics';
import { environmentNamed, GREETER } from '../environments';
import { testApp } from '../test-app';

interface Widget {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: as CloudWatch has it
  readonly properties: any;
}

const ALARM_BOARD = 'arn:aws:lambda:eu-central-1:111111111111:function:PipelineStack-alarm-board';

function widgets(shifts = GREETER.shifts): Widget[] {
  const stack = new Stack(testApp(), 'ReleaseStack', { env: { region: 'eu-central-1' } });
  const environment = environmentNamed('prod', '222222222222', { ...GREETER, shifts });
  new ReleaseDashboard(stack, 'Dashboard', { environment, alarmBoard: ALARM_BOARD });
  const dashboards = Object.values(
    Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard', {
      Properties: { DashboardName: 'greeter-prod' },
    }),
  );
  expect(dashboards).toHaveLength(1);
  const [, parts] = dashboards.map((each) => each.Properties.DashboardBody['Fn::Join'] as [string, unknown[]])[0]!;
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'eu-central-1')).join('')).widgets;
}

test("the pipeline's function draws the alarms of this environment", () => {
  expect(widgets()[0]).toMatchObject({
    type: 'custom',
    properties: {
      endpoint: ALARM_BOARD,
      params: { environment: 'prod' },
      updateOn: { refresh: true },
    },
  });
});

test('every release metric is shown, for 90 days', () => {
  const [, byDay, numbers] = widgets();
  const shown = [byDay, numbers].flatMap((widget) => widget?.properties.metrics as unknown[][]);
  const metrics = shown
    .filter(([namespace]) => namespace === 'Releases')
    .map(([, metric, ...rest]) => [metric, ...rest]);
  expect(new Set(metrics.map(([metric]) => metric))).toEqual(new Set(Object.values(RELEASE_METRICS)));
  for (const [, dimension, stack] of metrics) expect([dimension, stack]).toEqual(['Stack', 'greeter-prod']);
  expect([byDay, numbers].map((widget) => widget?.properties.start)).toEqual(['-P90D', '-P90D']);
  expect(numbers?.properties.setPeriodToTimeRange).toBe(true);
});

test('requests, errors and latency are shown by version for each function that shifts', () => {
  const second = { ...(GREETER.shifts[0] as (typeof GREETER.shifts)[number]), functionName: 'greeter-prod-bye' };
  const ofVersions = widgets([...GREETER.shifts, second]).slice(3);
  expect(ofVersions.map(({ properties }) => properties.metrics[0][0].expression)).toEqual(
    ['greeter-prod-hello', 'greeter-prod-bye'].flatMap((name) =>
      [
        ['Invocations', 'Sum'],
        ['Errors', 'Sum'],
        ['Duration', 'p90'],
      ].map(
        ([metric, statistic]) =>
          `SEARCH('{AWS/Lambda,FunctionName,Resource,ExecutedVersion} FunctionName="${name}" MetricName="${metric}"', '${statistic}', 60)`,
      ),
    ),
  );
});
