import { Unsupported } from '../../errors';
import type { Input } from '../../protocol/input';
import type { StackRequest } from '../stack-request';
import type { TemplateSource } from '../template-url';

/** Members of a request that changes a stack. */
export const STACK_MEMBERS = [
  'StackName',
  'TemplateBody',
  'TemplateURL',
  'UsePreviousTemplate',
  'Parameters',
  'Capabilities',
  'Tags',
  'NotificationARNs',
  'RoleARN',
  'ClientRequestToken',
];

/** @returns The request that the members of {@link STACK_MEMBERS} describe. */
export function readRequest(input: Input): StackRequest {
  return {
    stackName: input.StackName,
    template: input.UsePreviousTemplate === 'true' ? 'previous' : readTemplateSource(input),
    parameters: list(input.Parameters).map(({ ParameterKey, ParameterValue, UsePreviousValue }: Input) => ({
      key: ParameterKey,
      value: ParameterValue,
      usePrevious: UsePreviousValue === 'true',
    })),
    capabilities: list(input.Capabilities),
    tags:
      input.Tags === undefined ? undefined : Object.fromEntries(list(input.Tags).map((tag) => [tag.Key, tag.Value])),
    notificationArns: input.NotificationARNs === undefined ? undefined : list(input.NotificationARNs),
    roleArn: input.RoleARN,
    clientRequestToken: input.ClientRequestToken,
  };
}

export function readTemplateSource({ TemplateBody, TemplateURL }: Input): TemplateSource {
  return { body: TemplateBody, url: TemplateURL };
}

/** Reads a list; the Query protocol sends an empty list as an empty string. */
function list(value: unknown): Input[] & string[] {
  return Array.isArray(value) ? (value as Input[] & string[]) : [];
}

/**
 * Refuses a member that has any other value than the one that is supported.
 *
 * @throws Unsupported when it has another value.
 */
export function refuseUnless(input: Input, member: string, supported: string): void {
  if (input[member] !== undefined && input[member] !== supported) {
    throw new Unsupported(`cloudformation: ${member} ${input[member]}`, `use ${supported}`);
  }
}
