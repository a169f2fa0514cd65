/** A finding of cdk-nag that stands, on which resources, and why. Paths and findings are matched whole. */
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
/** What reads how a release goes. */
const READERS = `PipelineStack/${ENVIRONMENT}/ReleaseStack/(DeployRole|WatchRole)/Resource`;
const ALL_ROLES = `PipelineStack/${ENVIRONMENT}/ReleaseStack/(DeployRole|CloudFormationRole|WatchRole)/Resource`;
const BOTH_ROLES = `PipelineStack/${ENVIRONMENT}/ReleaseStack/(DeployRole|CloudFormationRole)/Resource`;

const place = '(<AWS::Region>|[a-z0-9-]+):(<AWS::AccountId>|[0-9]{12})';
const resource = (service: string, rest: string) =>
  `AwsSolutions-IAM5[Resource::arn:(<AWS::Partition>|aws):${service}:${rest}]`;
const inPlace = (service: string, rest: string) => resource(service, `${place}:${rest}`);

export const SUPPRESSIONS: readonly Suppression[] = [
  {
    resource: ARTIFACT_POLICIES,
    finding: 'AwsSolutions-IAM5[Action::s3:(Abort|DeleteObject|GetBucket|GetObject|List)*]',
    reason: "aws-cdk-lib writes a bucket grant by these prefixes; it holds on the pipeline's own two buckets only",
  },
  {
    resource: ARTIFACT_POLICIES,
    finding: 'AwsSolutions-IAM5[Resource::<BucketsArtifacts[0-9A-F]+.Arn>/*]',
    reason: 'CodePipeline makes the keys of artifacts anew in each execution',
  },
  {
    resource: ARTIFACT_POLICIES,
    finding: 'AwsSolutions-IAM5[Action::kms:(GenerateDataKey|ReEncrypt)*]',
    reason: 'the two variants of each, on the one key of the artifacts, and only if another account reads them',
  },
  {
    resource: CACHE_POLICIES,
    finding: 'AwsSolutions-IAM5[Resource::<BucketsCache[0-9A-F]+.Arn>/*]',
    reason: 'the keys of the cache hold the hash of the lock file',
  },
  {
    resource: BUILD_POLICIES,
    finding: inPlace('logs', 'log-group:/aws/codebuild/<[A-Za-z0-9]+>:*'),
    reason: "the log streams of the project's own log group, one a build",
  },
  {
    resource: BUILD_POLICIES,
    finding: inPlace('codebuild', 'report-group/<[A-Za-z0-9]+>-*'),
    reason: "CodeBuild names a report group after the project's name and the report's",
  },
  {
    resource: `(${BUILD}|${PIPELINE}/${ENVIRONMENT}/Deploy/Deploy|${SELF_UPDATE})/Resource`,
    finding: 'AwsSolutions-CB4',
    reason: "artifacts are encrypted by the bucket's default, and by a key of ours if another account reads them",
  },
  {
    resource: `${SELF_UPDATE}/Role/DefaultPolicy/Resource`,
    finding: 'AwsSolutions-IAM5[Resource::arn:*:iam::(<AWS::AccountId>|[0-9]{12}):role/*]',
    reason: "a condition narrows it to the bootstrap's roles, which are known by their tag and not by their names",
  },
  {
    resource: `${SELF_UPDATE}/Role/DefaultPolicy/Resource`,
    finding: inPlace('cloudformation', 'stack/(PipelineStack|CDKToolkit)/*'),
    reason: 'what follows the name is the unique id CloudFormation gives a stack',
  },
  {
    resource: `${SELF_UPDATE}/Role/DefaultPolicy/Resource`,
    finding: resource('s3', '::cdk-*-assets-(<AWS::AccountId>|[0-9]{12})-(<AWS::Region>|[a-z0-9-]+)'),
    reason: 'the bootstrap may have been given another qualifier',
  },
  {
    resource: READERS,
    finding: inPlace('cloudformation', `stack/greeter-${ENVIRONMENT}/*`),
    reason: 'what follows the name is the unique id CloudFormation gives a stack',
  },
  {
    resource: DEPLOY_ROLE,
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'ValidateTemplate and GetMetricData, reads both, know no resource; nor does PutMetricData, which a condition ' +
      'narrows to the namespace of releases',
  },
  {
    resource: WATCH_ROLE,
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'GetMetricData, a read, knows no resource; nor does PutMetricData, which a condition narrows to the namespace of ' +
      'releases',
  },
  {
    resource: 'PipelineStack/CanaryRole/DefaultPolicy/Resource',
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'PutJobSuccessResult and PutJobFailureResult know no resource; only who was given the job knows its id',
  },
  {
    resource: CANARY_ACTION_POLICY,
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'aws-cdk-lib lets each action that invokes a function list them, a read, as the CodePipeline user guide asks',
  },
  {
    resource: CANARY_ACTION_POLICY,
    finding: 'AwsSolutions-IAM5[Resource::<Canary[0-9A-F]+.Arn>:*]',
    reason: 'aws-cdk-lib grants a function with its versions, which this one has none of',
  },
  {
    resource: ALL_ROLES,
    finding: inPlace('lambda', `function:greeter-${ENVIRONMENT}-*`),
    reason: "sls names the service's functions, which only the service knows, after the stack",
  },
  {
    resource: BOTH_ROLES,
    finding: resource('s3', `::greeter-${ENVIRONMENT}-*serverlessdeploymentbuck*(/*)?`),
    reason: 'CloudFormation makes up the end of the name of the deployment bucket, sls the keys in it',
  },
  {
    resource: ALL_ROLES,
    finding: inPlace('codedeploy', `deploymentgroup:greeter-${ENVIRONMENT}-*/greeter-${ENVIRONMENT}-*`),
    reason: 'CloudFormation makes up the end of the name of the application; the group is named after the function',
  },
  {
    resource: CLOUDFORMATION_ROLE,
    finding: inPlace('codedeploy', 'deploymentconfig:CodeDeployDefault.Lambda*'),
    reason: "CodeDeploy's own presets, to be read",
  },
  {
    resource: ALL_ROLES,
    finding: inPlace('cloudwatch', 'alarm:*'),
    reason: 'DescribeAlarms, a read, is authorised on all alarms whichever it is asked for',
  },
  {
    resource: CLOUDFORMATION_ROLE,
    finding: inPlace('logs', 'log-group:*'),
    reason: 'DescribeLogGroups, a read, is authorised on all log groups whichever it is asked for',
  },
  {
    resource: ALL_ROLES,
    finding: inPlace('logs', `log-group:/aws/lambda/greeter-${ENVIRONMENT}-*`),
    reason: "Lambda names log groups after the service's functions",
  },
  {
    resource: ALL_ROLES,
    finding: inPlace('cloudwatch', `alarm:greeter-${ENVIRONMENT}-*`),
    reason: "the service's alarms, which only the service knows, are named after the stack",
  },
  {
    resource: ALL_ROLES,
    finding: inPlace('codedeploy', `application:greeter-${ENVIRONMENT}-*`),
    reason: 'CloudFormation makes up the end of the name of the application',
  },
  {
    resource: CLOUDFORMATION_ROLE,
    finding: resource('apigateway', '(<AWS::Region>|[a-z0-9-]+)::/(apis|tags)/*'),
    reason: 'the id of an HTTP API is made up when it is created',
  },
  {
    resource: CLOUDFORMATION_ROLE,
    finding: resource('iam', `:(<AWS::AccountId>|[0-9]{12}):role/greeter-${ENVIRONMENT}-*`),
    reason: "CloudFormation makes up the end of the names of the service's roles",
  },
  {
    resource: `${PIPELINE}/Role/DefaultPolicy/Resource`,
    finding: 'AwsSolutions-IAM5[Resource::arn:aws:s3:::pipelinestack-support-[a-z0-9-]+/*]',
    reason: 'CodePipeline makes the keys of artifacts anew in each execution',
  },
  {
    resource: `${PIPELINE}/Role/DefaultPolicy/Resource`,
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      "the use of a key, and only with an environment in another account and region: CDK knows that region's key by its " +
      'alias, which no policy can name as a resource; the key itself admits this account and that one only',
  },
  {
    resource: 'cross-region-stack-[0-9]+:[a-z0-9-]+/Default/CrossRegionCodePipelineReplicationBucket/Resource',
    finding: 'AwsSolutions-S1',
    reason: "access logs stay in their bucket's region; CDK makes this bucket, and the pipeline alone writes to it",
  },
];
