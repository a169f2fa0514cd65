/** What a period says to an alarm. */
export type PointKind = 'missing' | 'fine' | 'breaching';

export interface Rule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: string;
}

/**
 * How many periods an alarm looks back. AWS publishes one example, 5 for three evaluation periods; the rest is inferred
 * from published logs (docs/fidelity.md).
 */
export function rangeOf(evaluationPeriods: number): number {
  return Math.max(5, evaluationPeriods + 2);
}

export function breaches(value: number, comparison: string, threshold: number): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    default:
      return value <= threshold;
  }
}

/**
 * Whether an alarm is in ALARM after a look, by CloudWatch's guide, "configuring how CloudWatch alarms treat missing
 * data": with enough real points the newest decide, otherwise missing ones are filled in.
 *
 * @param points oldest first, as many as {@link rangeOf} says
 * @param before whether it was in ALARM
 */
export function inAlarm(points: readonly PointKind[], rule: Rule, before: boolean): boolean {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  const real = points.flatMap((point, index) => (point === 'missing' ? [] : [index])).reverse();
  const decisive = real.slice(0, evaluationPeriods);
  const filled = evaluationPeriods - decisive.length;
  const bad = decisive.filter((index) => points[index] === 'breaching').length;
  if (bad >= datapointsToAlarm) return true;
  if (filled === 0) return false;
  switch (treatMissingData) {
    case 'breaching':
      return bad + filled >= datapointsToAlarm;
    case 'ignore':
      return bad === decisive.length && before;
    case 'missing': {
      // Few points, all breaching: the alarm goes off once the oldest is as old as the periods it takes.
      const oldest = real.at(-1);
      return bad === decisive.length && oldest !== undefined && points.length - oldest >= datapointsToAlarm;
    }
    default:
      return false;
  }
}
