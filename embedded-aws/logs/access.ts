import { type AccessRules, need } from '../access/need';
import { arn, type Scope } from '../scope';

/** @returns ARN of a log stream; without a name, that of the streams of a group, as AWS's messages have it. */
export function logStreamArn(scope: Scope, group: string, stream = ''): string {
  return arn('logs', scope, `log-group:${group}:log-stream:${stream}`);
}

/**
 * Permissions that the operations of CloudWatch Logs need.
 *
 * Source: Service Authorization Reference, Amazon CloudWatch Logs. Operations on a group are authorised on the ARN of
 * its streams, as AWS's messages of denials show; a policy whose resource ends in `:*` matches it.
 */
export const LOGS_ACCESS: AccessRules = {
  DescribeLogGroups: (_, caller) => need('logs:DescribeLogGroups', logStreamArn(caller, '')),
  DescribeLogStreams: ({ logGroupName }, caller) => need('logs:DescribeLogStreams', logStreamArn(caller, logGroupName)),
  FilterLogEvents: ({ logGroupName }, caller) => need('logs:FilterLogEvents', logStreamArn(caller, logGroupName)),
  GetLogEvents: ({ logGroupName, logStreamName }, caller) =>
    need('logs:GetLogEvents', logStreamArn(caller, logGroupName, logStreamName)),
};
