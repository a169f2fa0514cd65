import type { ParameterInput } from './parameters';
import type { Stack, StackSettings } from './stack';
import type { TemplateSource } from './template-url';

/** What a stack is asked to become; settings that are left out stay as they are. */
export interface StackRequest extends Partial<StackSettings> {
  readonly stackName: string;
  readonly template: TemplateSource | 'previous';
  /** @default the defaults of the template */
  readonly parameters?: readonly ParameterInput[];
  /** goes into every event of the operation, @default none */
  readonly clientRequestToken?: string;
}

export interface ChangeSetRequest extends StackRequest {
  readonly changeSetName: string;
  /** @default UPDATE */
  readonly type?: 'CREATE' | 'UPDATE';
  /** @default none */
  readonly description?: string;
}

/** What became of a request that was carried out to its end. */
export type Deployment =
  | { readonly type: 'unchanged'; readonly stack: Stack }
  | { readonly type: 'succeeded'; readonly stack: Stack }
  | {
      readonly type: 'failed';
      readonly stack: Stack;
      /** e.g. `UPDATE_ROLLBACK_COMPLETE` */
      readonly status: string;
      /** why it was rolled back, or could not be */
      readonly reason: string | undefined;
    };
