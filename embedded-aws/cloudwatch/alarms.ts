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

interface AlarmsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly store: MetricStore;
  /** @returns Why a topic does not accept messages of an alarm; undefined when it does. */
  readonly refusal: (alarm: Alarm, topicArn: string) => string | undefined;
  /** @param accepted Topics to notify: those of the transition that accept messages. */
  readonly onTransition: (alarm: Alarm, transition: AlarmTransition, accepted: readonly string[]) => void;
}

/**
 * The alarms of an account and region. A separate daemon evaluates each alarm and ends with it, so a region without
 * alarms has no timers. CloudWatch evaluates an alarm in the same second of every minute, as published histories show
 * (contract.md), so a phase is drawn for every alarm.
 */
export class Alarms {
  readonly #props: AlarmsProps;
  readonly #alarms = new Map<string, Alarm>();
  readonly #history: HistoryItem[] = [];

  constructor(props: AlarmsProps) {
    this.#props = props;
  }

  /** Creates an alarm, or replaces the definition of an existing one, which keeps its state. */
  put(definition: AlarmDefinition): Alarm {
    const { clock, scope } = this.#props;
    const existing = this.#alarms.get(definition.name);
    if (existing) {
      existing.definition = definition;
      existing.configured = clock.now();
      this.#addHistory(definition.name, 'ConfigurationUpdate', `Alarm "${definition.name}" updated`, {
        type: 'Update',
      });
      return existing;
    }
    const alarm = new Alarm(scope, definition, clock.now());
    this.#alarms.set(definition.name, alarm);
    this.#addHistory(definition.name, 'ConfigurationUpdate', `Alarm "${definition.name}" created`, { type: 'Create' });
    void clock.spawn(() => this.#watch(alarm), { daemon: true });
    return alarm;
  }

  /** @returns Whether the alarm existed. */
  delete(name: string): boolean {
    if (!this.#alarms.delete(name)) return false;
    this.#addHistory(name, 'ConfigurationUpdate', `Alarm "${name}" deleted`, { type: 'Delete' });
    return true;
  }

  get(name: string): Alarm | undefined {
    return this.#alarms.get(name);
  }

  /** @throws AwsError ResourceNotFound when there is no such alarm. */
  require(name: string): Alarm {
    const alarm = this.#alarms.get(name);
    if (!alarm) throw new AwsError('ResourceNotFound', `Unknown alarm: ${name}`, 404);
    return alarm;
  }

  /** @returns All alarms, sorted by name. */
  list(): readonly Alarm[] {
    return [...this.#alarms.values()].sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
  }

  /** @returns The history of all alarms, oldest first. */
  history(): readonly HistoryItem[] {
    return this.#history;
  }

  /** Sets an alarm's state until its next evaluation (CloudWatch user guide, SetAlarmState). */
  set(name: string, state: AlarmState, reason: string, reasonData: string | undefined): void {
    this.#enter(this.require(name), state, reason, reasonData);
  }

  async #watch(alarm: Alarm): Promise<void> {
    const { clock, random } = this.#props;
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
    const { clock, store } = this.#props;
    const { definition } = alarm;
    const windows = slidingWindows(clock.now(), definition);
    const run = new QueryRun(definition.queries, windows, store);
    const points = datapoints(definition, windows, run);
    if (hasTooFewSamples(definition, points)) return;
    const breaching = points.map(({ value }) =>
      value === undefined ? undefined : breaches(value, definition.comparison, definition.threshold),
    );
    const evaluation = evaluateAlarm(breaching, definition);
    if (evaluation.state === 'unchanged' || evaluation.state === alarm.state) return;
    const reason = stateReason(definition, points, evaluation, breaching);
    this.#enter(alarm, evaluation.state, reason, stateReasonData(definition, points, evaluation, clock.now()));
  }

  #enter(alarm: Alarm, state: AlarmState, reason: string, reasonData: string | undefined): void {
    const before = { stateValue: alarm.state, stateReason: alarm.reason };
    const transition = alarm.enter(state, reason, reasonData, this.#props.clock.now());
    if (!transition) return;
    const { name } = alarm.definition;
    const after = { stateValue: state, stateReason: reason, stateReasonData: reasonData && JSON.parse(reasonData) };
    this.#addHistory(name, 'StateUpdate', `Alarm updated from ${transition.from} to ${state}`, {
      oldState: before,
      newState: after,
    });
    const accepted = transition.actions.filter((action) => this.#execute(alarm, action));
    this.#props.onTransition(alarm, transition, accepted);
  }

  /** @returns Whether the topic accepts the message. */
  #execute(alarm: Alarm, action: string): boolean {
    const { name } = alarm.definition;
    const error = this.#props.refusal(alarm, action);
    if (error === undefined) {
      const data = { actionState: 'Succeeded', notificationResource: action };
      this.#addHistory(name, 'Action', `Successfully executed action ${action}`, data);
    } else {
      const data = { actionState: 'Failed', notificationResource: action, error };
      this.#addHistory(name, 'Action', `Failed to execute action ${action}. Received error: "${error}"`, data);
    }
    return error === undefined;
  }

  #addHistory(alarmName: string, type: HistoryItem['type'], summary: string, data: object): void {
    const text = JSON.stringify({ version: '1.0', ...data });
    this.#history.push({ alarmName, type, at: this.#props.clock.now(), summary, data: text });
  }
}

/** @returns Milliseconds between evaluations: 10 s if the period is below a minute, else 60 s (CloudWatch user guide). */
function cycleOf(definition: AlarmDefinition): number {
  return definition.period < 60 ? 10_000 : 60_000;
}

/** @returns The windows of the evaluation range, oldest first. They end with the last whole cycle before now. */
function slidingWindows(now: number, definition: AlarmDefinition): readonly QueryWindow[] {
  const cycle = cycleOf(definition);
  const end = Math.floor(now / cycle) * cycle;
  const period = definition.period * 1_000;
  const range = evaluationRange(definition.evaluationPeriods);
  return Array.from({ length: range }, (_, index) => {
    const from = end - (range - index) * period;
    return { from, to: from + period };
  });
}

function datapoints(definition: AlarmDefinition, windows: readonly QueryWindow[], run: QueryRun): readonly Datapoint[] {
  const values = run.series(definition.watched);
  const query = definition.queries.find(({ id }) => id === definition.watched);
  const observed = query?.type === 'metric' ? run.observations(query) : [];
  return windows.map(({ from }, index) => ({ at: from, value: values[index], samples: observed[index]?.count }));
}

function hasTooFewSamples(definition: AlarmDefinition, points: readonly Datapoint[]): boolean {
  const query = definition.queries.find(({ id }) => id === definition.watched);
  if (definition.lowSamples === 'evaluate' || query?.type !== 'metric') return false;
  const recent = points.slice(-definition.evaluationPeriods);
  const samples = recent.reduce((sum, point) => sum + (point.samples ?? 0), 0);
  return samples > 0 && samples < samplesWanted(query.statistic);
}
