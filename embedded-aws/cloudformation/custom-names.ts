import { AwsError } from '../errors';
import type { Properties } from '../resource-type';

/** The property with the name of a resource, for types that can have a custom name. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CodeDeploy::Application': 'ApplicationName',
  'AWS::CodeDeploy::DeploymentConfig': 'DeploymentConfigName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
};

/**
 * Refuses to replace a resource that keeps its custom name, because the new one would be created next to the old one.
 *
 * @throws AwsError with CloudFormation's message.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 */
export function checkCustomName(type: string, previous: Properties, properties: Properties): void {
  const name = properties[NAME_PROPERTIES[type] ?? ''];
  if (name === undefined || previous[NAME_PROPERTIES[type] ?? ''] !== name) return;
  throw new AwsError(
    'ValidationError',
    'CloudFormation cannot update a stack when a custom-named resource requires replacing. ' +
      `Rename ${name} and update the stack again.`,
  );
}
