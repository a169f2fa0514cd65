import type { DeploymentError } from './deployment';
import type { RollbackEvent } from './deployment-group';

/** Why a deployment ends before its time. */
export interface Halt extends DeploymentError {
  readonly status: 'Failed' | 'Stopped';
  /** the event on which a group may roll back; undefined when nothing was changed that could be taken back */
  readonly rollsBackOn: RollbackEvent | undefined;
}
