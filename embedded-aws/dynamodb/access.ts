import { type AccessRule, type AccessRules, need } from '../access/need';
import { arn } from '../scope';

const onTable =
  (action: string): AccessRule =>
  ({ TableName }, caller) =>
    need(action, arn('dynamodb', caller, `table/${TableName}`));

/**
 * Permissions that DynamoDB's operations need. Its condition keys for items and attributes are not set.
 *
 * Source: Service Authorization Reference, Amazon DynamoDB.
 */
export const DYNAMODB_ACCESS: AccessRules = {
  DescribeTable: onTable('dynamodb:DescribeTable'),
  PutItem: onTable('dynamodb:PutItem'),
  UpdateItem: onTable('dynamodb:UpdateItem'),
  GetItem: onTable('dynamodb:GetItem'),
  Query: onTable('dynamodb:Query'),
};
