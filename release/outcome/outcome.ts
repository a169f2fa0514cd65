import type { Unread } from '../collect/reading';
import type { FunctionRelease } from './function-release';
import type { Obstacle } from './obstacle';

export type { FunctionRelease, LifecycleEvent, RollbackCause } from './function-release';

interface Known {
  readonly stackName: string;
  /** as CloudFormation says it, e.g. `UPDATE_COMPLETE`; `UNKNOWN` when it could not be read */
  readonly stackStatus: string;
  /** the stack's address in the console, @default the region's console is not known */
  readonly console?: string;
  /** what is nobody's fault but stops everybody, with what to do about it, @default nothing is */
  readonly obstacles?: readonly Obstacle[];
  /** what could not be read, so that the rest may be less than the truth, @default everything was */
  readonly unread?: readonly Unread[];
  /** what was done to the stack after this was concluded, by nobody who wrote it down; @default nothing was */
  readonly changedSince?: ChangedSince;
}

/** An operation on a stack that is no release of the pipeline's. */
export interface ChangedSince {
  /** ISO 8601 */
  readonly began: string;
  /** the stack's status now */
  readonly stackStatus: string;
}

/** Every function that shifted now runs its new version alone. */
export interface Released extends Known {
  readonly type: 'released';
  readonly functions: readonly FunctionRelease[];
}

/** At least one shift was taken back, and with it the whole release. The functions that caused it come first. */
export interface RolledBack extends Known {
  readonly type: 'rolled-back';
  readonly functions: readonly FunctionRelease[];
  /** what failed elsewhere in the stack after every shift had succeeded, @default a shift failed, and says why itself */
  readonly reason?: string;
  /** aliases, by logical id, that were to shift too but never began, @default every one began */
  readonly cancelled?: readonly string[];
}

/** The release did not do what it should, and no shift is to blame. */
export interface Failed extends Known {
  readonly type: 'failed';
  /**
   * where: before CloudFormation was asked, in it, or after it had ended well; `unread` when AWS could not be asked, so
   * that nobody knows
   */
  readonly phase: 'before-cloudformation' | 'cloudformation' | 'after-cloudformation' | 'unread';
  readonly reason: string;
  readonly remedy: string;
  /** the shifts that succeeded all the same, @default there were none */
  readonly functions?: readonly FunctionRelease[];
}

/** Nothing that a function runs has changed, so no canary ran. */
export interface Unchanged extends Known {
  readonly type: 'unchanged';
  /** whether anything else of the stack was updated */
  readonly stackUpdated: boolean;
}

/** The aliases were created: there was no version to shift from, so no canary ran. */
export interface FirstRelease extends Known {
  readonly type: 'first-release';
  readonly aliases: readonly { readonly logicalId: string; readonly physicalId: string }[];
}

/** The stack is still being changed. */
export interface InProgress extends Known {
  readonly type: 'in-progress';
  readonly functions: readonly FunctionRelease[];
  /** forwards, or back to what was before */
  readonly direction: 'deploying' | 'rolling-back';
}

/** What became of one release of one stack, or how it stands. */
export type ReleaseOutcome = Released | RolledBack | Failed | Unchanged | FirstRelease | InProgress;

/** @returns whether the release did what it was asked to: everything it held is live */
export function succeeded(outcome: ReleaseOutcome): boolean {
  return outcome.type === 'released' || outcome.type === 'unchanged' || outcome.type === 'first-release';
}

/** @returns the shifts of a release, of whatever kind it is */
export function functionsOf(outcome: ReleaseOutcome): readonly FunctionRelease[] {
  return ('functions' in outcome && outcome.functions) || [];
}
