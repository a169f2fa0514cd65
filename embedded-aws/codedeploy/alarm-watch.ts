import type { Halt } from './deployment';
import type { AlarmConfiguration } from './deployment-group';

/** Where CodeDeploy reads alarms. */
export interface AlarmStates {
  /** @returns Undefined when there is no such alarm, which is as good as one that cannot be read. */
  state(alarmName: string): { readonly value: string; readonly reason: string } | undefined;
}

/** Milliseconds between two looks at the alarms (inferred; AWS does not publish it, contract.md). */
const interval = 10_000;

/** Looks at a deployment's alarms time and again. */
export class AlarmWatch {
  /** @param phase Milliseconds into every interval at which the alarms are read. */
  constructor(
    private readonly states: AlarmStates,
    private readonly configuration: AlarmConfiguration,
    private readonly phase: number,
  ) {}

  /** @returns The next instant, after now, at which the alarms are read; milliseconds since the epoch. */
  next(now: number): number {
    return (Math.floor((now - this.phase) / interval) + 1) * interval + this.phase;
  }

  /** @returns Why the deployment has to stop, if it has. */
  check(): Halt | undefined {
    const { enabled, names, ignorePollAlarmFailure } = this.configuration;
    if (!enabled) return undefined;
    const active = names.filter((name) => this.states.state(name)?.value === 'ALARM');
    if (active.length > 0) {
      return stop(
        'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the ' +
          `affected deployments have been stopped. Activated alarms: ${quoted(active)}`,
      );
    }
    const unreadable = names.filter((name) => !this.states.state(name));
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
