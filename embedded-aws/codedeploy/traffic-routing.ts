import { AwsError } from '../errors';

/** How a deployment configuration moves traffic; intervals in minutes, percentages as CodeDeploy writes them. */
export type TrafficRouting =
  | { readonly type: 'AllAtOnce' }
  | { readonly type: 'TimeBasedCanary'; readonly percentage: number; readonly interval: number }
  | { readonly type: 'TimeBasedLinear'; readonly percentage: number; readonly interval: number };

/** From one point of a shift on, the new version has a weight. */
export interface ShiftStep {
  /** milliseconds since traffic began to shift */
  readonly after: number;
  /** share of traffic, 0 to 1 */
  readonly weight: number;
}

const minute = 60_000;

/** At most so many minutes lie between the first and the last step (CD, "deployment configurations"). */
const longestShift = 2_880;

/**
 * The steps of a shift. The first is taken at once (API, TimeBasedLinear: "the percentage of traffic that is shifted at
 * the start of each increment"), so 10 % steps arrive at 100 % after nine intervals; SAM's documentation counts ten.
 */
export function shiftSteps(routing: TrafficRouting): readonly ShiftStep[] {
  switch (routing.type) {
    case 'AllAtOnce':
      return [{ after: 0, weight: 1 }];
    case 'TimeBasedCanary':
      return [
        { after: 0, weight: routing.percentage / 100 },
        { after: routing.interval * minute, weight: 1 },
      ];
    case 'TimeBasedLinear':
      return Array.from({ length: Math.ceil(100 / routing.percentage) }, (_, index) => ({
        after: index * routing.interval * minute,
        weight: Math.min(100, (index + 1) * routing.percentage) / 100,
      }));
  }
}

/** @throws AwsError InvalidTrafficRoutingConfigurationException for what CodeDeploy's limits forbid */
export function checkRouting(routing: TrafficRouting): TrafficRouting {
  if (routing.type === 'AllAtOnce') return routing;
  const { percentage, interval } = routing;
  if (!(Number.isInteger(percentage) && percentage >= 1 && percentage <= 99)) {
    throw refuse(`the percentage of a step is ${percentage}, it must be from 1 to 99`);
  }
  if (!(Number.isInteger(interval) && interval >= 1)) {
    throw refuse(`the interval is ${interval}, it must be a whole number of minutes`);
  }
  const minutes = shiftSteps(routing).at(-1)!.after / minute;
  if (minutes > longestShift) throw refuse(`the shift takes ${minutes} minutes, the most is ${longestShift}`);
  return routing;
}

function refuse(message: string): AwsError {
  return new AwsError('InvalidTrafficRoutingConfigurationException', message);
}

const canary = [5, 10, 15, 30].map(
  (interval) => [`Canary10Percent${interval}Minutes`, { type: 'TimeBasedCanary', percentage: 10, interval }] as const,
);

const linear = [1, 2, 3, 10].map((interval) => {
  const name = `Linear10PercentEvery${interval}Minute${interval === 1 ? '' : 's'}`;
  return [name, { type: 'TimeBasedLinear', percentage: 10, interval }] as const;
});

/** The nine configurations that every account has, by their names after `CodeDeployDefault.Lambda`. */
export const presets: ReadonlyMap<string, TrafficRouting> = new Map<string, TrafficRouting>([
  ['AllAtOnce', { type: 'AllAtOnce' }],
  ...canary,
  ...linear,
]);
