import type { AlarmState } from '../../aws-rules/alarm-evaluation';
import { arn, type Scope } from '../scope';
import type { AlarmDefinition } from './alarm-definition';
import { initialReason } from './state-reason';

/** An alarm that went from one state to another. */
export interface AlarmTransition {
  readonly alarmName: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  /** JSON; undefined where somebody set the state and gave none */
  readonly reasonData: string | undefined;
  /** milliseconds since the epoch */
  readonly at: number;
  /** ARNs of the SNS topics to tell; none while the alarm's actions are disabled */
  readonly actions: readonly string[];
}

/** One entry of an alarm's history. */
export interface HistoryItem {
  readonly alarmName: string;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  /** milliseconds since the epoch */
  readonly at: number;
  readonly summary: string;
  /** JSON */
  readonly data: string;
}

/** An alarm and the state it is in. */
export class Alarm {
  state: AlarmState = 'INSUFFICIENT_DATA';
  reason = initialReason;
  reasonData: string | undefined;
  stateUpdated: number;
  transitioned: number;
  configured: number;

  /** @param now milliseconds since the epoch */
  constructor(
    readonly scope: Scope,
    public definition: AlarmDefinition,
    now: number,
  ) {
    this.stateUpdated = now;
    this.transitioned = now;
    this.configured = now;
  }

  get arn(): string {
    return arn('cloudwatch', this.scope, `alarm:${this.definition.name}`);
  }

  /** @returns the alarm as DescribeAlarms gives it */
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

  /** Enters a state. @returns the transition, undefined when the alarm was in it already */
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
