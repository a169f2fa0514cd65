import { evaluationRange } from '../../aws-rules/alarm-evaluation';
import { isInAlarm, type PointKind, type TemplateAlarmRule } from './alarm-state';
import type { Minutes } from './minutes';
import type { Sensor } from './sensor';
import { MINUTE } from './timing';

/** An alarm that is looked at while releases are drawn. */
export interface Watcher {
  readonly sensor: Sensor;
  readonly rule: TemplateAlarmRule & { /** seconds */ readonly period: number };
}

/** Only an alarm that ignores missing data keeps a state; any other follows from its last look before the shift. */
export function looksBefore(range: number, treatMissingData: string): number {
  return treatMissingData === 'ignore' ? range + 1 : 2;
}

/** Looks that are red: the first of them that counts, by whether the look before the shift is at minute -2 or at -1. */
export interface Red {
  readonly fromTwo: number;
  readonly fromOne: number;
}

export const NEVER: Red = { fromTwo: Number.POSITIVE_INFINITY, fromOne: Number.POSITIVE_INFINITY };

/** Looks at one alarm during one release. */
export class Looks {
  readonly #range: number;
  readonly #length: number;
  /** of each whole window that ends before a minute, what it says; looks share most of theirs */
  readonly #whole: (PointKind | undefined)[];

  constructor(
    private readonly watcher: Watcher,
    private readonly minutes: Minutes,
  ) {
    this.#range = evaluationRange(watcher.rule.evaluationPeriods);
    this.#length = watcher.rule.period / MINUTE;
    this.#whole = Array.from({ length: minutes.last - minutes.first + 2 });
  }

  /** Has to be said when the minutes were drawn anew. */
  forget(): void {
    this.#whole.fill(undefined);
  }

  /** @param unseen whether looks come before the newest minute's metrics are seen */
  red(unseen: boolean): Red {
    let fromTwo = Number.POSITIVE_INFINITY;
    let before = false;
    const first = -looksBefore(this.#range, this.watcher.rule.treatMissingData);
    for (let look = first; look <= this.minutes.last; look += 1) {
      before = this.#isRed(look, unseen, before);
      if (!before || look < -2) continue;
      fromTwo = Math.min(fromTwo, look);
      if (look > -2) return { fromTwo, fromOne: look };
    }
    return fromTwo === Number.POSITIVE_INFINITY ? NEVER : { fromTwo, fromOne: Number.POSITIVE_INFINITY };
  }

  /** Whether the alarm is in ALARM after the look at the end of a minute. */
  #isRed(look: number, unseen: boolean, before: boolean): boolean {
    const { evaluationPeriods, datapointsToAlarm } = this.watcher.rule;
    let real = 0;
    let bad = 0;
    for (let age = 0; age < this.#range; age += 1) {
      const kind = this.#kind(look, age, unseen);
      if (kind === 'missing') continue;
      real += 1;
      if (kind === 'breaching') bad += 1;
      // Enough real points: what is older, or missing, does not matter.
      if (real === evaluationPeriods) return bad >= datapointsToAlarm;
    }
    const points = Array.from({ length: this.#range }, (_, index) => this.#kind(look, this.#range - 1 - index, unseen));
    return isInAlarm(points, this.watcher.rule, before);
  }

  /** What the window says that ended so many periods before a look. */
  #kind(look: number, age: number, unseen: boolean): PointKind {
    const to = look + 1 - age * this.#length;
    const from = to - this.#length;
    if (age === 0 && unseen) return this.#length === 1 ? 'missing' : this.#judged(from, to - 1);
    const index = to - this.minutes.first;
    const known = this.#whole[index] ?? this.#judged(from, to);
    this.#whole[index] = known;
    return known;
  }

  #judged(from: number, to: number): PointKind {
    const { sensor } = this.watcher;
    const value = sensor.value(this.minutes.between(from, to));
    if (value === undefined) return 'missing';
    return sensor.isBreaching(value) ? 'breaching' : 'fine';
  }
}
