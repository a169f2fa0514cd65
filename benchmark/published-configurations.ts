import type { AlarmProperties, Configuration } from './configuration';

const functionName = { Name: 'FunctionName', Value: { Ref: 'Function' } };
const alias = { Name: 'Resource', Value: { 'Fn::Join': [':', [{ Ref: 'Function' }, 'Live']] } };
const executedVersion = { Name: 'ExecutedVersion', Value: { 'Fn::GetAtt': ['Version', 'Version'] } };

/** The article's alarm. It says nothing of missing data, which is therefore `missing`. */
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

/** An alarm of the SAM document, more than no error in two minutes on end. */
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

/** What others have published, as data. */
export const publishedConfigurations: readonly Configuration[] = [
  {
    name: 'article-as-printed',
    line: 'the article as printed: Minimum of Errors, attached by a name that no alarm has, so that none watches; empty hooks',
    deploymentType: 'Canary10Percent5Minutes',
    alarms: [{ name: 'errors-minimum', attached: false, properties: minimumOfErrors }],
    hooks: 'empty',
  },
  {
    name: 'article-attached',
    line: 'the article with its alarm attached: Minimum of Errors of the function; empty hooks',
    deploymentType: 'Canary10Percent5Minutes',
    alarms: [{ name: 'errors-minimum', attached: true, properties: minimumOfErrors }],
    hooks: 'empty',
  },
  {
    name: 'tutorial',
    line: 'the canary plugin’s tutorial: the same alarm in a linear shift; empty hooks',
    deploymentType: 'Linear10PercentEvery1Minute',
    alarms: [{ name: 'errors-minimum', attached: true, properties: minimumOfErrors }],
    hooks: 'empty',
  },
  {
    name: 'php-post',
    line: 'the PHP post: one 5XXError of the API within a minute, in a linear shift; no hooks',
    deploymentType: 'Linear10PercentEvery1Minute',
    alarms: [{ name: 'api-5xx', attached: true, properties: serverErrors }],
    hooks: 'none',
  },
  {
    name: 'sam-pair',
    line: 'the SAM document: errors in two minutes on end, of the alias, and of the latest version; no hooks',
    deploymentType: 'Canary10Percent5Minutes',
    alarms: [
      { name: 'alias-errors', attached: true, properties: samErrors([functionName, alias]) },
      { name: 'version-errors', attached: true, properties: samErrors([functionName, alias, executedVersion]) },
    ],
    hooks: 'none',
  },
  {
    name: 'cdk-plain',
    line: 'CDK’s plain deployment group: a canary without alarms or hooks',
    deploymentType: 'Canary10Percent5Minutes',
    alarms: [],
    hooks: 'none',
  },
];

/** What every configuration is measured by: all traffic at once, and nothing that watches. */
export const flat: Configuration = {
  name: 'flat',
  line: 'all traffic at once, and nothing that watches',
  deploymentType: 'AllAtOnce',
  alarms: [],
  hooks: 'none',
};
