import type { AlarmProperties, CanaryConfiguration } from './canary-configuration';

const functionName = { Name: 'FunctionName', Value: { Ref: 'Function' } };
const alias = { Name: 'Resource', Value: { 'Fn::Join': [':', [{ Ref: 'Function' }, 'Live']] } };
const executedVersion = { Name: 'ExecutedVersion', Value: { 'Fn::GetAtt': ['Version', 'Version'] } };

/** The alarm of the article and of the tutorial. It does not set TreatMissingData, which is therefore `missing`. */
const minimumOfErrors: AlarmProperties = {
  Namespace: 'AWS/Lambda',
  MetricName: 'Errors',
  Dimensions: [functionName],
  Statistic: 'Minimum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};

/** The PHP post's alarm, on a REST API. */
const serverErrors: AlarmProperties = {
  Namespace: 'AWS/ApiGateway',
  MetricName: '5XXError',
  Dimensions: [{ Name: 'ApiName', Value: { Ref: 'RestApi' } }],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};

/** An alarm of the SAM guide: an error in each of two consecutive minutes. */
function samErrors(dimensions: readonly object[]): AlarmProperties {
  return {
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: dimensions,
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 2,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
  };
}

const ALERTS_PLUGIN = '[serverless-plugin-aws-alerts](https://github.com/ACloudGuru/serverless-plugin-aws-alerts)';
const CANARY_PLUGIN =
  '[serverless-plugin-canary-deployments](https://github.com/davidgf/serverless-plugin-canary-deployments)';
const ARTICLE =
  'an article about canaries with the Serverless Framework and CodePipeline, kept in ' +
  '[test/preflight/fixtures/article](../test/preflight/fixtures/article/serverless.yml); ' +
  `its alarm is an example of ${ALERTS_PLUGIN}`;

/** Configurations that others have published. */
export const publishedConfigurations: readonly CanaryConfiguration[] = [
  {
    name: 'article-as-printed',
    line: 'an alarm on the Minimum of Errors, attached by a name that no alarm has, so that CodeDeploy watches none; empty hooks',
    source: ARTICLE,
    deploymentType: 'Canary10Percent5Minutes',
    alarms: [{ name: 'errors-minimum', attached: false, properties: minimumOfErrors }],
    hooks: 'empty',
  },
  {
    name: 'article-attached',
    line: 'the same with the name corrected, so that CodeDeploy watches the alarm; empty hooks',
    source: ARTICLE,
    deploymentType: 'Canary10Percent5Minutes',
    alarms: [{ name: 'errors-minimum', attached: true, properties: minimumOfErrors }],
    hooks: 'empty',
  },
  {
    name: 'tutorial',
    line: 'the same alarm, attached, with a linear shift; empty hooks',
    source: `the tutorial of ${CANARY_PLUGIN}`,
    deploymentType: 'Linear10PercentEvery1Minute',
    alarms: [{ name: 'errors-minimum', attached: true, properties: minimumOfErrors }],
    hooks: 'empty',
  },
  {
    name: 'php-post',
    line: 'an alarm on the first 5XXError of the API in a minute, with a linear shift; no hooks',
    source: 'a blog post about PHP functions on Lambda with API Gateway',
    deploymentType: 'Linear10PercentEvery1Minute',
    alarms: [{ name: 'api-5xx', attached: true, properties: serverErrors }],
    hooks: 'none',
  },
  {
    name: 'sam-pair',
    line: 'two alarms on errors in two consecutive minutes, of the alias and of the new version; no hooks',
    source:
      'the AWS SAM guide, [deploying serverless applications gradually](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html)',
    deploymentType: 'Canary10Percent5Minutes',
    alarms: [
      { name: 'alias-errors', attached: true, properties: samErrors([functionName, alias]) },
      { name: 'version-errors', attached: true, properties: samErrors([functionName, alias, executedVersion]) },
    ],
    hooks: 'none',
  },
  {
    name: 'cdk-plain',
    line: 'no alarms and no hooks',
    source:
      'the AWS CDK, [`LambdaDeploymentGroup`](https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_codedeploy-readme.html) without options',
    deploymentType: 'Canary10Percent5Minutes',
    alarms: [],
    hooks: 'none',
  },
];

/** The deploy that every configuration is compared with. */
export const flat: CanaryConfiguration = {
  name: 'flat',
  line: 'all traffic at once, without alarms or hooks',
  source: 'CodeDeploy',
  deploymentType: 'AllAtOnce',
  alarms: [],
  hooks: 'none',
};
