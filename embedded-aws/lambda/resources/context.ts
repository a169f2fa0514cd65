import { AwsError } from '../../errors';
import type { Random } from '../../random';
import type { AliasShifter } from '../alias-shift';
import type { OperationContext } from '../operations/context';

/** The state that Lambda's resource types work on. */
export interface LambdaResourceContext extends OperationContext {
  readonly random: Random;
  /**
   * Lets virtual time pass.
   *
   * @param duration Milliseconds.
   */
  readonly sleep: (duration: number) => Promise<void>;
  /** CodeDeploy, which in turn needs Lambda; called when an alias has to shift. */
  readonly shifter: () => AliasShifter;
}

/**
 * Deletes a resource. Succeeds when it no longer exists, as in CloudFormation.
 *
 * @throws Any other error of `remove`.
 */
export function deleteIfPresent(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
  }
}
