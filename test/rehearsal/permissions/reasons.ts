import type { GrantReason } from './page';

const CDK_GRANTS = /^s3:(Abort\*|DeleteObject\*|GetBucket\*|GetObject\*|List\*|PutObject.*)$/;
const SERVICE_STACK = /^CloudFormationRole/;
const RELEASE_READERS = /^(DeployRole|WatchRole)/;

/** Why the roles are granted what a rehearsal does not use; the first that matches counts. */
export const REASONS: readonly GrantReason[] = [
  {
    roles: /SelfMutationRole/,
    actions: /./,
    reason: 'a rehearsal reports the self-update and does not run it',
  },
  {
    roles: /^(AlarmBoardRole|BoardRole)/,
    actions: /./,
    reason: 'the board runs when a person opens the dashboard',
  },
  {
    roles: /^PipelineRole/,
    actions: CDK_GRANTS,
    reason: "CDK grants the pipeline's role its bucket; here every action has a role of its own",
  },
  {
    roles: /(ProjectRole|deployactionrole|CodePipelineActionRole)/,
    actions: CDK_GRANTS,
    reason: 'CDK grants reading and writing of a bucket as a whole; large, versioned or expiring artifacts need it',
  },
  {
    roles: /ProjectRole/,
    actions: /^codebuild:(CreateReport|CreateReportGroup|UpdateReport|BatchPutTestCases)$/,
    reason: 'reports of the tests, which a quick rehearsal leaves out',
  },
  {
    roles: /(ProjectRole|deployactionrole)/,
    actions: /^codebuild:BatchPutCodeCoverages$/,
    reason: 'CDK grants it with the other permissions for reports; no build reports coverage',
  },
  {
    roles: /(ProjectRole|deployactionrole)/,
    actions: /^logs:(CreateLogGroup|CreateLogStream|PutLogEvents)$/,
    reason: "CDK grants CodeBuild's default log group in addition to the project's own",
  },
  {
    roles: /^NotificationsNotifierRole/,
    actions: /^sqs:SendMessage$/,
    reason: 'an event that the notifier could not process three times goes to the dead-letter queue',
  },
  {
    roles: /SourceGitHub/,
    actions: /^codestar-connections:UseConnection$/,
    reason: 'the older name of the service, which connections made before 2024 have',
  },
  {
    roles: /CanaryCodePipelineActionRole/,
    actions: /^lambda:ListFunctions$/,
    reason: "CodePipeline's permissions for a Lambda action, as CDK grants them; only the console lists functions",
  },
  {
    roles: /^PipelineCodeBuildActionRole/,
    actions: /^codebuild:StopBuild$/,
    reason: 'a person stops an execution',
  },
  {
    roles: RELEASE_READERS,
    actions:
      /^(cloudformation:(DescribeStackResources|DescribeStacks|ListStackResources)|cloudwatch:(DescribeAlarmHistory|DescribeAlarms|GetMetricData|PutMetricData)|codedeploy:(BatchGetDeploymentGroups|GetApplicationRevision)|lambda:(GetAlias|ListVersionsByFunction)|logs:FilterLogEvents)$/,
    reason:
      'reading how a release ended in other ways: a hook failed, a deployment is missing, Deploy ended without recording it',
  },
  {
    roles: /^DeployRole/,
    actions: /^(cloudformation:GetTemplate|lambda:GetFunction|s3:GetBucketLocation)$/,
    reason: '`sls deploy` calls it for services other than the sample',
  },
  {
    roles: /^DeployRole/,
    actions: /^(lambda:DeleteFunction|s3:DeleteObject|s3:AbortMultipartUpload)$/,
    reason: '`sls deploy` removes old versions and packages, of which the sample has too few after three pushes',
  },
  {
    roles: SERVICE_STACK,
    actions: /:(Delete|Detach|Remove|Stop|DELETE)/,
    reason: 'a template without the resource any more, a rollback of its creation, or the removal of the stack',
  },
  {
    roles: SERVICE_STACK,
    actions: /:(UntagResource|UntagRole|UntagLogGroup|TagLogGroup|ListTags.*)$/,
    reason: 'changed tags of a stack; log groups have the actions of before 2023 too',
  },
  {
    roles: SERVICE_STACK,
    actions: /:(Get|List|GET)/,
    reason: "CloudFormation's handlers read resources after drift, for GetAtt, or in the types that the sample lacks",
  },
  {
    roles: SERVICE_STACK,
    actions: /./,
    reason: 'settings of sls that the sample does not use, and changes of existing resources',
  },
  {
    roles: /^IamRoleLambdaExecution/,
    actions: /^logs:(CreateLogGroup|TagResource)$/,
    reason: 'sls grants it; the log groups are in the template',
  },
  {
    roles: /TrafficLambdaFunctionRole/,
    actions: /^(cloudwatch:GetMetricData|lambda:InvokeFunction)$/,
    reason: 'canary-guard gives both hooks the same; the first reads no metrics, and the second invokes nothing',
  },
];
