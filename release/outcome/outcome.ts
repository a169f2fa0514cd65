import type { FunctionRelease } from './function-release';
import type { Obstacle } from './obstacle';
import type { Unread } from './unread';

export type { FunctionRelease, LifecycleEvent, RollbackCause } from './function-release';

interface Known {
  readonly stackName: string;
  /** CloudFormation's status, e.g. `UPDATE_COMPLETE`; `UNKNOWN` when it could not be read. */
  readonly stackStatus: string;
  /** The stack's address in the console. @default - the region's console is not known */
  readonly console?: string;
  /** Conditions that block this release and the next ones, each with its remedy. @default - there are none */
  readonly obstacles?: readonly Obstacle[];
  /** What could not be read, so that the outcome may be incomplete. @default - everything was read */
  readonly unread?: readonly Unread[];
  /** A change of the stack after this outcome that the ledger does not know. @default - there was none */
  readonly changedSince?: ChangedSince;
}

/** An operation on a stack that is not a release of the pipeline. */
export interface ChangedSince {
  /** ISO 8601. */
  readonly began: string;
  /** The stack's status now. */
  readonly stackStatus: string;
}

/** Every function that was shifted serves all traffic with its new version. */
export interface Released extends Known {
  readonly type: 'released';
  readonly functions: readonly FunctionRelease[];
}

/** At least one shift was rolled back, and with it the whole release. The functions that caused it come first. */
export interface RolledBack extends Known {
  readonly type: 'rolled-back';
  readonly functions: readonly FunctionRelease[];
  /** The resource that failed, and why, when it was not a shift. @default - a shift failed; its `cause` says why */
  readonly reason?: string;
  /** Logical ids of aliases whose shift was cancelled before it began. @default - every shift began */
  readonly cancelled?: readonly string[];
}

/** The release failed, but no shift did. */
export interface Failed extends Known {
  readonly type: 'failed';
  /**
   * Where it failed: before CloudFormation was called, in CloudFormation, or after it had succeeded; `unread` when the
   * outcome could not be determined.
   */
  readonly phase: 'before-cloudformation' | 'cloudformation' | 'after-cloudformation' | 'unread';
  readonly reason: string;
  readonly remedy: string;
  /** The shifts that succeeded all the same. @default - there were none */
  readonly functions?: readonly FunctionRelease[];
}

/** No function's code or configuration changed, so no canary ran. */
export interface Unchanged extends Known {
  readonly type: 'unchanged';
  /** Whether any other part of the stack was updated. */
  readonly stackUpdated: boolean;
}

/** The aliases were created: there was no earlier version to shift from, so no canary ran. */
export interface FirstRelease extends Known {
  readonly type: 'first-release';
  readonly aliases: readonly { readonly logicalId: string; readonly physicalId: string }[];
}

/** The stack is still being changed. */
export interface InProgress extends Known {
  readonly type: 'in-progress';
  readonly functions: readonly FunctionRelease[];
  readonly direction: 'deploying' | 'rolling-back';
}

/** What one release of one stack ended as, or how far it is. */
export type ReleaseOutcome = Released | RolledBack | Failed | Unchanged | FirstRelease | InProgress;

/** @returns Whether everything in the release is live. */
export function succeeded(outcome: ReleaseOutcome): boolean {
  return outcome.type === 'released' || outcome.type === 'unchanged' || outcome.type === 'first-release';
}

/** @returns The shifts of a release; empty for outcomes that have none. */
export function functionsOf(outcome: ReleaseOutcome): readonly FunctionRelease[] {
  return ('functions' in outcome && outcome.functions) || [];
}
