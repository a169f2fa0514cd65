// biome-ignore-all lint/suspicious/noExplicitAny: templates are JSON, and the tests change them freely
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills them in
import { type Subject, type SubjectProps, subjectOf } from '../../preflight/subject';
import type { Template } from '../../preflight/template/template';

export type Resources = Record<string, any>;

const allow = (Action: string | string[], Resource: unknown) => ({ Effect: 'Allow', Action, Resource });

export const role = (...statements: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {},
    Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }],
  },
});

export const ref = (Ref: string) => ({ Ref });
export const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

export const lambda = (name: string, more: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { FunctionName: `shop-prod-${name}`, Runtime: 'nodejs24.x', Timeout: 30, ...more },
});

export const newVersion = [
  { Name: 'FunctionName', Value: ref('HelloLambdaFunction') },
  { Name: 'Resource', Value: { 'Fn::Sub': '${HelloLambdaFunction}:Live' } },
  { Name: 'ExecutedVersion', Value: { 'Fn::Sub': '${HelloLambdaVersion1.Version}' } },
];
export const bothVersions = [{ Name: 'FunctionName', Value: ref('HelloLambdaFunction') }];

export const alarm = (more: object = {}) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: 'shop-prod-hello-errors',
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: newVersion,
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 2,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    ...more,
  },
});

const group =
  'arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentgroup:${App}/shop-prod-Hello';

/** A service with one canary, in which no rule finds a problem. */
export function soundService(): { Resources: Resources } {
  return {
    Resources: {
      HelloLambdaFunction: lambda('hello', { Role: arnOf('HelloRole') }),
      HelloLambdaVersion1: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: ref('HelloLambdaFunction') } },
      HelloRole: role(allow('logs:PutLogEvents', '*')),
      PreLambdaFunction: lambda('pre', { Role: arnOf('HookRole') }),
      PostLambdaFunction: lambda('post', { Role: arnOf('HookRole') }),
      HookRole: role(allow('codedeploy:PutLifecycleEventHookExecutionStatus', { 'Fn::Sub': group })),
      CodeDeployRole: role(
        allow('lambda:InvokeFunction', [arnOf('PreLambdaFunction'), arnOf('PostLambdaFunction')]),
        allow(['lambda:GetAlias', 'lambda:UpdateAlias', 'cloudwatch:DescribeAlarms'], '*'),
      ),
      App: { Type: 'AWS::CodeDeploy::Application', Properties: { ComputePlatform: 'Lambda' } },
      Group: {
        Type: 'AWS::CodeDeploy::DeploymentGroup',
        Properties: {
          ApplicationName: ref('App'),
          DeploymentGroupName: 'shop-prod-Hello',
          DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
          AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
          ServiceRoleArn: arnOf('CodeDeployRole'),
          AlarmConfiguration: { Enabled: true, Alarms: [{ Name: ref('ErrorsAlarm') }] },
        },
      },
      HelloAlias: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          FunctionName: ref('HelloLambdaFunction'),
          FunctionVersion: { 'Fn::GetAtt': ['HelloLambdaVersion1', 'Version'] },
          Name: 'Live',
        },
        UpdatePolicy: {
          CodeDeployLambdaAliasUpdate: {
            ApplicationName: ref('App'),
            DeploymentGroupName: ref('Group'),
            BeforeAllowTrafficHook: ref('PreLambdaFunction'),
            AfterAllowTrafficHook: ref('PostLambdaFunction'),
          },
        },
      },
      ErrorsAlarm: alarm(),
    },
  };
}

/** The sound service with an HTTP API and an alarm on its server errors. */
export function soundApi(): { Resources: Resources } {
  const service = soundService();
  Object.assign(service.Resources, {
    HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'shop-prod' } },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref('HttpApi'),
        IntegrationUri: { 'Fn::Sub': 'arn:aws:apigateway:${HelloAlias}/invocations' },
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('HttpApi'),
        RouteKey: 'GET /hello',
        Target: { 'Fn::Join': ['/', ['integrations', ref('Integration')]] },
      },
    },
  });
  return service;
}

export const traffic = { requestsPerSecond: 10, requests: [] };

/** @param change Changes the service before it is read. */
export function subject(
  change: (resources: Resources) => void = () => {},
  props: Partial<SubjectProps> = {},
  service = soundService(),
): Subject {
  change(service.Resources);
  const template = { Parameters: {}, ...service } as Template;
  return subjectOf({ template, traffic, now: Date.parse('2026-11-20'), ...props });
}
