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
import type { ReleaseTarget } from '../release-target';
import type { FunctionShift } from '../service/service-description';

/** In days, how far back releases are counted. */
const DAYS = 90;

const WIDTH = 24;

export interface ReleaseDashboardProps {
  readonly target: ReleaseTarget;
  /** ARN of the function that draws the alarms. */
  readonly alarmBoard: string;
}

/**
 * An environment at a look: its releases and how many of them failed, its alarms, and of each function whose traffic
 * shifts what its versions do.
 *
 * Versions and their alarms come and go with each release (docs/decisions/0008), so none of them is named: metrics are
 * searched for, and the alarms drawn by a function that looks for them. CloudWatch's own alarm widget wants their ARNs.
 */
export class ReleaseDashboard extends Dashboard {
  constructor(scope: Construct, id: string, { target, alarmBoard }: ReleaseDashboardProps) {
    const { environment, names, service } = target;
    super(scope, id, {
      dashboardName: names.serviceStack,
      defaultInterval: Duration.hours(3),
      periodOverride: PeriodOverride.INHERIT,
      widgets: [
        [
          new CustomWidget({
            title: 'Alarms and last release',
            functionArn: alarmBoard,
            params: { environment: environment.name },
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

function counted(stack: string, metric: keyof typeof RELEASE_METRICS, options: Partial<Metric> = {}): Metric {
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
      counted(stack, 'releases', { label: 'released', color: Color.GREEN }),
      counted(stack, 'rollbacks', { label: 'rolled back', color: Color.ORANGE }),
      counted(stack, 'failures', { label: 'failed', color: Color.RED }),
    ],
    leftYAxis: { min: 0, showUnits: false },
    width: 12,
    height: 9,
  });
}

function releasesInNumbers(stack: string): IWidget {
  const average = (metric: keyof typeof RELEASE_METRICS, of: (id: string) => string, label: string) =>
    new MathExpression({
      expression: of(metric),
      usingMetrics: { [metric]: counted(stack, metric, { statistic: 'Average' }) },
      label,
      period: Duration.days(1),
    });
  return new SingleValueWidget({
    title: `${DAYS} days`,
    start: `-P${DAYS}D`,
    setPeriodToTimeRange: true,
    metrics: [
      counted(stack, 'releases', { label: 'released' }),
      counted(stack, 'rollbacks', { label: 'rolled back' }),
      counted(stack, 'failures', { label: 'failed' }),
      average('changeFailed', (id) => `100 * ${id}`, 'change failure rate, %'),
      average('leadTime', (id) => `${id} / 60`, 'lead time, minutes'),
      average('timeToRestore', (id) => `${id} / 60`, 'time to restore, minutes'),
    ],
    width: WIDTH,
    height: 4,
  });
}

/** What each version of a function does; a minute to a point, as the alarms see it. */
function byVersion({ functionName }: FunctionShift): IWidget[] {
  const graph = (what: string, metric: string, statistic: string, stacked = false) =>
    new GraphWidget({
      title: `${functionName}: ${what} by version`,
      stacked,
      left: [
        new MathExpression({
          // Versions that had traffic in the last two weeks; what is called past an alias has no executed version.
          expression:
            `SEARCH('{AWS/Lambda,FunctionName,Resource,ExecutedVersion} FunctionName="${functionName}" ` +
            `MetricName="${metric}"', '${statistic}', 60)`,
          usingMetrics: {},
          // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudWatch fills it in
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
