import type { AlarmState } from '../../aws-rules/alarm-evaluation';
import { arn, type Scope } from '../scope';
import type { AlarmDefinition } from './alarm-definition';
import { INITIAL_REASON } from './state-reason';

/** The change of an alarm from one state to another. */
export interface AlarmTransition {
  readonly alarmName: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  /** JSON; undefined when SetAlarmState set the state without it. */
  readonly reasonData: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** ARNs of the SNS topics to notify; none while the alarm's actions are disabled. */
  readonly actions: readonly string[];
}

/** An entry of an alarm's history. */
export interface HistoryItem {
  readonly alarmName: string;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

/** An alarm and its state. */
export class Alarm {
  readonly scope: Scope;
  definition: AlarmDefinition;
  state: AlarmState = 'INSUFFICIENT_DATA';
  reason: string = INITIAL_REASON;
  reasonData: string | undefined;
  /** Milliseconds since the epoch, as are the next two. */
  stateUpdated: number;
  transitioned: number;
  configured: number;

  /** @param now Milliseconds since the epoch. */
  constructor(scope: Scope, definition: AlarmDefinition, now: number) {
    this.scope = scope;
    this.definition = definition;
    this.stateUpdated = now;
    this.transitioned = now;
    this.configured = now;
  }

  get arn(): string {
    return arn('cloudwatch', this.scope, `alarm:${this.definition.name}`);
  }

  /** @returns The alarm as DescribeAlarms returns it. */
  describe(): object {
    return {
      ...this.definition.members,
      AlarmArn: this.arn,
      AlarmConfigurationUpdatedTimestamp: new Date(this.configured),
      StateValue: this.state,
      StateReason: this.reason,
      StateReasonData: this.reasonData,
      StateUpdatedTimestamp: new Date(this.stateUpdated),
      StateTransitionedTimestamp: new Date(this.transitioned),
    };
  }

  /**
   * Enters a state.
   *
   * @param now Milliseconds since the epoch.
   * @returns The transition, undefined when the alarm is already in the state.
   */
  enter(to: AlarmState, reason: string, reasonData: string | undefined, now: number): AlarmTransition | undefined {
    const from = this.state;
    this.reason = reason;
    this.reasonData = reasonData;
    this.stateUpdated = now;
    if (from === to) return undefined;
    this.state = to;
    this.transitioned = now;
    const actions = this.definition.actionsEnabled ? this.definition.actions[to] : [];
    return { alarmName: this.definition.name, from, to, reason, reasonData, at: now, actions };
  }
}
