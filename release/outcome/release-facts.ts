import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { FunctionRelease } from './function-release';
import type { Unread } from './unread';

/** What AWS reports about one release, before it is judged. */
export interface ReleaseFacts {
  readonly stackName: string;
  /** @default - the stack does not exist */
  readonly stackStatus?: string | undefined;
  /** The stack's events of this release, oldest first. */
  readonly events: readonly StackEvent[];
  /** The shifts that this release started, in order. */
  readonly functions: readonly FunctionRelease[];
  /** The stack's address in the console. @default - the region's console is not known */
  readonly console?: string;
  /** @default - everything was read */
  readonly unread?: readonly Unread[];
  /** True when the stack's events could not be read, so that the outcome cannot be determined. @default false */
  readonly blind?: boolean;
  /**
   * True when the call limit was reached before everything was read. The next reads of the same collector complete it,
   * so the outcome is not final yet. @default false
   */
  readonly incomplete?: boolean;
}
