import type { ParameterInput } from './parameters';
import type { TemplateSource } from './template-url';

/** Settings of a stack, in addition to its template. */
export interface StackSettings {
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  /** Role that CloudFormation assumes; undefined for the caller's permissions. */
  readonly roleArn: string | undefined;
  readonly notificationArns: readonly string[];
}

/** Request to create or update a stack; settings that are left out stay as they are. */
export interface StackRequest extends Partial<StackSettings> {
  readonly stackName: string;
  readonly template: TemplateSource | 'previous';
  /** @default - The template's defaults. */
  readonly parameters?: readonly ParameterInput[];
  /**
   * Token that every event of the operation carries.
   *
   * @default - None.
   */
  readonly clientRequestToken?: string;
}

export interface ChangeSetRequest extends StackRequest {
  readonly changeSetName: string;
  /** @default "UPDATE" */
  readonly type?: 'CREATE' | 'UPDATE';
  /** @default - None. */
  readonly description?: string;
}
