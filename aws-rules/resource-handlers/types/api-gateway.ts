import type { HandledChange } from '../handled-change';
import { calls, type HandlerTable, passing, type TableCall, tagContext, when } from '../handler-table';
import { isPublished } from '../published-actions';

/** Handlers of REST APIs read what they have made; AWS publishes for which types. */
const READ = 'apigateway:GET';

interface PathRule {
  /** Path of the collection under which the resource is created. */
  readonly collection: (change: HandledChange) => string;
  /**
   * Last part of the resource's path.
   *
   * @default - The physical id.
   */
  readonly member?: (change: HandledChange) => string;
  /**
   * Whether the resource is set by PUT on its own path, also when it is created.
   *
   * @default false
   */
  readonly put?: boolean;
  /**
   * Whether the resource can have tags.
   *
   * @default false
   */
  readonly tagged?: boolean;
  /** @default - None. */
  readonly more?: (change: HandledChange, member: string) => readonly TableCall[];
}

const api = (change: HandledChange) => `/apis/${change.text('ApiId')}`;
const restApi = (change: HandledChange) => `/restapis/${change.text('RestApiId')}`;

/**
 * Calls for API Gateway's types. Its actions are HTTP methods, and its resources are the paths of its API.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
 */
export const API_GATEWAY_HANDLERS: HandlerTable = {
  'AWS::ApiGatewayV2::Api': paths({ collection: () => '/apis', tagged: true }),
  'AWS::ApiGatewayV2::Stage': paths({
    collection: (change) => `${api(change)}/stages`,
    tagged: true,
    member: (change) => change.text('StageName'),
    more: accessLogCalls,
  }),
  'AWS::ApiGatewayV2::Route': paths({ collection: (change) => `${api(change)}/routes` }),
  'AWS::ApiGatewayV2::Integration': paths({
    collection: (change) => `${api(change)}/integrations`,
    more: (change) =>
      change.sets('CredentialsArn') ? [passing(change.text('CredentialsArn'), 'apigateway.amazonaws.com')] : [],
  }),
  'AWS::ApiGatewayV2::IntegrationResponse': paths({
    collection: (change) => `${api(change)}/integrations/${change.text('IntegrationId')}/integrationresponses`,
  }),
  'AWS::ApiGatewayV2::Authorizer': paths({
    collection: (change) => `${api(change)}/authorizers`,
    more: (change) =>
      change.sets('AuthorizerCredentialsArn')
        ? [passing(change.text('AuthorizerCredentialsArn'), 'apigateway.amazonaws.com')]
        : [],
  }),
  'AWS::ApiGatewayV2::Deployment': paths({ collection: (change) => `${api(change)}/deployments` }),
  'AWS::ApiGatewayV2::Model': paths({ collection: (change) => `${api(change)}/models` }),
  'AWS::ApiGatewayV2::DomainName': paths({
    collection: () => '/domainnames',
    tagged: true,
    member: (change) => change.text('DomainName'),
  }),
  'AWS::ApiGatewayV2::ApiMapping': paths({
    collection: (change) => `/domainnames/${change.text('DomainName')}/apimappings`,
  }),
  'AWS::ApiGatewayV2::VpcLink': paths({ collection: () => '/vpclinks', tagged: true }),
  'AWS::ApiGateway::Account': (change) => [
    ...when(change.operation !== 'delete', calls(arnOf(change, '/account'), 'apigateway:PATCH')),
    ...when(change.operation !== 'delete' && change.has('CloudWatchRoleArn'), [
      ...calls(change.text('CloudWatchRoleArn'), 'iam:GetRole'),
      passing(change.text('CloudWatchRoleArn'), 'apigateway.amazonaws.com'),
    ]),
  ],
  'AWS::ApiGateway::ApiKey': paths({ collection: () => '/apikeys', tagged: true }),
  'AWS::ApiGateway::Authorizer': paths({ collection: (change) => `${restApi(change)}/authorizers` }),
  'AWS::ApiGateway::BasePathMapping': paths({
    collection: (change) => `/domainnames/${change.text('DomainName')}/basepathmappings`,
  }),
  'AWS::ApiGateway::Deployment': paths({ collection: (change) => `${restApi(change)}/deployments` }),
  'AWS::ApiGateway::DomainName': paths({
    collection: () => '/domainnames',
    tagged: true,
    member: (change) => change.text('DomainName'),
  }),
  'AWS::ApiGateway::GatewayResponse': paths({
    collection: (change) => `${restApi(change)}/gatewayresponses`,
    member: (change) => change.text('ResponseType'),
    put: true,
  }),
  'AWS::ApiGateway::Method': paths({
    collection: (change) => `${restApi(change)}/resources/${change.text('ResourceId')}/methods`,
    member: (change) => change.text('HttpMethod'),
    put: true,
  }),
  'AWS::ApiGateway::Model': paths({ collection: (change) => `${restApi(change)}/models` }),
  'AWS::ApiGateway::RequestValidator': paths({ collection: (change) => `${restApi(change)}/requestvalidators` }),
  'AWS::ApiGateway::Resource': paths({ collection: (change) => `${restApi(change)}/resources` }),
  'AWS::ApiGateway::RestApi': paths({
    collection: () => '/restapis',
    tagged: true,
    more: (change, member) => [
      ...when(change.sets('Policy'), calls(arnOf(change, member), 'apigateway:UpdateRestApiPolicy')),
      ...when(
        change.sets('BodyS3Location'),
        calls(
          `arn:${change.location.partition}:s3:::${change.text('BodyS3Location.Bucket')}/${change.text('BodyS3Location.Key')}`,
          's3:GetObject',
        ),
      ),
    ],
  }),
  'AWS::ApiGateway::Stage': paths({
    collection: (change) => `${restApi(change)}/stages`,
    tagged: true,
    member: (change) => change.text('StageName'),
  }),
  'AWS::ApiGateway::UsagePlan': paths({ collection: () => '/usageplans', tagged: true }),
  'AWS::ApiGateway::UsagePlanKey': paths({
    collection: (change) => `/usageplans/${change.text('UsagePlanId')}/keys`,
  }),
};

function paths({ collection, member, put = false, tagged = false, more }: PathRule): HandlerTable[string] {
  return (change) => {
    const parent = collection(change);
    const path = `${parent}/${member?.(change) ?? change.physicalId ?? '*'}`;
    const own = arnOf(change, path);
    const { operation } = change;
    const reads = when(isPublished(change.type, operation, READ), calls(own, READ));
    if (operation === 'delete') return [...calls(own, 'apigateway:DELETE'), ...reads, ...(more?.(change, path) ?? [])];
    const verb = { create: put ? 'PUT' : 'POST', update: put ? 'PUT' : 'PATCH' }[operation];
    const settingTags = change.changed.every((name) => name === 'Tags') && operation === 'update';
    return [
      ...when(!settingTags, calls(operation === 'create' && !put ? arnOf(change, parent) : own, `apigateway:${verb}`)),
      ...reads,
      ...when(tagged, tagCalls(change, parent)),
      ...(more?.(change, path) ?? []),
    ];
  };
}

/**
 * Tags are a resource of their own, whose path is the ARN of what is tagged, encoded (API Gateway guide, "Using tags to
 * control access to API Gateway REST API resources"; an error that names it: mattclay/aws-terminator#284). Creating
 * something with tags was also denied for want of `apigateway:TagResource` on the collection (aws-amplify/amplify-cli#12316),
 * although the service authorization reference does not list that action.
 */
function tagCalls(change: HandledChange, collection: string): readonly TableCall[] {
  const context = tagContext(change.newTags('Tags'));
  const resource = arnOf(change, `/tags/${encodeURIComponent(arnOf(change, '/'))}*`);
  return [
    ...(context && change.operation === 'create'
      ? [{ action: 'apigateway:TagResource', resource: arnOf(change, collection), context }]
      : []),
    ...(context ? [{ action: 'apigateway:PUT', resource, context }] : []),
    ...when(change.removedTags('Tags').length > 0, calls(resource, 'apigateway:DELETE')),
  ];
}

/**
 * An HTTP API sends its access log by a log delivery, which the caller must be allowed to make.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html "Permissions to activate logging"
 */
function accessLogCalls(change: HandledChange): readonly TableCall[] {
  if (change.operation === 'delete') {
    return when(change.has('AccessLogSettings'), calls('*', 'logs:DeleteLogDelivery'));
  }
  return [
    ...when(
      change.sets('AccessLogSettings'),
      calls(
        '*',
        change.previous('AccessLogSettings') === undefined ? 'logs:CreateLogDelivery' : 'logs:UpdateLogDelivery',
        'logs:DescribeResourcePolicies',
        'logs:GetLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
      ),
    ),
    ...when(change.removes('AccessLogSettings'), calls('*', 'logs:DeleteLogDelivery')),
  ];
}

function arnOf({ location: { partition, region } }: HandledChange, path: string): string {
  return `arn:${partition}:apigateway:${region}::${path}`;
}
