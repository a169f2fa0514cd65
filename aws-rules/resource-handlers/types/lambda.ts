import { asText, type HandledChange } from '../handled-change';
import {
  calls,
  type HandlerTable,
  lifecycle,
  passRole,
  type TableCall,
  tagContext,
  tagging,
  when,
} from '../handler-table';

/** Properties of a function that are not part of its configuration, which UpdateFunctionConfiguration sends. */
const NOT_CONFIGURATION = [
  'Architectures',
  'Code',
  'CodeSigningConfigArn',
  'RecursiveLoop',
  'ReservedConcurrentExecutions',
  'RuntimeManagementConfig',
  'FunctionScalingConfig',
  'Tags',
];

/**
 * Calls for Lambda's types.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export const LAMBDA_HANDLERS: HandlerTable = {
  'AWS::Lambda::Function': functionCalls,
  'AWS::Lambda::Version': (change) => {
    if (change.operation === 'delete') {
      return calls(
        change.physicalId ?? functionArn(change),
        'lambda:GetFunctionConfiguration',
        'lambda:DeleteFunction',
      );
    }
    return [
      ...calls(functionArn(change), 'lambda:PublishVersion', 'lambda:GetFunctionConfiguration'),
      ...when(
        change.sets('ProvisionedConcurrencyConfig'),
        calls(
          `${functionArn(change)}:*`,
          'lambda:PutProvisionedConcurrencyConfig',
          'lambda:GetProvisionedConcurrencyConfig',
        ),
      ),
      ...when(change.sets('RuntimePolicy'), calls(functionArn(change), 'lambda:PutRuntimeManagementConfig')),
    ];
  },
  'AWS::Lambda::Alias': aliasCalls,
  'AWS::Lambda::Permission': (change) => {
    const context = { 'lambda:Principal': change.text('Principal') };
    return change.operation === 'delete'
      ? calls(functionArn(change), 'lambda:GetPolicy', 'lambda:RemovePermission')
      : [{ action: 'lambda:AddPermission', resource: functionArn(change), context }];
  },
  'AWS::Lambda::EventSourceMapping': (change) => {
    const mapping = change.arn('lambda', `event-source-mapping:${change.physicalId ?? '*'}`);
    const context = { 'lambda:FunctionArn': functionArn(change) };
    const read = calls(mapping, 'lambda:GetEventSourceMapping');
    // CreateEventSourceMapping has no resource level: the mapping has no ARN yet.
    if (change.operation === 'create') {
      return [{ action: 'lambda:CreateEventSourceMapping', resource: '*', context }, ...read];
    }
    const action =
      change.operation === 'update' ? 'lambda:UpdateEventSourceMapping' : 'lambda:DeleteEventSourceMapping';
    return [{ action, resource: mapping, context }, ...read];
  },
  'AWS::Lambda::EventInvokeConfig': lifecycle({
    resource: (change) => `${functionArn(change)}${qualifierOf(change)}`,
    create: ['lambda:PutFunctionEventInvokeConfig'],
    update: ['lambda:UpdateFunctionEventInvokeConfig'],
    delete: ['lambda:DeleteFunctionEventInvokeConfig'],
  }),
  'AWS::Lambda::LayerVersion': (change) => {
    const layer = change.arn('lambda', `layer:${change.has('LayerName') ? change.text('LayerName') : '*'}`);
    return change.operation === 'delete'
      ? calls(change.physicalId ?? `${layer}:*`, 'lambda:GetLayerVersion', 'lambda:DeleteLayerVersion')
      : [...calls(layer, 'lambda:PublishLayerVersion'), ...objectCalls(change, 'Content')];
  },
  'AWS::Lambda::LayerVersionPermission': lifecycle({
    resource: (change) => change.text('LayerVersionArn'),
    create: ['lambda:AddLayerVersionPermission'],
    delete: ['lambda:RemoveLayerVersionPermission'],
  }),
  'AWS::Lambda::Url': (change) => {
    const resource = change.arnOf('TargetFunctionArn', 'lambda', (name) => `function:${name}`);
    const context = { 'lambda:FunctionUrlAuthType': change.text('AuthType') };
    const verb = { create: 'Create', update: 'Update', delete: 'Delete' }[change.operation];
    return [{ action: `lambda:${verb}FunctionUrlConfig`, resource, context }];
  },
  'AWS::Lambda::CodeSigningConfig': lifecycle({
    resource: (change) => change.physicalId ?? '*',
    create: ['lambda:CreateCodeSigningConfig'],
    update: ['lambda:UpdateCodeSigningConfig'],
    delete: ['lambda:DeleteCodeSigningConfig'],
  }),
};

function functionCalls(change: HandledChange): readonly TableCall[] {
  const name = change.name('FunctionName', { longest: 64 });
  const target = change.arn('lambda', `function:${name}`);
  if (change.operation === 'delete') {
    return [
      ...calls(target, 'lambda:GetFunction', 'lambda:DeleteFunction'),
      ...when(change.has('VpcConfig'), calls('*', 'ec2:DescribeNetworkInterfaces')),
    ];
  }
  const tags = { property: 'Tags', set: 'lambda:TagResource', remove: 'lambda:UntagResource' };
  const creating = change.operation === 'create';
  const configures = change.changed.some((property) => !NOT_CONFIGURATION.includes(property));
  const code = change.changes('Code', 'Architectures');
  const context = { ...(creating && tagContext(change.newTags('Tags'))), ...settingsContext(change) };
  const withContext = (action: string): TableCall => ({
    action,
    resource: target,
    ...(Object.keys(context).length > 0 && { context }),
  });
  return [
    ...when(creating, [withContext('lambda:CreateFunction')]),
    ...when(!creating && code, calls(target, 'lambda:UpdateFunctionCode')),
    ...when(!creating && configures, [withContext('lambda:UpdateFunctionConfiguration')]),
    ...when(creating || configures, [
      ...passRole(change, 'Role', 'lambda.amazonaws.com'),
      ...when(
        change.has('VpcConfig'),
        calls('*', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'),
      ),
      ...when(
        change.has('KmsKeyArn'),
        calls(change.text('KmsKeyArn'), 'kms:CreateGrant', 'kms:Decrypt', 'kms:GenerateDataKey'),
      ),
      ...when(change.has('FileSystemConfigs'), calls('*', 'elasticfilesystem:DescribeMountTargets')),
      ...change.added('Layers').flatMap((layer) => calls(layer, 'lambda:GetLayerVersion')),
    ]),
    ...when(code, objectCalls(change, 'Code')),
    ...calls(
      target,
      'lambda:GetFunction',
      'lambda:GetFunctionCodeSigningConfig',
      'lambda:GetFunctionRecursionConfig',
      'lambda:GetRuntimeManagementConfig',
    ),
    ...when(change.sets('ReservedConcurrentExecutions'), calls(target, 'lambda:PutFunctionConcurrency')),
    ...when(change.removes('ReservedConcurrentExecutions'), calls(target, 'lambda:DeleteFunctionConcurrency')),
    ...when(change.sets('RecursiveLoop'), calls(target, 'lambda:PutFunctionRecursionConfig')),
    ...when(change.sets('RuntimeManagementConfig'), calls(target, 'lambda:PutRuntimeManagementConfig')),
    ...when(change.sets('FunctionScalingConfig'), calls(target, 'lambda:PutFunctionScalingConfig')),
    ...when(
      change.sets('CodeSigningConfigArn'),
      calls(change.text('CodeSigningConfigArn'), 'lambda:GetCodeSigningConfig'),
    ),
    ...when(!creating && change.sets('CodeSigningConfigArn'), calls(target, 'lambda:PutFunctionCodeSigningConfig')),
    ...when(change.removes('CodeSigningConfigArn'), calls(target, 'lambda:DeleteFunctionCodeSigningConfig')),
    ...tagging(change, target, tags),
  ];
}

/** @returns The condition keys of layers and a VPC in CreateFunction and UpdateFunctionConfiguration. */
function settingsContext(change: HandledChange): TableCall['context'] {
  const layers = change.texts('Layers');
  return {
    ...(layers.length > 0 && { 'lambda:Layer': layers }),
    ...(change.has('VpcConfig') && {
      'lambda:SubnetIds': change.texts('VpcConfig.SubnetIds'),
      'lambda:SecurityGroupIds': change.texts('VpcConfig.SecurityGroupIds'),
    }),
  };
}

/**
 * An update to another version under `CodeDeployLambdaAliasUpdate` is a deployment that CloudFormation creates; CodeDeploy
 * changes the alias with its own role. CreateDeployment of a revision also needs what its resources in the CodeDeploy
 * guide's "permissions reference" list. GetDeploymentConfig is authorised on the group's configuration, which the alias
 * does not name, and so belongs to the calls of the group.
 */
function aliasCalls(change: HandledChange): readonly TableCall[] {
  const target = functionArn(change);
  const provisioned = `${target}:${change.text('Name')}`;
  if (change.operation === 'delete') return calls(target, 'lambda:GetAlias', 'lambda:DeleteAlias');
  const shift = (change.updatePolicy.CodeDeployLambdaAliasUpdate ?? undefined) as Record<string, unknown> | undefined;
  const shifts = change.operation === 'update' && shift !== undefined && change.changes('FunctionVersion');
  const sets = change.operation === 'create' || !shifts || change.changed.some((name) => name !== 'FunctionVersion');
  return [
    ...when(sets, calls(target, change.operation === 'create' ? 'lambda:CreateAlias' : 'lambda:UpdateAlias')),
    ...calls(target, 'lambda:GetAlias'),
    ...when(
      change.sets('ProvisionedConcurrencyConfig'),
      calls(provisioned, 'lambda:PutProvisionedConcurrencyConfig', 'lambda:GetProvisionedConcurrencyConfig'),
    ),
    ...when(
      change.removes('ProvisionedConcurrencyConfig'),
      calls(provisioned, 'lambda:DeleteProvisionedConcurrencyConfig'),
    ),
    ...(shifts ? deploymentCalls(change, asText(shift.ApplicationName), asText(shift.DeploymentGroupName)) : []),
  ];
}

function deploymentCalls(change: HandledChange, application: string, group: string): readonly TableCall[] {
  return [
    ...calls(
      change.arn('codedeploy', `application:${application}`),
      'codedeploy:RegisterApplicationRevision',
      'codedeploy:GetApplicationRevision',
    ),
    ...calls(
      change.arn('codedeploy', `deploymentgroup:${application}/${group}`),
      'codedeploy:CreateDeployment',
      'codedeploy:GetDeployment',
    ),
  ];
}

/** @returns The ARN of the function that `FunctionName` names: by name, partial ARN or ARN, without its qualifier. */
function functionArn(change: HandledChange): string {
  const [, name = '*'] = /(?:^|:function:|^\d{12}:)([^:]+)(?::[^:]+)?$/.exec(change.text('FunctionName')) ?? [];
  return change.arn('lambda', `function:${name}`);
}

function qualifierOf(change: HandledChange): string {
  return change.has('Qualifier') && change.text('Qualifier') !== '$LATEST' ? `:${change.text('Qualifier')}` : '';
}

/** @returns The calls that read code from S3. */
function objectCalls(change: HandledChange, path: string): readonly TableCall[] {
  if (!change.has(`${path}.S3Bucket`)) return [];
  const { partition } = change.location;
  const object = `arn:${partition}:s3:::${change.text(`${path}.S3Bucket`)}/${change.text(`${path}.S3Key`)}`;
  return [
    ...calls(object, 's3:GetObject'),
    ...when(change.has(`${path}.S3ObjectVersion`), calls(object, 's3:GetObjectVersion')),
  ];
}
