import { evaluationRange } from '../../aws-rules/alarm-evaluation';
import { isInAlarm, type PointKind, type TemplateAlarmRule } from './alarm-state';
import type { Minutes } from './minutes';
import type { Sensor } from './sensor';
import { MINUTE } from './timing';

/** An alarm that is evaluated over drawn releases. */
export interface DrawnAlarm {
  readonly sensor: Sensor;
  readonly rule: TemplateAlarmRule & {
    /** Seconds. */
    readonly period: number;
  };
}

/**
 * @returns Number of evaluations before the shift that decide the alarm's state. Only an alarm that ignores missing
 *   data keeps a state; the state of any other follows from its last evaluation.
 */
export function evaluationsBefore(range: number, treatMissingData: string): number {
  return treatMissingData === 'ignore' ? range + 1 : 2;
}

/**
 * The minute after which an alarm is first in ALARM where it counts for the shift. The last evaluation before the shift
 * is after minute -2 or after minute -1, depending on the second in which the alarm is evaluated.
 */
export interface FirstInAlarm {
  readonly fromTwo: number;
  readonly fromOne: number;
}

export const NEVER: FirstInAlarm = { fromTwo: Number.POSITIVE_INFINITY, fromOne: Number.POSITIVE_INFINITY };

/** The states of one alarm during one drawn release. */
export class AlarmTimeline {
  readonly #alarm: DrawnAlarm;
  readonly #minutes: Minutes;
  readonly #range: number;
  /** Minutes of a period. */
  readonly #length: number;
  /** Result of each window, by the minute before which it ends. Evaluations share most of their windows. */
  readonly #windows: (PointKind | undefined)[];

  constructor(alarm: DrawnAlarm, minutes: Minutes) {
    this.#alarm = alarm;
    this.#minutes = minutes;
    this.#range = evaluationRange(alarm.rule.evaluationPeriods);
    this.#length = alarm.rule.period / MINUTE;
    this.#windows = Array.from({ length: minutes.last - minutes.first + 2 });
  }

  /** Call after drawing the minutes of another release. */
  reset(): void {
    this.#windows.fill(undefined);
  }

  /** @param isUnseen Whether the alarm is evaluated before the metrics of the newest minute are visible. */
  firstInAlarm(isUnseen: boolean): FirstInAlarm {
    let fromTwo = Number.POSITIVE_INFINITY;
    let isAlarm = false;
    const first = -evaluationsBefore(this.#range, this.#alarm.rule.treatMissingData);
    for (let minute = first; minute <= this.#minutes.last; minute += 1) {
      isAlarm = this.#isInAlarm(minute, isUnseen, isAlarm);
      if (!isAlarm || minute < -2) continue;
      fromTwo = Math.min(fromTwo, minute);
      if (minute > -2) return { fromTwo, fromOne: minute };
    }
    return fromTwo === Number.POSITIVE_INFINITY ? NEVER : { fromTwo, fromOne: Number.POSITIVE_INFINITY };
  }

  /** Evaluates the alarm after a minute. */
  #isInAlarm(minute: number, isUnseen: boolean, before: boolean): boolean {
    const { evaluationPeriods, datapointsToAlarm } = this.#alarm.rule;
    let real = 0;
    let breaching = 0;
    // Evaluates without a list of datapoints where that is possible: this is most of the run time.
    for (let age = 0; age < this.#range; age += 1) {
      const kind = this.#pointOf(minute, age, isUnseen);
      if (kind === 'missing') continue;
      real += 1;
      if (kind === 'breaching') breaching += 1;
      // With enough real datapoints, older and missing ones do not matter.
      if (real === evaluationPeriods) return breaching >= datapointsToAlarm;
    }
    const points = Array.from({ length: this.#range }, (_, index) =>
      this.#pointOf(minute, this.#range - 1 - index, isUnseen),
    );
    return isInAlarm(points, this.#alarm.rule, before);
  }

  /** @returns The datapoint of the window that ended `age` periods before the end of a minute. */
  #pointOf(minute: number, age: number, isUnseen: boolean): PointKind {
    const to = minute + 1 - age * this.#length;
    const from = to - this.#length;
    if (age === 0 && isUnseen) return this.#length === 1 ? 'missing' : this.#measure(from, to - 1);
    const index = to - this.#minutes.first;
    const known = this.#windows[index] ?? this.#measure(from, to);
    this.#windows[index] = known;
    return known;
  }

  #measure(from: number, to: number): PointKind {
    const { sensor } = this.#alarm;
    const value = sensor.value(this.#minutes.between(from, to));
    if (value === undefined) return 'missing';
    return sensor.isBreaching(value) ? 'breaching' : 'fine';
  }
}
