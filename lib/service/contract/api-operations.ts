/**
 * Operations of AWS's APIs that are not actions of IAM, with the action by which AWS authorises them. In a policy they have no
 * effect.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:transactgetitems': ['dynamodb:GetItem'],
  'dynamodb:transactwriteitems': [
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  's3:copyobject': ['s3:GetObject', 's3:PutObject'],
  's3:deleteobjects': ['s3:DeleteObject'],
  's3:headbucket': ['s3:ListBucket'],
  's3:headobject': ['s3:GetObject'],
  's3:listobjects': ['s3:ListBucket'],
  's3:listobjectsv2': ['s3:ListBucket'],
  'sns:publishbatch': ['sns:Publish'],
  'sqs:changemessagevisibilitybatch': ['sqs:ChangeMessageVisibility'],
  'sqs:deletemessagebatch': ['sqs:DeleteMessage'],
  'sqs:sendmessagebatch': ['sqs:SendMessage'],
};

/** @returns The actions of IAM that authorise an operation which is none itself; undefined for any other text. */
export function actionsOfOperation(operation: string): readonly string[] | undefined {
  const key = operation.toLowerCase();
  return Object.hasOwn(ACTIONS, key) ? ACTIONS[key] : undefined;
}
