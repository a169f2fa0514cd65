import { type AccessRule, type AccessRules, need } from '../access/need';
import { arn } from '../scope';

const onQueue =
  (action: string): AccessRule =>
  ({ QueueUrl }, caller) =>
    need(action, arn('sqs', caller, String(QueueUrl).split('/').at(-1)!));

/**
 * Permissions that SQS's operations need.
 *
 * Source: Service Authorization Reference, Amazon SQS.
 */
export const SQS_ACCESS: AccessRules = {
  GetQueueUrl: ({ QueueName }, caller) => need('sqs:GetQueueUrl', arn('sqs', caller, QueueName)),
  ListQueues: () => need('sqs:ListQueues'),
  GetQueueAttributes: onQueue('sqs:GetQueueAttributes'),
  SendMessage: onQueue('sqs:SendMessage'),
  ReceiveMessage: onQueue('sqs:ReceiveMessage'),
  DeleteMessage: onQueue('sqs:DeleteMessage'),
};
