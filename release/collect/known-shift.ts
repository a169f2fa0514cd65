import type { DeploymentInfo, LambdaTarget } from '@aws-sdk/client-codedeploy';
import { routingNamed, shiftMinutes } from '../../aws-rules/traffic-shift';
import type { Console } from '../aws/console';
import { type Firing, type FunctionRelease, isOver, type Point } from '../outcome/function-release';
import { type AnnouncedShift, announcedRelease } from './alias-events';
import { alarmNames } from './deployment';
import { Fact } from './fact';
import type { Reading } from './reading';

/** What one look at the shifts of a release goes by. */
export interface Look {
  readonly reading: Reading;
  readonly console: Console;
  /** milliseconds since the epoch */
  readonly now: number;
  /** whether CloudFormation takes the whole release back */
  readonly goesBack: boolean;
  /** id of the event by which the stack settled, @default it is busy */
  readonly settled?: string | undefined;
  /** whether calls are counted, so that none is made which the next look can do without */
  readonly isFrugal: boolean;
}

/** What was read of one shift so far, and what of it cannot change any more. */
export class KnownShift {
  info: DeploymentInfo | undefined;
  readonly target = new Fact<LambdaTarget>();
  readonly hookName = new Fact<string | undefined>();
  readonly weight = new Fact<number>();
  /** what the stack was when `weight` was to be read */
  weightOf: string | undefined;
  /** by the alarm's name */
  readonly firings = new Map<string, Fact<Firing | undefined>>();
  readonly points = new Map<string, { readonly points: readonly Point[]; readonly isFinal: boolean }>();
  traffic: { readonly seen: FunctionRelease['traffic']; readonly isFinal: boolean } | undefined;

  /** @param shift as the stack's events tell it by now */
  constructor(public shift: AnnouncedShift) {}

  get id(): string {
    return this.shift.deploymentId;
  }

  get isOver(): boolean {
    return isOver({ status: this.#status });
  }

  /** when CodeDeploy ended it; where that cannot be asked, when the stack said so. @default it runs */
  get end(): Date | undefined {
    return this.info?.completeTime ?? (this.isOver ? this.shift.last.Timestamp : undefined);
  }

  /** whether it is to blame for what becomes of the release */
  get isCulprit(): boolean {
    return this.isOver && this.#status !== 'Succeeded';
  }

  /** names of the alarms that stopped it */
  get alarmsFired(): readonly string[] {
    if (!this.info) {
      const { cause } = announcedRelease(this.shift);
      return cause?.type === 'alarm' ? cause.alarms : [];
    }
    const { code, message = '' } = this.info.errorInformation ?? {};
    return this.isOver && code === 'ALARM_ACTIVE' ? alarmNames(message) : [];
  }

  /** whether the last look had no calls left for some of it */
  get waits(): boolean {
    return [this.target, this.hookName, this.weight, ...this.firings.values()].some(({ waits }) => waits);
  }

  firing(alarm: string): Fact<Firing | undefined> {
    const known = this.firings.get(alarm) ?? new Fact();
    this.firings.set(alarm, known);
    return known;
  }

  /** Whether CodeDeploy can say more of it than it has; once it is over it names the deployment that rolls it back. */
  isInfoFinal(settled: string | undefined): boolean {
    if (!this.info || !this.isOver) return false;
    return !this.isCulprit || this.info.rollbackInfo?.rollbackDeploymentId !== undefined || settled !== undefined;
  }

  /** Whether it is worth to read the target. While traffic shifts as planned, its weight follows from the clock. */
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

  /** Whether what a target says holds for ever. */
  isLast(target: LambdaTarget | undefined, now: number): boolean {
    const open = target?.lifecycleEvents?.some(({ status }) => status === 'InProgress' || status === 'Pending');
    return this.isOver && (!open || isLongAgo(this.end, now));
  }

  get #status(): string {
    return this.info ? (this.info.status ?? '') : announcedRelease(this.shift).status;
  }
}

/** What AWS writes down of an instant comes in after it; two minutes on everything is there. */
export function isLongAgo(at: Date | string | undefined, now: number): boolean {
  return at !== undefined && new Date(at).getTime() < now - 120_000;
}
