import { type AlarmState, breaches, evaluateAlarm, evaluationRange } from '../../aws-rules/alarm-evaluation';
import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Random } from '../random';
import type { Scope } from '../scope';
import { Alarm, type AlarmTransition, type HistoryItem } from './alarm';
import type { AlarmDefinition } from './alarm-definition';
import { QueryRun, type QueryWindow } from './metric-query';
import type { MetricStore } from './metric-store';
import { type Datapoint, stateReason, stateReasonData } from './state-reason';
import { samplesWanted } from './statistic';

export interface AlarmsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly store: MetricStore;
  readonly onTransition: (alarm: Alarm, transition: AlarmTransition) => void;
}

/**
 * The alarms of an account and region. Each is evaluated by a daemon of its own, which ends with the alarm, so a region
 * without alarms wakes nobody. CloudWatch evaluates an alarm at the same second of every minute; published histories show
 * it (contract.md), so every alarm draws its own phase.
 */
export class Alarms {
  readonly #alarms = new Map<string, Alarm>();
  readonly #history: HistoryItem[] = [];

  constructor(private readonly props: AlarmsProps) {}

  /** Creates an alarm, or replaces the definition of the one of that name, whose state stays. */
  put(definition: AlarmDefinition): Alarm {
    const { clock, scope } = this.props;
    const existing = this.#alarms.get(definition.name);
    if (existing) {
      existing.definition = definition;
      existing.configured = clock.now();
      this.#remember(definition.name, 'ConfigurationUpdate', `Alarm "${definition.name}" updated`, { type: 'Update' });
      return existing;
    }
    const alarm = new Alarm(scope, definition, clock.now());
    this.#alarms.set(definition.name, alarm);
    this.#remember(definition.name, 'ConfigurationUpdate', `Alarm "${definition.name}" created`, { type: 'Create' });
    void clock.spawn(() => this.#watch(alarm), { daemon: true });
    return alarm;
  }

  /** @returns whether there was one */
  delete(name: string): boolean {
    if (!this.#alarms.delete(name)) return false;
    this.#remember(name, 'ConfigurationUpdate', `Alarm "${name}" deleted`, { type: 'Delete' });
    return true;
  }

  get(name: string): Alarm | undefined {
    return this.#alarms.get(name);
  }

  /** @throws AwsError ResourceNotFound */
  require(name: string): Alarm {
    const alarm = this.#alarms.get(name);
    if (!alarm) throw new AwsError('ResourceNotFound', `Unknown alarm: ${name}`, 404);
    return alarm;
  }

  /** @returns every alarm by name, in the order of names */
  list(): readonly Alarm[] {
    return [...this.#alarms.values()].sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
  }

  /** @returns what happened, oldest first */
  history(): readonly HistoryItem[] {
    return this.#history;
  }

  /** Puts an alarm into a state until its next evaluation (CW, SetAlarmState). */
  set(name: string, state: AlarmState, reason: string, reasonData: string | undefined): void {
    this.#enter(this.require(name), state, reason, reasonData);
  }

  async #watch(alarm: Alarm): Promise<void> {
    const { clock, random } = this.props;
    const phase = random.stream(`phase/${alarm.definition.name}`).next();
    for (;;) {
      const cycle = cycleOf(alarm.definition);
      const offset = Math.floor(phase * cycle);
      await clock.sleepUntil(Math.floor((clock.now() - offset) / cycle) * cycle + cycle + offset);
      if (this.#alarms.get(alarm.definition.name) !== alarm) return;
      this.#evaluate(alarm);
    }
  }

  #evaluate(alarm: Alarm): void {
    const { clock, store } = this.props;
    const { definition } = alarm;
    const windows = slidingWindows(clock.now(), definition);
    const run = new QueryRun(definition.queries, windows, store);
    const points = datapoints(definition, windows, run);
    if (hasTooFewSamples(definition, points)) return;
    const breaching = points.map(({ value }) =>
      value === undefined ? undefined : breaches(value, definition.comparison, definition.threshold),
    );
    const judgement = evaluateAlarm(breaching, definition);
    if (judgement.state === 'unchanged' || judgement.state === alarm.state) return;
    const reason = stateReason(definition, points, judgement, breaching);
    this.#enter(alarm, judgement.state, reason, stateReasonData(definition, points, judgement, clock.now()));
  }

  #enter(alarm: Alarm, state: AlarmState, reason: string, reasonData: string | undefined): void {
    const before = { stateValue: alarm.state, stateReason: alarm.reason };
    const transition = alarm.enter(state, reason, reasonData, this.props.clock.now());
    if (!transition) return;
    const { name } = alarm.definition;
    const after = { stateValue: state, stateReason: reason, stateReasonData: reasonData && JSON.parse(reasonData) };
    this.#remember(name, 'StateUpdate', `Alarm updated from ${transition.from} to ${state}`, {
      oldState: before,
      newState: after,
    });
    for (const action of transition.actions) {
      this.#remember(name, 'Action', `Successfully executed action ${action}`, {
        actionState: 'Succeeded',
        notificationResource: action,
      });
    }
    this.props.onTransition(alarm, transition);
  }

  #remember(alarmName: string, type: HistoryItem['type'], summary: string, data: object): void {
    const text = JSON.stringify({ version: '1.0', ...data });
    this.#history.push({ alarmName, type, at: this.props.clock.now(), summary, data: text });
  }
}

/** @returns milliseconds between evaluations: 10 s below a period of a minute, else a minute (CW) */
function cycleOf(definition: AlarmDefinition): number {
  return definition.period < 60 ? 10_000 : 60_000;
}

/** @returns the evaluation range, oldest first; its windows slide with the clock by the evaluation's cycle */
function slidingWindows(now: number, definition: AlarmDefinition): readonly QueryWindow[] {
  const cycle = cycleOf(definition);
  const end = Math.floor(now / cycle) * cycle;
  const period = definition.period * 1000;
  const range = evaluationRange(definition.evaluationPeriods);
  return Array.from({ length: range }, (_, index) => {
    const from = end - (range - index) * period;
    return { from, to: from + period };
  });
}

function datapoints(definition: AlarmDefinition, windows: readonly QueryWindow[], run: QueryRun): readonly Datapoint[] {
  const values = run.series(definition.watched);
  const query = definition.queries.find((each) => each.id === definition.watched);
  const observed = query?.type === 'metric' ? run.observations(query) : [];
  return windows.map(({ from }, index) => ({ at: from, value: values[index], samples: observed[index]?.count }));
}

function hasTooFewSamples(definition: AlarmDefinition, points: readonly Datapoint[]): boolean {
  const query = definition.queries.find((each) => each.id === definition.watched);
  if (definition.lowSamples === 'evaluate' || query?.type !== 'metric') return false;
  const recent = points.slice(-definition.evaluationPeriods);
  const samples = recent.reduce((sum, point) => sum + (point.samples ?? 0), 0);
  return samples > 0 && samples < samplesWanted(query.statistic);
}
