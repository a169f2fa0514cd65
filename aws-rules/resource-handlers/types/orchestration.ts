import type { HandledChange } from '../handled-change';
import { calls, type HandlerTable, lifecycle } from '../handler-table';

/**
 * Calls for the types of CodePipeline, CodeBuild, CodeConnections, Step Functions and CloudFormation itself.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const ORCHESTRATION_HANDLERS: HandlerTable = {
  'AWS::CodePipeline::Pipeline': lifecycle({
    resource: (change) => change.arn('codepipeline', change.name('Name', { longest: 100 })),
    create: ['codepipeline:CreatePipeline', 'codepipeline:GetPipeline'],
    update: ['codepipeline:GetPipeline', 'codepipeline:UpdatePipeline'],
    delete: ['codepipeline:GetPipeline', 'codepipeline:DeletePipeline'],
    tags: { property: 'Tags', set: 'codepipeline:TagResource', remove: 'codepipeline:UntagResource' },
    passes: [['RoleArn', 'codepipeline.amazonaws.com']],
  }),
  // Tags of a project are part of the project.
  'AWS::CodeBuild::Project': lifecycle({
    resource: (change) => change.arn('codebuild', `project/${change.name('Name', { longest: 255 })}`),
    create: ['codebuild:CreateProject'],
    update: ['codebuild:UpdateProject'],
    delete: ['codebuild:DeleteProject'],
    passes: [['ServiceRole', 'codebuild.amazonaws.com']],
  }),
  'AWS::CodeConnections::Connection': lifecycle({
    resource: (change) => change.physicalId ?? change.arn('codeconnections', 'connection/*'),
    create: ['codeconnections:CreateConnection', 'codeconnections:GetConnection'],
    update: ['codeconnections:GetConnection'],
    delete: ['codeconnections:DeleteConnection'],
    tags: { property: 'Tags', set: 'codeconnections:TagResource', remove: 'codeconnections:UntagResource' },
  }),
  'AWS::StepFunctions::StateMachine': lifecycle({
    resource: (change) =>
      change.physicalId ?? change.arn('states', `stateMachine:${change.name('StateMachineName', { longest: 80 })}`),
    create: ['states:CreateStateMachine'],
    update: ['states:UpdateStateMachine'],
    delete: ['states:DescribeStateMachine', 'states:DeleteStateMachine'],
    tags: { property: 'Tags', set: 'states:TagResource', remove: 'states:UntagResource' },
    passes: [['RoleArn', 'states.amazonaws.com']],
    more: (change) =>
      change.operation !== 'delete' && change.sets('DefinitionS3Location')
        ? calls(
            `arn:${change.location.partition}:s3:::${change.text('DefinitionS3Location.Bucket')}/${change.text('DefinitionS3Location.Key')}`,
            's3:GetObject',
          )
        : [],
  }),
  'AWS::StepFunctions::Activity': lifecycle({
    resource: (change) => change.physicalId ?? change.arn('states', `activity:${change.name('Name', { longest: 80 })}`),
    create: ['states:CreateActivity'],
    delete: ['states:DeleteActivity'],
    tags: { property: 'Tags', set: 'states:TagResource', remove: 'states:UntagResource' },
  }),
  'AWS::CloudFormation::CustomResource': customResourceCalls,
  'AWS::CloudFormation::WaitConditionHandle': () => [],
  'AWS::CDK::Metadata': () => [],
};

/**
 * A custom resource is a message to the topic or function that its service token names (CloudFormation guide, "Custom
 * resources").
 */
export function customResourceCalls(change: HandledChange): ReturnType<HandlerTable[string]> {
  const token = change.text('ServiceToken');
  return calls(token, token.includes(':sns:') ? 'sns:Publish' : 'lambda:InvokeFunction');
}
