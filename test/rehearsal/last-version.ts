import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Zippable, zipSync } from 'fflate';
import type { StackRequest } from '../../embedded-aws/cloudformation/stack-request';
import { bootstrapRoleArn } from '../../rehearsal/install/bootstrap';
import { install } from '../../rehearsal/install/installation';
import type { RehearsedWorld } from '../../rehearsal/install/rehearsed-world';

const FIXTURE = join(__dirname, '../fixtures/upgrade');

const HOME = { accountId: '111122223333', region: 'us-east-1', partition: 'aws' };

/** Names that the last version gave. */
export const LAST_VERSION = {
  pipelineStack: 'PipelineStack',
  releaseStack: 'canary-service-prod-release',
  serviceStack: 'canary-service-prod',
} as const;

/**
 * Deploys the last version of this repository with one release, as it was recorded: the pipeline's stack as by `cdk deploy`,
 * the environment's as by the pipeline, and the service's as `sls deploy` by an administrator: the role that the last version
 * gave CloudFormation lacks `s3:TagResource`, which the embedded AWS requires.
 */
export async function deployLastVersion({ aws, clock }: RehearsedWorld): Promise<void> {
  const { pipelineStack, releaseStack, serviceStack } = LAST_VERSION;
  await install({ world: aws, clock, directory: join(FIXTURE, 'assembly'), stackName: pipelineStack, home: HOME });
  await deploy(releaseStack, read('release-stack.json'), { roleArn: bootstrapRoleArn('cfn-exec', HOME) });

  const tags = { service: 'canary-service', stage: 'prod' };
  await deploy(serviceStack, read('package/cloudformation-template-create-stack.json'), { tags });
  const template = read('package/cloudformation-template-update-stack.json');
  const bucket = aws.region(HOME).cloudFormation.stack(serviceStack)!.resources.get('ServerlessDeploymentBucket')!;
  for (const { Type, Properties } of Object.values<Resource>(JSON.parse(template).Resources)) {
    const key = Type === 'AWS::Lambda::Function' ? Properties?.Code?.S3Key : undefined;
    if (key !== undefined) aws.buckets.put(bucket.physical.id, key, codeOf(key), clock.date());
  }
  await deploy(serviceStack, template, { tags });

  const credentials = aws.visitor(HOME.accountId);
  await new DynamoDBClient({ endpoint: aws.url, region: HOME.region, credentials }).send(
    new PutItemCommand({ TableName: `${serviceStack}-releases`, Item: ledgerItem() }),
  );

  async function deploy(stackName: string, body: string, settings: Partial<StackRequest>) {
    const { stack } = await clock.spawn(() =>
      clock.waitFor(
        aws.region(HOME).cloudFormation.deploy({
          stackName,
          template: { body },
          capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
          ...settings,
        }),
      ),
    );
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(stack.status)) return;
    const failed = stack.events.all.find(({ status }) => status.endsWith('_FAILED'));
    throw new Error(`${stackName} ended in ${stack.status}: ${failed?.logicalId}: ${failed?.reason}`);
  }
}

interface Resource {
  readonly Type: string;
  readonly Properties?: { readonly Code?: { readonly S3Key?: string } };
}

function read(file: string): string {
  return readFileSync(join(FIXTURE, file), 'utf8');
}

/** @param key Key of a function's archive, which ends like `/hello.zip`. */
function codeOf(key: string): Buffer {
  const archive = join(FIXTURE, 'package', key.slice(key.lastIndexOf('/') + 1));
  if (existsSync(archive)) return readFileSync(archive);
  const directory = archive.slice(0, -'.zip'.length);
  const files: Zippable = {};
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[file.slice(directory.length + 1)] = readFileSync(file);
  }
  return Buffer.from(zipSync(files));
}

/** @returns The recorded item, whose binary attribute is in Base64. */
function ledgerItem() {
  const item = JSON.parse(read('ledger.json'));
  return { ...item, outcome: { B: Buffer.from(item.outcome.B, 'base64') } };
}
