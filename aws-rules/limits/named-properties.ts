import type { QuotaId } from './quotas';

/** A property of a resource type whose length is limited. */
interface LimitedProperty {
  readonly property: string;
  readonly quota: QuotaId;
}

/**
 * The properties with a limited length of the resource types that a service's stack or the pipeline's own stacks contain most.
 * The first of each type is its name.
 */
export const LIMITED_PROPERTIES: Readonly<Record<string, readonly LimitedProperty[]>> = {
  'AWS::CloudWatch::Alarm': [
    { property: 'AlarmName', quota: 'alarmName' },
    { property: 'AlarmDescription', quota: 'alarmDescription' },
  ],
  'AWS::CloudWatch::CompositeAlarm': [
    { property: 'AlarmName', quota: 'alarmName' },
    { property: 'AlarmDescription', quota: 'alarmDescription' },
  ],
  'AWS::CloudWatch::Dashboard': [{ property: 'DashboardName', quota: 'dashboardName' }],
  'AWS::CodeConnections::Connection': [{ property: 'ConnectionName', quota: 'connectionName' }],
  'AWS::CodeDeploy::Application': [{ property: 'ApplicationName', quota: 'applicationName' }],
  'AWS::CodeDeploy::DeploymentGroup': [{ property: 'DeploymentGroupName', quota: 'deploymentGroupName' }],
  'AWS::CodePipeline::Pipeline': [{ property: 'Name', quota: 'pipelineName' }],
  'AWS::Cognito::UserPool': [{ property: 'UserPoolName', quota: 'userPoolName' }],
  'AWS::Cognito::UserPoolClient': [{ property: 'ClientName', quota: 'userPoolClientName' }],
  'AWS::DynamoDB::Table': [{ property: 'TableName', quota: 'tableName' }],
  'AWS::Events::EventBus': [
    { property: 'Name', quota: 'eventBusName' },
    { property: 'Description', quota: 'eventBusDescription' },
  ],
  'AWS::Events::Rule': [
    { property: 'Name', quota: 'ruleName' },
    { property: 'Description', quota: 'ruleDescription' },
  ],
  'AWS::IAM::ManagedPolicy': [{ property: 'ManagedPolicyName', quota: 'managedPolicyName' }],
  'AWS::IAM::Role': [
    { property: 'RoleName', quota: 'roleName' },
    { property: 'Description', quota: 'roleDescription' },
  ],
  'AWS::Kinesis::Stream': [{ property: 'Name', quota: 'streamName' }],
  'AWS::Lambda::Function': [
    { property: 'FunctionName', quota: 'functionName' },
    { property: 'Description', quota: 'functionDescription' },
  ],
  'AWS::Lambda::LayerVersion': [{ property: 'LayerName', quota: 'layerName' }],
  'AWS::Logs::LogGroup': [{ property: 'LogGroupName', quota: 'logGroupName' }],
  'AWS::S3::Bucket': [{ property: 'BucketName', quota: 'bucketName' }],
  'AWS::Scheduler::Schedule': [
    { property: 'Name', quota: 'scheduleName' },
    { property: 'Description', quota: 'scheduleDescription' },
  ],
  'AWS::Scheduler::ScheduleGroup': [{ property: 'Name', quota: 'scheduleGroupName' }],
  'AWS::SecretsManager::Secret': [{ property: 'Name', quota: 'secretName' }],
  'AWS::SNS::Topic': [{ property: 'TopicName', quota: 'topicName' }],
  'AWS::SQS::Queue': [{ property: 'QueueName', quota: 'queueName' }],
  'AWS::SSM::Parameter': [{ property: 'Name', quota: 'parameterName' }],
  'AWS::StepFunctions::StateMachine': [{ property: 'StateMachineName', quota: 'stateMachineName' }],
};
