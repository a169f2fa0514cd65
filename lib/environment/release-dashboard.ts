import { Duration } from 'aws-cdk-lib';
import {
  Color,
  CustomWidget,
  Dashboard,
  GraphWidget,
  type IWidget,
  MathExpression,
  Metric,
  PeriodOverride,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { RELEASE_DIMENSION, RELEASE_METRICS, RELEASE_NAMESPACE } from '../../release/ledger/release-metrics';
import type { FunctionShift } from '../service/service-description';
import type { PipelineEnvironment } from './pipeline-environment';

/** Number of days for which releases are counted. */
const DAYS = 90;

/** Width of a dashboard, in CloudWatch's grid units. */
const WIDTH = 24;

interface ReleaseDashboardProps {
  readonly environment: PipelineEnvironment;
  /** ARN of the function that draws the alarms. */
  readonly alarmBoard: string;
}

/**
 * The dashboard of an environment: its releases and how many of them failed, its alarms, and the metrics of each
 * version of the functions whose traffic shifts.
 *
 * Versions and their alarms change with each release (docs/decisions/0008), so the dashboard contains none of their
 * names: metrics are found by a search expression, and a function finds and draws the alarms, because CloudWatch's own
 * alarm widget requires their ARNs.
 */
export class ReleaseDashboard extends Dashboard {
  constructor(scope: Construct, id: string, { environment, alarmBoard }: ReleaseDashboardProps) {
    const { config, names, service } = environment;
    super(scope, id, {
      dashboardName: names.serviceStack,
      defaultInterval: Duration.hours(3),
      periodOverride: PeriodOverride.INHERIT,
      widgets: [
        [
          new CustomWidget({
            title: 'Alarms and last release',
            functionArn: alarmBoard,
            params: { environment: config.name },
            updateOnRefresh: true,
            updateOnResize: false,
            updateOnTimeRangeChange: false,
            width: 12,
            height: 9,
          }),
          releasesByDay(names.serviceStack),
        ],
        [releasesInNumbers(names.serviceStack)],
        ...service.shifts.map(byVersion),
      ],
    });
  }
}

function dailyMetric(stack: string, metric: keyof typeof RELEASE_METRICS, options: Partial<Metric> = {}): Metric {
  return new Metric({
    namespace: RELEASE_NAMESPACE,
    metricName: RELEASE_METRICS[metric],
    dimensionsMap: { [RELEASE_DIMENSION]: stack },
    statistic: 'Sum',
    period: Duration.days(1),
    ...options,
  });
}

function releasesByDay(stack: string): IWidget {
  return new GraphWidget({
    title: `Releases by day, ${DAYS} days`,
    stacked: true,
    start: `-P${DAYS}D`,
    left: [
      dailyMetric(stack, 'releases', { label: 'released', color: Color.GREEN }),
      dailyMetric(stack, 'rollbacks', { label: 'rolled back', color: Color.ORANGE }),
      dailyMetric(stack, 'failures', { label: 'failed', color: Color.RED }),
    ],
    leftYAxis: { min: 0, showUnits: false },
    width: 12,
    height: 9,
  });
}

function releasesInNumbers(stack: string): IWidget {
  const average = (metric: keyof typeof RELEASE_METRICS, expression: (id: string) => string, label: string) =>
    new MathExpression({
      expression: expression(metric),
      usingMetrics: { [metric]: dailyMetric(stack, metric, { statistic: 'Average' }) },
      label,
      period: Duration.days(1),
    });
  return new SingleValueWidget({
    title: `${DAYS} days`,
    start: `-P${DAYS}D`,
    setPeriodToTimeRange: true,
    metrics: [
      dailyMetric(stack, 'releases', { label: 'released' }),
      dailyMetric(stack, 'rollbacks', { label: 'rolled back' }),
      dailyMetric(stack, 'failures', { label: 'failed' }),
      average('changeFailed', (id) => `100 * ${id}`, 'change failure rate, %'),
      average('leadTime', (id) => `${id} / 60`, 'lead time, minutes'),
      average('timeToRestore', (id) => `${id} / 60`, 'time to restore, minutes'),
    ],
    width: WIDTH,
    height: 4,
  });
}

/** @returns Graphs with one line per version of a function, at the alarms' resolution of one minute. */
function byVersion({ functionName }: FunctionShift): IWidget[] {
  const graph = (what: string, metric: string, statistic: string, stacked = false) =>
    new GraphWidget({
      title: `${functionName}: ${what} by version`,
      stacked,
      left: [
        new MathExpression({
          // Finds the versions that had traffic in the last two weeks, through an alias: other calls have no
          // ExecutedVersion.
          expression:
            `SEARCH('{AWS/Lambda,FunctionName,Resource,ExecutedVersion} FunctionName="${functionName}" ` +
            `MetricName="${metric}"', '${statistic}', 60)`,
          usingMetrics: {},
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a dynamic label of CloudWatch
          label: "v${PROP('Dim.ExecutedVersion')}",
          period: Duration.minutes(1),
        }),
      ],
      leftYAxis: { min: 0, showUnits: false },
      width: WIDTH / 3,
      height: 6,
    });
  return [
    graph('requests', 'Invocations', 'Sum', true),
    graph('errors', 'Errors', 'Sum'),
    graph('p90 in milliseconds', 'Duration', 'p90'),
  ];
}
