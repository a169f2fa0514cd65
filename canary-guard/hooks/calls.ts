import type { Answer } from './answer';
import type { Check } from './checks';

/** The result of calling one version of a function. */
export interface VersionCall {
  readonly answer?: Answer;
  /** What the function threw, or why it did not answer. */
  readonly error?: string;
  /**
   * Milliseconds, as measured by Lambda.
   *
   * @default - not known
   */
  readonly milliseconds?: number;
  /**
   * Whether Lambda started an environment for the call.
   *
   * @default - not known
   */
  readonly cold?: boolean;
}

/**
 * Calls one version directly, without the alias. An error of the function is part of the result; a rejection means that
 * the function could not be called.
 */
export type CallVersion = (check: Check, version: 'new' | 'baseline') => Promise<VersionCall>;

/** The calls that were made for one check, in the order in which they were made. */
export interface CheckCalls {
  readonly check: Check;
  readonly newVersion: readonly VersionCall[];
  readonly baseline: readonly VersionCall[];
}
