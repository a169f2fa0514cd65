/** An accepted finding of cdk-nag: on which resources, and why. Paths and findings must match completely. */
export interface Suppression {
  readonly resource: string;
  readonly finding: string;
  readonly reason: string;
}

const PIPELINE = 'PipelineStack/Pipeline/Pipeline';
const ENVIRONMENT = '(staging|prod)';
const SELF_UPDATE = 'PipelineStack/Pipeline/UpdatePipeline/SelfMutation';
const BUILD = `${PIPELINE}/Build/Build/CdkBuildProject`;
const DEPLOY_ACTION_POLICY = `PipelineStack/${ENVIRONMENT}-deploy-action-role/DefaultPolicy/Resource`;
const CANARY_ACTION_POLICY = `${PIPELINE}/${ENVIRONMENT}/Canary/CodePipelineActionRole/DefaultPolicy/Resource`;
const BUILD_POLICIES = `(${BUILD}/Role/DefaultPolicy/Resource|${SELF_UPDATE}/Role/DefaultPolicy/Resource|${DEPLOY_ACTION_POLICY})`;
const CACHE_POLICIES = `(${BUILD}/Role/DefaultPolicy/Resource|${DEPLOY_ACTION_POLICY})`;
const ARTIFACT_POLICIES = `(${PIPELINE}/(Role|Source/GitHub/CodePipelineActionRole)/DefaultPolicy/Resource|${BUILD_POLICIES})`;
const DEPLOY_ROLE = `PipelineStack/${ENVIRONMENT}/ReleaseStack/DeployRole/Resource`;
const CLOUDFORMATION_ROLE = `PipelineStack/${ENVIRONMENT}/ReleaseStack/CloudFormationRole/Resource`;
const WATCH_ROLE = `PipelineStack/${ENVIRONMENT}/ReleaseStack/WatchRole/Resource`;
/** The roles that read how a release goes. */
const READERS = `PipelineStack/${ENVIRONMENT}/ReleaseStack/(DeployRole|WatchRole)/Resource`;
const ALL_ROLES = `PipelineStack/${ENVIRONMENT}/ReleaseStack/(DeployRole|CloudFormationRole|WatchRole)/Resource`;
const BOTH_ROLES = `PipelineStack/${ENVIRONMENT}/ReleaseStack/(DeployRole|CloudFormationRole)/Resource`;

const regionAndAccount = '(<AWS::Region>|[a-z0-9-]+):(<AWS::AccountId>|[0-9]{12})';
const resource = (service: string, rest: string) =>
  `AwsSolutions-IAM5[Resource::arn:(<AWS::Partition>|aws):${service}:${rest}]`;
const regional = (service: string, rest: string) => resource(service, `${regionAndAccount}:${rest}`);

export const SUPPRESSIONS: readonly Suppression[] = [
  {
    resource: `PipelineStack/${ENVIRONMENT}/ReleaseStack/UndeliveredShifts/Resource`,
    finding: 'AwsSolutions-SQS3',
    reason: "it is a dead-letter queue itself, of a rule's target, which the rule does not know",
  },
  {
    resource: ARTIFACT_POLICIES,
    finding: 'AwsSolutions-IAM5[Action::s3:(Abort|DeleteObject|GetBucket|GetObject|List)*]',
    reason: "aws-cdk-lib grants access to a bucket by these prefixes; they are limited to the pipeline's two buckets",
  },
  {
    resource: ARTIFACT_POLICIES,
    finding: 'AwsSolutions-IAM5[Resource::<BucketsArtifacts[0-9A-F]+.Arn>/*]',
    reason: 'CodePipeline generates the keys of artifacts in each execution',
  },
  {
    resource: ARTIFACT_POLICIES,
    finding: 'AwsSolutions-IAM5[Action::kms:(GenerateDataKey|ReEncrypt)*]',
    reason: 'both variants of each action, only on the key of the artifacts, and only if another account reads them',
  },
  {
    resource: CACHE_POLICIES,
    finding: 'AwsSolutions-IAM5[Resource::<BucketsCache[0-9A-F]+.Arn>/(build|deploy-(staging|prod))/*]',
    reason: "the keys of a project's own cache contain the hash of the lock file",
  },
  {
    resource: BUILD_POLICIES,
    finding: regional('logs', 'log-group:/aws/codebuild/<[A-Za-z0-9]+>:*'),
    reason: "the log streams of the project's own log group, one per build",
  },
  {
    resource: BUILD_POLICIES,
    finding: regional('codebuild', 'report-group/<[A-Za-z0-9]+>-*'),
    reason: "CodeBuild names a report group after the project's name and the report's",
  },
  {
    resource: `(${BUILD}|${PIPELINE}/${ENVIRONMENT}/Deploy/Deploy|${SELF_UPDATE})/Resource`,
    finding: 'AwsSolutions-CB4',
    reason: "artifacts have the bucket's default encryption, with a customer managed key if another account reads them",
  },
  {
    resource: `${SELF_UPDATE}/Role/DefaultPolicy/Resource`,
    finding: 'AwsSolutions-IAM5[Resource::arn:*:iam::(<AWS::AccountId>|[0-9]{12}):role/*]',
    reason: "a condition limits it to the bootstrap's roles, which have a known tag but no known name",
  },
  {
    resource: `${SELF_UPDATE}/Role/DefaultPolicy/Resource`,
    finding: regional('cloudformation', 'stack/(PipelineStack|CDKToolkit)/*'),
    reason: 'the name is followed by the unique id that CloudFormation generates for a stack',
  },
  {
    resource: `${SELF_UPDATE}/Role/DefaultPolicy/Resource`,
    finding: resource('s3', '::cdk-*-assets-(<AWS::AccountId>|[0-9]{12})-(<AWS::Region>|[a-z0-9-]+)'),
    reason: 'the bootstrap may have another qualifier',
  },
  {
    resource: READERS,
    finding: regional('cloudformation', `stack/greeter-${ENVIRONMENT}/*`),
    reason: 'the name is followed by the unique id that CloudFormation generates for a stack',
  },
  {
    resource: DEPLOY_ROLE,
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'ValidateTemplate and GetMetricData, which only read, have no resource; nor has PutMetricData, which a condition ' +
      'limits to the namespace of releases',
  },
  {
    resource: WATCH_ROLE,
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'GetMetricData, which only reads, has no resource; nor has PutMetricData, which a condition limits to the ' +
      'namespace of releases',
  },
  {
    resource: 'PipelineStack/CanaryRole/DefaultPolicy/Resource',
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'PutJobSuccessResult and PutJobFailureResult have no resource; only the invoked function gets the id of the job',
  },
  {
    resource: CANARY_ACTION_POLICY,
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'aws-cdk-lib allows each action that invokes a function to list functions, as the CodePipeline user guide requires',
  },
  {
    resource: CANARY_ACTION_POLICY,
    finding: 'AwsSolutions-IAM5[Resource::<Canary[0-9A-F]+.Arn>:*]',
    reason: 'aws-cdk-lib grants a function with all its versions; this one has none',
  },
  {
    resource: ALL_ROLES,
    finding: regional('lambda', `function:greeter-${ENVIRONMENT}-*`),
    reason: "sls gives the service's functions, which the pipeline does not know, names that begin with the stack's",
  },
  {
    resource: BOTH_ROLES,
    finding: resource('s3', `::greeter-${ENVIRONMENT}-*serverlessdeploymentbuck*(/*)?`),
    reason: 'CloudFormation generates the end of the name of the deployment bucket, sls the keys in it',
  },
  {
    resource: ALL_ROLES,
    finding: regional('codedeploy', `deploymentgroup:*/greeter-${ENVIRONMENT}-*`),
    reason: "the name of the group begins with the whole name of the stack; its application's may be shortened",
  },
  {
    resource: CLOUDFORMATION_ROLE,
    finding: regional('codedeploy', 'deploymentconfig:CodeDeployDefault.Lambda*'),
    reason: "CodeDeploy's own presets, which are only read",
  },
  {
    resource: `PipelineStack/${ENVIRONMENT}/ReleaseStack/(DeployRole|CloudFormationRole|WatchRole|BoardRole)/Resource`,
    finding: regional('cloudwatch', 'alarm:*'),
    reason: 'DescribeAlarms, which only reads, is authorised on all alarms, whichever the request names',
  },
  {
    resource: CLOUDFORMATION_ROLE,
    finding: regional('logs', 'log-group:*'),
    reason: 'DescribeLogGroups, which only reads, is authorised on all log groups, whichever the request names',
  },
  {
    resource: ALL_ROLES,
    finding: regional('logs', `log-group:/aws/lambda/greeter-${ENVIRONMENT}-*`),
    reason: "Lambda names log groups after the service's functions",
  },
  {
    resource: ALL_ROLES,
    finding: regional('cloudwatch', `alarm:greeter-${ENVIRONMENT}-*`),
    reason: "the service's alarms, which the pipeline does not know, have names that begin with the stack's",
  },
  {
    resource: ALL_ROLES,
    finding: regional('codedeploy', `application:greeter-${ENVIRONMENT}-*`),
    reason: 'CloudFormation generates the end of the name of the application',
  },
  {
    resource: CLOUDFORMATION_ROLE,
    finding: resource('apigateway', '(<AWS::Region>|[a-z0-9-]+)::/(apis|tags)/*'),
    reason: 'the id of an HTTP API is generated when it is created',
  },
  {
    resource: `PipelineStack/${ENVIRONMENT}/ReleaseStack/Boundary/Resource`,
    finding: 'AwsSolutions-IAM5[(Action|Resource)::.+]',
    reason:
      'a permissions boundary grants nothing; it limits roles, which the pipeline does not know, to names that begin with ' +
      "the stack's, and denies all access to the deployment bucket",
  },
  {
    resource: CLOUDFORMATION_ROLE,
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'log deliveries, which the access log of an HTTP API is, have no resource; the other statements on * deny',
  },
  {
    resource: CLOUDFORMATION_ROLE,
    finding: resource('iam', `:(<AWS::AccountId>|[0-9]{12}):role/greeter-${ENVIRONMENT}-*`),
    reason: "CloudFormation generates the end of the names of the service's roles",
  },
  {
    resource: `${PIPELINE}/Role/DefaultPolicy/Resource`,
    finding: 'AwsSolutions-IAM5[Resource::arn:aws:s3:::pipelinestack-support-[a-z0-9-]+/*]',
    reason: 'CodePipeline generates the keys of artifacts in each execution',
  },
  {
    resource: `${PIPELINE}/Role/DefaultPolicy/Resource`,
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'the use of a key, only with an environment in another account and region: CDK refers to the key of that region by ' +
      'its alias, which a policy cannot use as a resource; the key policy allows only these two accounts',
  },
  {
    resource: 'cross-region-stack-[0-9]+:[a-z0-9-]+/Default/CrossRegionCodePipelineReplicationBucket/Resource',
    finding: 'AwsSolutions-S1',
    reason: "access logs must be in their bucket's region; CDK creates this bucket, and only the pipeline writes to it",
  },
];
