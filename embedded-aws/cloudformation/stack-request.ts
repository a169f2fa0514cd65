import type { ParameterInput } from './parameters';
import type { TemplateSource } from './template-url';

/** What a stack is asked to be, beside its template. */
export interface StackSettings {
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  /** The role that CloudFormation works under, undefined for the caller's own permissions. */
  readonly roleArn: string | undefined;
  readonly notificationArns: readonly string[];
}

/** What a stack is asked to become; settings that are left out stay as they are. */
export interface StackRequest extends Partial<StackSettings> {
  readonly stackName: string;
  readonly template: TemplateSource | 'previous';
  /** @default - The defaults of the template. */
  readonly parameters?: readonly ParameterInput[];
  /**
   * Goes into every event of the operation.
   *
   * @default - None.
   */
  readonly clientRequestToken?: string;
}

export interface ChangeSetRequest extends StackRequest {
  readonly changeSetName: string;
  /** @default - UPDATE. */
  readonly type?: 'CREATE' | 'UPDATE';
  /** @default - None. */
  readonly description?: string;
}
