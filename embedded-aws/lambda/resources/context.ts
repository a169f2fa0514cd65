import { AwsError } from '../../errors';
import type { Random } from '../../random';
import type { AliasShifter } from '../alias-shift';
import type { OperationContext } from '../operations/context';

/** What Lambda's resource types work on. */
export interface LambdaResourceContext extends OperationContext {
  readonly random: Random;
  /** Lets virtual time pass, in milliseconds. */
  readonly sleep: (duration: number) => Promise<void>;
  /** Resolved when it is needed, because CodeDeploy in turn needs Lambda. */
  readonly shifter: () => AliasShifter;
}

/**
 * Deletes; what is not there any more counts as deleted, as for CloudFormation.
 *
 * @throws what else `remove` throws.
 */
export function deleteIfPresent(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
  }
}
