import { takesNoResource } from '../../../aws-rules/resource-level';

/** Parts of the names of Lambda's actions on something other than a function, with its type in an ARN. */
const LAMBDA_TYPES: readonly (readonly [RegExp, string])[] = [
  [/EventSourceMapping/, 'event-source-mapping'],
  [/LayerVersion/, 'layer'],
  [/CodeSigningConfig$/, 'code-signing-config'],
];

/** Services of which every action that takes a resource takes one of a single type, with that type in an ARN. */
const TYPES: Readonly<Record<string, string>> = {
  dynamodb: 'table/*',
  firehose: 'deliverystream/*',
  kinesis: 'stream/*',
  secretsmanager: 'secret:*',
  ssm: 'parameter/*',
};

/** Services whose resources all have ARNs of the service's own prefix, with region and account. */
const REGIONAL = new Set([
  ...[
    'appsync',
    'athena',
    'cloudwatch',
    'codedeploy',
    'cognito-identity',
    'cognito-idp',
    'comprehend',
    'ecs',
    'events',
  ],
  ...[
    'execute-api',
    'kms',
    'logs',
    'mobiletargeting',
    'polly',
    'rekognition',
    'scheduler',
    'ses',
    'sns',
    'sqs',
    'states',
  ],
  ...['textract', 'transcribe', 'translate'],
]);

/**
 * The resource of a permission for an action of which it is not known on what it is called.
 *
 * @returns A pattern for the ARNs of everything in account and region on which the action can be called, with the placeholders of
 * the configuration; `*` if it takes no resource; undefined if the form of the ARNs is not known here: a service's ARNs may have no
 * account (models of Bedrock), no region (CloudFront) or the prefix of another service (STS, the data API of RDS).
 */
export function anyResource(action: string): string | undefined {
  if (takesNoResource(action)) return '*';
  const [service = '', name = ''] = action.split(':');
  if (service === 's3') return 'arn:{partition}:s3:::*';
  if (service === 'apigateway') return 'arn:{partition}:apigateway:{region}::/*';
  const inAccount = (resource: string) => `arn:{partition}:${service}:{region}:{account}:${resource}`;
  if (service === 'lambda') {
    const [, type = 'function'] = LAMBDA_TYPES.find(([pattern]) => pattern.test(name)) ?? [];
    return inAccount(`${type}:*`);
  }
  if (service === 'kms') return inAccount(name.includes('Alias') ? '*' : 'key/*');
  if (Object.hasOwn(TYPES, service)) return inAccount(TYPES[service] ?? '*');
  return REGIONAL.has(service) ? inAccount('*') : undefined;
}
