/** How CodeDeploy moves traffic. */
export interface TrafficShift {
  /** percent of the first step, and of each further one of a linear shift */
  readonly percent: number;
  /** minutes between two steps */
  readonly interval: number;
  /** steps after the first until all traffic has moved */
  readonly furtherSteps: number;
}

/** The presets' first step and their interval. Source: CodeDeploy user guide, deployment configurations. */
const preset = /(Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes?$/;

/**
 * @param deploymentType e.g. `Canary10Percent5Minutes`, with or without a prefix
 * @returns undefined when all traffic moves at once, or in a way that the name does not tell
 */
export function trafficShift(deploymentType: string): TrafficShift | undefined {
  const [, kind, percent, interval] = preset.exec(deploymentType) ?? [];
  if (!kind || !Number(percent) || !Number(interval)) return undefined;
  // A linear shift begins with its first step, so 10 % needs nine more (docs/fidelity.md: sources differ).
  const furtherSteps = kind === 'Canary' ? 1 : Math.ceil(100 / Number(percent)) - 1;
  return { percent: Number(percent), interval: Number(interval), furtherSteps };
}

/** Minutes from the first traffic on the new version to the last on the old one. */
export function minutesOf(shift: TrafficShift | undefined): number {
  return shift ? shift.interval * shift.furtherSteps : 0;
}

/**
 * @param milliseconds since the shift began
 * @returns the percent that the new version has by then, and since how many milliseconds after the beginning
 */
export function weightAfter(
  shift: TrafficShift | undefined,
  milliseconds: number,
): { readonly percent: number; readonly since: number } {
  if (!shift) return { percent: 100, since: 0 };
  const interval = shift.interval * 60_000;
  const steps = Math.min(shift.furtherSteps, Math.max(0, Math.floor(milliseconds / interval)));
  const percent = steps === shift.furtherSteps ? 100 : Math.min(100, shift.percent * (steps + 1));
  return { percent, since: steps * interval };
}
