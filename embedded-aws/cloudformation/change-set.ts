import type { Blueprint } from './blueprint';
import type { StackSettings } from './stack-request';

/** A property that a change set would change. */
export interface PropertyChange {
  readonly name: string;
  /** Whether the change replaces the resource. */
  readonly replaces: boolean;
  /** Whether the new value is known before the operation. */
  readonly known: boolean;
}

/** What a change set would do to one resource. */
export type PlannedChange =
  | { readonly action: 'Add'; readonly logicalId: string; readonly type: string }
  | { readonly action: 'Remove'; readonly logicalId: string; readonly type: string; readonly physicalId: string }
  | {
      readonly action: 'Modify';
      readonly logicalId: string;
      readonly type: string;
      readonly physicalId: string;
      readonly replacement: 'True' | 'False' | 'Conditional';
      readonly properties: readonly PropertyChange[];
    };

interface ChangeSetBase {
  readonly id: string;
  readonly name: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly createdAt: Date;
  readonly description: string | undefined;
  readonly blueprint: Blueprint;
  readonly settings: StackSettings;
}

export type ChangeSet = ChangeSetBase &
  (
    | {
        readonly status: 'CREATE_COMPLETE';
        readonly execution: 'AVAILABLE' | 'EXECUTE_IN_PROGRESS' | 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED';
        readonly changes: readonly PlannedChange[];
      }
    | {
        readonly status: 'FAILED';
        readonly execution: 'UNAVAILABLE';
        readonly reason: string;
        readonly changes: readonly [];
      }
  );
