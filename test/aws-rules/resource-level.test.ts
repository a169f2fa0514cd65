import { takesNoResource } from '../../aws-rules/resource-level';

test.each([
  'lambda:CreateEventSourceMapping',
  'ec2:DescribeSubnets',
  'cloudformation:ValidateTemplate',
  'EC2:describevpcs',
  'cloudwatch:PutMetricData',
])('%s can be granted on all resources only', (action) => expect(takesNoResource(action)).toBe(true));

test.each(['lambda:UpdateFunctionCode', 'iam:PassRole', 'dynamodb:PutItem', 'invented:DoThis', ''])(
  '%s takes a resource, or is unknown',
  (action) => expect(takesNoResource(action)).toBe(false),
);
