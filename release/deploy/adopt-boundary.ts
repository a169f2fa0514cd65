import { isDeepStrictEqual } from 'node:util';
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ReleaseClients } from '../aws/clients';
import { isMissing, stackResources } from '../collect/stack';
import { ReleaseError } from '../errors';
import { isBusy } from '../outcome/stack-event';
import { checkOwner } from './ownership';
import type { ServicePackage } from './service-package';

interface AdoptBoundaryProps {
  readonly clients: ReleaseClients;
  readonly s3: S3Client;
  readonly stackName: string;
  /** The GitHub repository of the pipeline. @default - a release by hand */
  readonly repository: string | undefined;
  /** ARN of CloudFormation's role for the stack. */
  readonly cloudFormationRole: string;
  /** The package that is about to be released. */
  readonly service: ServicePackage;
  /** Waits between two reads. */
  readonly pause: () => Promise<void>;
  /** Reads of the change set, and of the stack, at most. */
  readonly maxReads: number;
}

/** What became of the roles of a deployed stack. */
interface Adoption {
  /** Logical ids of the roles that got the boundary. */
  readonly adopted: readonly string[];
  /** Physical names of roles that CloudFormation's role cannot change, because CloudFormation shortened the stack's name. */
  readonly outOfReach: readonly string[];
}

const NOTHING: Adoption = { adopted: [], outOfReach: [] };

type Roles = Readonly<Record<string, { readonly Type?: string; readonly Properties?: Record<string, unknown> }>>;

/**
 * Refuses a package that changes whom a deployed role trusts. CloudFormation's role may not do that, not even to take it back,
 * so the stack would end in UPDATE_ROLLBACK_FAILED.
 */
function checkTrust(stackName: string, deployed: Roles, packaged: Roles): void {
  const changed = Object.entries(packaged).filter(([logicalId, { Type, Properties }]) => {
    const before = deployed[logicalId];
    if (Type !== 'AWS::IAM::Role' || before?.Type !== Type) return false;
    return !isDeepStrictEqual(before.Properties?.AssumeRolePolicyDocument, Properties?.AssumeRolePolicyDocument);
  });
  if (changed.length === 0) return;
  throw new ReleaseError(
    'TRUST_CHANGED',
    `the package changes the trust policy (AssumeRolePolicyDocument) of ${changed.map(([id]) => id).join(', ')} in stack ` +
      `'${stackName}', which the pipeline's roles may not`,
    {
      remedy:
        'give the role a new logical id, and another RoleName if it has one, so that CloudFormation makes a new role',
    },
  );
}

const CHANGE_SET = 'pipeline-permissions-boundary';

/** Longest template that CreateChangeSet takes in the request, in bytes (CloudFormation quotas). */
const INLINE_TEMPLATE = 51_200;

/** Logical id of sls's deployment bucket, to which Deploy may write. */
const BUCKET = 'ServerlessDeploymentBucket';

/**
 * Gives the permissions boundary of a package to those roles of the deployed stack that lack it, by an update that changes
 * nothing else, so that no version is published and no canary runs.
 *
 * It precedes the first release with a boundary. If that release brought the boundary itself and were rolled back,
 * CloudFormation would have to remove the boundary again, which its role may not: the stack would end in
 * UPDATE_ROLLBACK_FAILED.
 *
 * Does nothing to a stack that does not exist, is busy or stuck, or belongs to another repository: `prepare` refuses those.
 *
 * @throws ReleaseError BOUNDARY_NOT_ADOPTED when CloudFormation could not do the update; TRUST_CHANGED when the package changes
 * whom a deployed role trusts.
 */
export async function adoptBoundary(props: AdoptBoundaryProps): Promise<Adoption> {
  const { clients, stackName, repository, service } = props;
  const boundary = boundaryOf(service);
  if (boundary === undefined || service.stackName !== stackName) return NOTHING;
  const stack = await describe(clients, stackName);
  if (!stack || !/^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(stack.StackStatus ?? '')) return NOTHING;
  if (!isOwn(stack, repository)) return NOTHING;

  const template = await deployedTemplate(clients, stackName);
  checkTrust(stackName, template.Resources ?? {}, service.resources);
  const lacking = Object.entries(template.Resources ?? {}).filter(
    ([, { Type, Properties }]) =>
      Type === 'AWS::IAM::Role' && JSON.stringify(Properties?.PermissionsBoundary) !== JSON.stringify(boundary),
  );
  if (lacking.length === 0) return NOTHING;
  const physical = await stackResources(clients, stackName);
  const adopted: string[] = [];
  const outOfReach: string[] = [];
  for (const [logicalId, role] of lacking) {
    const name = physical.get(logicalId) ?? '';
    if (name.startsWith(`${stackName}-`)) {
      role.Properties = { ...role.Properties, PermissionsBoundary: boundary };
      adopted.push(logicalId);
    } else outOfReach.push(name);
  }
  if (adopted.length > 0) await update(props, stack, JSON.stringify(template), physical.get(BUCKET));
  return { adopted, outOfReach };
}

interface DeployedTemplate {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Transform?: unknown;
  readonly Resources?: Readonly<Record<string, { readonly Type?: string; Properties?: Record<string, unknown> }>>;
}

function boundaryOf(service: ServicePackage): unknown {
  return Object.values(service.resources).find(
    ({ Type, Properties }) => Type === 'AWS::IAM::Role' && Properties?.PermissionsBoundary !== undefined,
  )?.Properties?.PermissionsBoundary;
}

async function describe(clients: ReleaseClients, stackName: string): Promise<Stack | undefined> {
  try {
    return (await clients.cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }))).Stacks?.[0];
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isOwn({ StackName = '', Tags = [] }: Stack, repository: string | undefined): boolean {
  try {
    checkOwner(StackName, Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])), repository);
    return true;
  } catch {
    return false;
  }
}

async function deployedTemplate(clients: ReleaseClients, stackName: string): Promise<DeployedTemplate> {
  const { TemplateBody = '' } = await clients.cloudFormation.send(
    new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
  );
  try {
    return JSON.parse(TemplateBody);
  } catch (cause) {
    throw notAdopted(stackName, 'its template is not JSON, so sls did not deploy it', cause);
  }
}

async function update(
  { clients, s3, stackName, cloudFormationRole, pause, maxReads }: AdoptBoundaryProps,
  { Tags, NotificationARNs, Parameters = [] }: Stack,
  body: string,
  bucket: string | undefined,
): Promise<void> {
  const of = { StackName: stackName, ChangeSetName: CHANGE_SET };
  const { cloudFormation } = clients;
  await cloudFormation.send(new DeleteChangeSetCommand(of)); // one that an earlier attempt left; succeeds without one
  await cloudFormation.send(
    new CreateChangeSetCommand({
      ...of,
      ChangeSetType: 'UPDATE',
      Description: 'Permissions boundary of the roles; changes nothing else',
      RoleARN: cloudFormationRole,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      Parameters: Parameters.map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true })),
      Tags,
      NotificationARNs,
      ...(await templateOf(s3, stackName, body, bucket)),
    }),
  );
  const changeSet = await until(pause, maxReads, async () => {
    const { Status = '', StatusReason = '' } = await cloudFormation.send(new DescribeChangeSetCommand(of));
    return Status.endsWith('_IN_PROGRESS') || Status.endsWith('_PENDING') ? undefined : { Status, StatusReason };
  });
  if (changeSet?.Status !== 'CREATE_COMPLETE')
    throw notAdopted(stackName, changeSet?.StatusReason ?? 'it took too long');
  await cloudFormation.send(new ExecuteChangeSetCommand(of));
  const status = await until(pause, maxReads, async () => {
    const { StackStatus = '' } = (await describe(clients, stackName)) ?? {};
    return isBusy(StackStatus) ? undefined : StackStatus;
  });
  if (status !== 'UPDATE_COMPLETE')
    throw notAdopted(stackName, `the update ended in ${status ?? 'no status for two hours'}`);
}

/** @returns The template as CreateChangeSet takes it: a longer one from the bucket in which sls puts its own. */
async function templateOf(s3: S3Client, stackName: string, body: string, bucket: string | undefined) {
  if (Buffer.byteLength(body) <= INLINE_TEMPLATE) return { TemplateBody: body };
  if (bucket === undefined) {
    throw notAdopted(stackName, 'its template is over 51,200 bytes, and it has no deployment bucket of its own for it');
  }
  const key = `pipeline/${CHANGE_SET}.json`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' }));
  return { TemplateURL: `https://s3.amazonaws.com/${bucket}/${key}` };
}

async function until<T>(
  pause: () => Promise<void>,
  reads: number,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let count = 0; count < reads; count++) {
    const value = await read();
    if (value !== undefined) return value;
    await pause();
  }
  return undefined;
}

function notAdopted(stackName: string, why: string, cause?: unknown): ReleaseError {
  return new ReleaseError(
    'BOUNDARY_NOT_ADOPTED',
    `the roles of stack '${stackName}' could not be given their permissions boundary: ${why}`,
    { cause, remedy: "see the stack's events; nothing was released" },
  );
}
