/** @import { GeneratedResource, Model } from './model' */
const { applicationId, groupArns, versionArns } = require('./function-arns.js');
const { allow, arnIn, arnOf, managedPolicies, role } = require('./role.js');

/** What Lambda requires of the role of a function in a VPC, to create the function at all. */
const VPC_POLICY = {
  'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole`,
};

/**
 * Makes a role by which a hook may report on the deployments of the functions that it guards, call their versions, and read
 * their metrics; and what sls would have given its own role for the settings of the hook, which the compiled function shows.
 * The statements of provider.iam.role are not among them: they are for the service's own code.
 *
 * @param {Pick<Model, 'service' | 'naming' | 'region' | 'template'>} model
 * @param {string} hook
 * @param {readonly string[]} guarded
 */
function hookRole(model, hook, guarded) {
  const { service, naming, template } = model;
  const functionId = naming.getLambdaLogicalId(hook);
  const { Properties = {} } = template.Resources[functionId] ?? {};
  const attached = managedPolicies(service);
  return role(model, {
    suffix: hook,
    principal: 'lambda.amazonaws.com',
    managedPolicies: Properties.VpcConfig ? [...attached, VPC_POLICY] : attached,
    statements: [
      ...logStatements(model, hook, Properties),
      allow(['codedeploy:GetDeployment', 'codedeploy:PutLifecycleEventHookExecutionStatus'], groupArns(model, guarded)),
      allow(['codedeploy:GetApplicationRevision'], [arnIn('codedeploy', `application:\${${applicationId(naming)}}`)]),
      allow(['lambda:InvokeFunction'], versionArns(model, guarded)),
      allow(['cloudwatch:GetMetricData'], ['*']), // AWS has no resource type for metrics to narrow it to
      ...settingStatements(Properties),
      ...destinationStatements(template.Resources, functionId),
    ],
  });
}

/**
 * @param {Pick<Model, 'service' | 'naming'>} model
 * @param {string} hook
 * @param {any} properties Of the compiled function.
 */
function logStatements({ service, naming }, hook, { LoggingConfig }) {
  if (LoggingConfig?.LogGroup !== undefined) {
    const { LogGroup } = LoggingConfig;
    const group = typeof LogGroup === 'string' ? LogGroup : `\${Group}`;
    const arn = arnIn('logs', `log-group:${group}:*`);
    const resource = typeof LogGroup === 'string' ? arn : { 'Fn::Sub': [arn['Fn::Sub'], { Group: LogGroup }] };
    return [allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [resource])];
  }
  if (service.functions?.[hook]?.disableLogs) return [];
  return [allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [arnOf(naming.getLogGroupLogicalId(hook))])];
}

/** @param {any} properties Of the compiled function. */
function settingStatements({ TracingConfig, KmsKeyArn, FileSystemConfigs = [], DeadLetterConfig }) {
  return [
    allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], TracingConfig ? ['*'] : []),
    allow(['kms:Decrypt'], KmsKeyArn ? [KmsKeyArn] : []),
    allow(
      ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
      FileSystemConfigs.map((/** @type {{ Arn: unknown }} */ { Arn }) => Arn),
    ),
    ...(DeadLetterConfig ? [sending(DeadLetterConfig.TargetArn)] : []),
  ];
}

/**
 * @param {Record<string, GeneratedResource>} resources
 * @param {string} functionId
 */
function destinationStatements(resources, functionId) {
  return Object.values(resources)
    .filter(
      ({ Type, Properties }) =>
        Type === 'AWS::Lambda::EventInvokeConfig' && Properties.FunctionName?.Ref === functionId,
    )
    .flatMap(({ Properties }) => Object.values(Properties.DestinationConfig ?? {}))
    .map(({ Destination }) => sending(Destination));
}

/** Actions by the service in an ARN. */
const SENDING = [
  { of: /:sqs:/, actions: ['sqs:SendMessage'] },
  { of: /:sns:/, actions: ['sns:Publish'] },
  { of: /:event-bus\//, actions: ['events:PutEvents'] },
  { of: /:function:/, actions: ['lambda:InvokeFunction'] },
];

/** @param {unknown} target An ARN; a reference may be to any of these. */
function sending(target) {
  const written = typeof target === 'string' ? target : '';
  const actions = SENDING.filter(({ of }) => written === '' || of.test(written)).flatMap((each) => each.actions);
  return allow(actions, [target]);
}

module.exports = { hookRole };
