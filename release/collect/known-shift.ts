import type { DeploymentInfo, LambdaTarget } from '@aws-sdk/client-codedeploy';
import { routingNamed, shiftMinutes } from '../../aws-rules/traffic-shift';
import type { Console } from '../aws/console';
import { type Firing, type FunctionRelease, isOver, type MetricPoint } from '../outcome/function-release';
import { type AnnouncedShift, alarmNames, announcedRelease } from './alias-events';
import { Fact } from './fact';
import type { Reading } from './reading';

/** Context of one read of the shifts of a release. */
export interface ShiftReading {
  readonly reading: Reading;
  readonly console: Console;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether CloudFormation is rolling back the whole release. */
  readonly isRollingBack: boolean;
  /** Id of the event with which the stack settled. @default - the stack is busy */
  readonly settled?: string | undefined;
  /** Whether calls are limited, so that calls which can wait for the next read are not made. */
  readonly isFrugal: boolean;
}

/** What has been read of one shift so far, and which parts of it cannot change any more. */
export class KnownShift {
  /** The shift as the stack's events describe it now. */
  shift: AnnouncedShift;
  info: DeploymentInfo | undefined;
  readonly target = new Fact<LambdaTarget>();
  readonly hookName = new Fact<string | undefined>();
  readonly weight = new Fact<number>();
  /** State of the stack when `weight` was last read. */
  weightReadAt: string | undefined;
  /** By the alarm's name. */
  readonly firings = new Map<string, Fact<Firing | undefined>>();
  readonly points = new Map<string, { readonly points: readonly MetricPoint[]; readonly isFinal: boolean }>();
  traffic: { readonly seen: FunctionRelease['traffic']; readonly isFinal: boolean } | undefined;

  constructor(shift: AnnouncedShift) {
    this.shift = shift;
  }

  get id(): string {
    return this.shift.deploymentId;
  }

  get isOver(): boolean {
    return isOver({ status: this.#status });
  }

  /**
   * When it ended by CodeDeploy, or by the stack's events where CodeDeploy could not be read; undefined while it runs.
   */
  get end(): Date | undefined {
    return this.info?.completeTime ?? (this.isOver ? this.shift.last.Timestamp : undefined);
  }

  /** Whether it failed, so that it caused the rollback of the release. */
  get isCulprit(): boolean {
    return this.isOver && this.#status !== 'Succeeded';
  }

  /** Names of the alarms that stopped it. */
  get alarmsFired(): readonly string[] {
    if (!this.info) {
      const { cause } = announcedRelease(this.shift);
      return cause?.type === 'alarm' ? cause.alarms : [];
    }
    const { code, message = '' } = this.info.errorInformation ?? {};
    return this.isOver && code === 'ALARM_ACTIVE' ? alarmNames(message) : [];
  }

  /** Whether the last read had no calls left for some of it. */
  get waits(): boolean {
    return [this.target, this.hookName, this.weight, ...this.firings.values()].some(({ waits }) => waits);
  }

  firing(alarm: string): Fact<Firing | undefined> {
    const known = this.firings.get(alarm) ?? new Fact();
    this.firings.set(alarm, known);
    return known;
  }

  /**
   * Whether `info` is complete: after a failed deployment CodeDeploy adds the id of the deployment that rolls it back.
   */
  isInfoFinal(settled: string | undefined): boolean {
    if (!this.info || !this.isOver) return false;
    return !this.isCulprit || this.info.rollbackInfo?.rollbackDeploymentId !== undefined || settled !== undefined;
  }

  /** Whether the target has to be read. While traffic shifts as planned, its weight follows from the time. */
  mayHaveMoved(now: number): boolean {
    const { value } = this.target;
    if (!value || this.isOver) return true;
    const event = (name: string) =>
      value.lifecycleEvents?.find(({ lifecycleEventName }) => lifecycleEventName === name);
    const allow = event('AllowTraffic');
    if (allow?.status !== 'InProgress' || !allow.startTime) {
      return allow?.status !== 'Succeeded' || event('AfterAllowTraffic')?.status === 'Pending';
    }
    const minutes = shiftMinutes(routingNamed(this.info?.deploymentConfigName ?? ''));
    return now >= allow.startTime.getTime() + minutes * 60_000;
  }

  /** Whether a target cannot change any more. */
  isLast(target: LambdaTarget | undefined, now: number): boolean {
    const open = target?.lifecycleEvents?.some(({ status }) => status === 'InProgress' || status === 'Pending');
    return this.isOver && (!open || isLongAgo(this.end, now));
  }

  get #status(): string {
    return this.info ? (this.info.status ?? '') : announcedRelease(this.shift).status;
  }
}

/** Whether AWS has recorded everything about an instant: its records arrive up to two minutes late. */
export function isLongAgo(at: Date | string | undefined, now: number): boolean {
  return at !== undefined && new Date(at).getTime() < now - 120_000;
}
