/**
 * How a CodeDeploy deployment configuration for Lambda moves traffic. Percentages are whole numbers, intervals are
 * minutes.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */
export type TrafficRouting =
  | { readonly type: 'AllAtOnce' }
  | { readonly type: 'TimeBasedCanary'; readonly percentage: number; readonly interval: number }
  | { readonly type: 'TimeBasedLinear'; readonly percentage: number; readonly interval: number };

/** A step of a shift: from then on, the new version has this weight. */
interface ShiftStep {
  /** Milliseconds since the shift began. */
  readonly after: number;
  /** Share of the traffic, 0 to 1. */
  readonly weight: number;
}

/** Milliseconds. */
const MINUTE = 60_000;

/** The names of CodeDeploy's presets for Lambda begin with this. */
export const PRESET_PREFIX = 'CodeDeployDefault.Lambda';

/**
 * The nine deployment configurations that every account has, by their names without {@link PRESET_PREFIX}.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */
export const PRESETS = {
  AllAtOnce: { type: 'AllAtOnce' },
  Canary10Percent5Minutes: { type: 'TimeBasedCanary', percentage: 10, interval: 5 },
  Canary10Percent10Minutes: { type: 'TimeBasedCanary', percentage: 10, interval: 10 },
  Canary10Percent15Minutes: { type: 'TimeBasedCanary', percentage: 10, interval: 15 },
  Canary10Percent30Minutes: { type: 'TimeBasedCanary', percentage: 10, interval: 30 },
  Linear10PercentEvery1Minute: { type: 'TimeBasedLinear', percentage: 10, interval: 1 },
  Linear10PercentEvery2Minutes: { type: 'TimeBasedLinear', percentage: 10, interval: 2 },
  Linear10PercentEvery3Minutes: { type: 'TimeBasedLinear', percentage: 10, interval: 3 },
  Linear10PercentEvery10Minutes: { type: 'TimeBasedLinear', percentage: 10, interval: 10 },
} as const satisfies Readonly<Record<string, TrafficRouting>>;

/** Name of a preset, without {@link PRESET_PREFIX}. */
export type DeploymentType = keyof typeof PRESETS;

export const DEPLOYMENT_TYPES = Object.keys(PRESETS) as [DeploymentType, ...DeploymentType[]];

/** @returns Whether a value is the name of a preset, without its prefix. */
export function isDeploymentType(value: unknown): value is DeploymentType {
  return typeof value === 'string' && Object.hasOwn(PRESETS, value);
}

/**
 * Reads the routing from a configuration's name. Custom configurations may be named in the same way.
 *
 * @param name Name of a deployment configuration, with or without a prefix.
 * @returns The routing; undefined if the name does not have the form of a preset's.
 */
export function routingNamed(name: string): TrafficRouting | undefined {
  if (name.replace(PRESET_PREFIX, '') === 'AllAtOnce') return { type: 'AllAtOnce' };
  const [, kind, percent, minutes] = /(Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes?$/.exec(name) ?? [];
  const [percentage, interval] = [Number(percent), Number(minutes)];
  if (!kind || !percentage || !interval) return undefined;
  return { type: kind === 'Canary' ? 'TimeBasedCanary' : 'TimeBasedLinear', percentage, interval };
}

/**
 * Computes the steps of a shift, oldest first. The first increment of a linear shift is immediate (CodeDeploy API
 * reference, TimeBasedLinear: "the percentage of traffic that is shifted at the start of each increment"), so 10 %
 * steps reach 100 % after nine intervals. SAM's documentation counts ten (docs/fidelity.md, "Where sources conflict").
 */
export function shiftSteps(routing: TrafficRouting): readonly ShiftStep[] {
  switch (routing.type) {
    case 'AllAtOnce':
      return [{ after: 0, weight: 1 }];
    case 'TimeBasedCanary':
      return [
        { after: 0, weight: routing.percentage / 100 },
        { after: routing.interval * MINUTE, weight: 1 },
      ];
    case 'TimeBasedLinear':
      return Array.from({ length: Math.ceil(100 / routing.percentage) }, (_, index) => ({
        after: index * routing.interval * MINUTE,
        weight: Math.min(100, (index + 1) * routing.percentage) / 100,
      }));
  }
}

/**
 * @param routing Undefined if it is not known; treated as all traffic at once.
 * @returns Minutes from the first traffic on the new version to the last on the old one.
 */
export function shiftMinutes(routing: TrafficRouting | undefined): number {
  return routing ? shiftSteps(routing).at(-1)!.after / MINUTE : 0;
}

/** @returns Minutes to allow for in a time limit: a linear shift may take one interval more, see {@link shiftSteps}. */
export function longestShiftMinutes(routing: TrafficRouting): number {
  return shiftMinutes(routing) + (routing.type === 'TimeBasedLinear' ? routing.interval : 0);
}

/**
 * @param routing Undefined if it is not known; treated as all traffic at once.
 * @param milliseconds Time since the shift began; Infinity for a complete shift.
 * @returns The step of the shift at that time.
 */
export function stepAt(routing: TrafficRouting | undefined, milliseconds: number): ShiftStep {
  const steps = shiftSteps(routing ?? PRESETS.AllAtOnce);
  return steps.findLast(({ after }) => after <= milliseconds) ?? steps[0]!;
}
