import type { Halt } from './deployment';
import type { AlarmConfiguration } from './deployment-group';

/** Source of alarm states for CodeDeploy. */
export interface AlarmStates {
  /**
   * @returns The state; undefined when there is no such alarm, which CodeDeploy treats like one that it cannot read.
   */
  state(alarmName: string): { readonly value: string; readonly reason: string } | undefined;
}

/**
 * Interval at which a deployment reads its alarms, in milliseconds. AWS does not publish it; contract.md says how it
 * was inferred.
 */
const INTERVAL = 10_000;

/** Reads the alarms of a deployment at intervals. */
export class AlarmWatch {
  readonly #states: AlarmStates;
  readonly #configuration: AlarmConfiguration;
  readonly #phase: number;
  readonly #denied: () => Halt | undefined;

  /**
   * @param phase Milliseconds after the start of an interval at which the alarms are read.
   * @param denied Returns why the deployment may not read alarms; undefined when it may.
   */
  constructor(states: AlarmStates, configuration: AlarmConfiguration, phase: number, denied: () => Halt | undefined) {
    this.#states = states;
    this.#configuration = configuration;
    this.#phase = phase;
    this.#denied = denied;
  }

  /** @returns The next instant after `now` at which the alarms are read, in milliseconds since the epoch. */
  next(now: number): number {
    return (Math.floor((now - this.#phase) / INTERVAL) + 1) * INTERVAL + this.#phase;
  }

  /** @returns The reason to stop the deployment; undefined when there is none. */
  check(): Halt | undefined {
    const { enabled, names, ignorePollAlarmFailure } = this.#configuration;
    if (!enabled) return undefined;
    const denied = this.#denied();
    if (denied) return ignorePollAlarmFailure ? undefined : denied;
    const active = names.filter((name) => this.#states.state(name)?.value === 'ALARM');
    if (active.length > 0) {
      return stop(
        'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the ' +
          `affected deployments have been stopped. Activated alarms: ${quoted(active)}`,
      );
    }
    const unreadable = names.filter((name) => !this.#states.state(name));
    if (unreadable.length === 0 || ignorePollAlarmFailure) return undefined;
    return stop(
      'The deployment has been stopped because the state of one or more alarms could not be retrieved from Amazon ' +
        `CloudWatch. Alarms: ${quoted(unreadable)}`,
    );
  }
}

function stop(message: string): Halt {
  return { status: 'Stopped', code: 'ALARM_ACTIVE', message, rollsBackOn: 'DEPLOYMENT_STOP_ON_ALARM' };
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `<${name}>`).join(' ');
}
