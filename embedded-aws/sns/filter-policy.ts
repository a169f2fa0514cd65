import { AwsError } from '../errors';
import { compilePattern } from '../events/event-pattern';
import type { Properties } from '../resource-type';
import type { MessageAttribute } from '../sqs/message';
import type { FilterPolicy, SnsMessage } from './topics';

/**
 * Reads the filter policy of a subscription. Policies have the syntax of EventBridge patterns (SNS developer guide,
 * "subscription filter policies").
 *
 * @returns The policy; undefined when the subscription receives every message.
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
  return Object.fromEntries(
    Object.entries(message.attributes).map(([name, attribute]) => [name, attributeValue(attribute)]),
  );
}

function attributeValue({ DataType, StringValue }: MessageAttribute): unknown {
  if (DataType === 'Number') return Number(StringValue);
  return DataType === 'String.Array' ? JSON.parse(StringValue) : StringValue;
}

/**
 * @returns The body of a message; undefined when it is not JSON, which matches nothing (SNS developer guide, "filter
 *   policy scope").
 */
function body({ message }: SnsMessage): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
