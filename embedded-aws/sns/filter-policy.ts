import { AwsError } from '../errors';
import { compilePattern } from '../events/event-pattern';
import type { Properties } from '../resource-type';
import type { MessageAttribute } from '../sqs/message';
import type { SnsMessage } from './sns';

/** Which messages a subscription wants. */
export interface FilterPolicy {
  /** As it was given. */
  readonly policy: object;
  readonly scope: 'MessageAttributes' | 'MessageBody';
  admits(message: SnsMessage): boolean;
}

/**
 * Reads what a subscription's properties say of filtering. Policies are written as EventBridge's patterns are (SNS
 * developer guide, "subscription filter policies").
 *
 * @returns Undefined where every message is wanted.
 * @throws AwsError InvalidParameter; Unsupported for anything but exact values and `anything-but`.
 */
export function readFilterPolicy({ FilterPolicy, FilterPolicyScope }: Properties): FilterPolicy | undefined {
  const scope = FilterPolicyScope ?? 'MessageAttributes';
  if (scope !== 'MessageAttributes' && scope !== 'MessageBody') {
    throw new AwsError('InvalidParameter', `Invalid parameter: FilterPolicyScope: Invalid value [${scope}]`);
  }
  const policy = typeof FilterPolicy === 'string' ? JSON.parse(FilterPolicy) : FilterPolicy;
  if (policy === undefined || Object.keys(policy).length === 0) return undefined;
  const matches = compilePattern(policy, { name: 'a filter policy', operators: ['anything-but'] });
  return {
    policy,
    scope,
    admits: (message) => matches(scope === 'MessageBody' ? body(message) : attributes(message)),
  };
}

function attributes(message: SnsMessage): object {
  return Object.fromEntries(Object.entries(message.attributes).map(([name, each]) => [name, attributeValue(each)]));
}

function attributeValue({ DataType, StringValue }: MessageAttribute): unknown {
  if (DataType === 'Number') return Number(StringValue);
  return DataType === 'String.Array' ? JSON.parse(StringValue) : StringValue;
}

/** A body that is not JSON matches nothing (SNS developer guide, "filter policy scope"). */
function body({ message }: SnsMessage): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
