import {
  type FunctionConfiguration,
  paginateListVersionsByFunction,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { ReleaseClients } from '../aws/clients';
import type { StackSnapshot } from '../collect/baseline';
import { stackResources } from '../collect/stack';
import { ReleaseError } from '../errors';
import { isBusy } from '../outcome/stack-event';
import { stuckIn } from '../outcome/stuck-stack';
import { checkOwner } from './ownership';
import type { PackagedFunction, ServicePackage } from './service-package';

/** The stack that a release is meant for. */
interface ReleaseTarget {
  readonly stackName: string;
  readonly stage: string;
  readonly region: string;
  /**
   * The GitHub repository of the pipeline, as "owner/repo".
   *
   * @default - a release by hand; the stack may be of any repository
   */
  readonly repository?: string | undefined;
}

interface Prepared {
  /**
   * Names of the functions whose code was released and rolled back before, and which get a new version all the same.
   */
  readonly retried: readonly string[];
}

/**
 * Checks that a package may be released to a target, and prepares it.
 *
 * `sls deploy --package` deploys any package, whatever stage it was made for, so the package is compared with the
 * target. And a release that was rolled back leaves its version published: CloudFormation cannot publish the same code
 * again ("Version already exists", aws/aws-cdk#35540), because Lambda publishes only what differs from the newest
 * version. So a function that is released again gets another description, which makes it differ.
 *
 * @param snapshot State of the stack when the release was recorded.
 * @param attempt Name of this attempt, e.g. the CodeBuild build's id; it must differ between attempts.
 * @throws ReleaseError PACKAGE_MISMATCH, STACK_OF_ANOTHER, STACK_BUSY or STACK_STUCK when the package or the stack does
 * not allow a release.
 */
export async function prepare(
  clients: ReleaseClients,
  target: ReleaseTarget,
  service: ServicePackage,
  { status, tags }: Pick<StackSnapshot, 'status' | 'tags'>,
  attempt: string,
): Promise<Prepared> {
  checkPackage(service, target);
  checkOwner(target.stackName, tags, target.repository);
  checkStack(target, status);
  const retried = status === undefined ? [] : await findRetried(clients, target.stackName, service);
  for (const { logicalId } of retried) service.describe(logicalId, `released again by ${attempt}`);
  return { retried: retried.map(({ functionName }) => functionName) };
}

function checkPackage(service: ServicePackage, target: ReleaseTarget): void {
  const wrong = (['stage', 'region', 'stackName'] as const).filter((key) => service[key] !== target[key]);
  if (wrong.length === 0) return;
  const lines = wrong.map(
    (key) => `  ${key}: the package is for '${service[key]}', the release is for '${target[key]}'`,
  );
  throw new ReleaseError(
    'PACKAGE_MISMATCH',
    [`the package in '${service.directory}' does not match this release:`, ...lines].join('\n'),
    { remedy: "package the service for this environment with 'npm run package', then release that package" },
  );
}

function checkStack(target: ReleaseTarget, status: string | undefined): void {
  if (status === undefined) return;
  const { stackName } = target;
  if (isBusy(status)) {
    throw new ReleaseError('STACK_BUSY', `stack '${stackName}' is busy (${status}): another operation is changing it`, {
      remedy: 'wait until it has finished, then retry',
    });
  }
  const stuck = stuckIn(status, target);
  if (!stuck) return;
  const { why, remedy } = stuck;
  throw new ReleaseError('STACK_STUCK', [`stack '${stackName}' is in ${status}`, ...(why ? [why] : [])].join(': '), {
    remedy,
  });
}

/**
 * @returns The functions that CloudFormation would publish although their newest version, which is not live, has this
 * code.
 */
async function findRetried(
  clients: ReleaseClients,
  stackName: string,
  service: ServicePackage,
): Promise<readonly PackagedFunction[]> {
  const deployed = await stackResources(clients, stackName);
  const live = new Set(deployed.values());
  const retried: PackagedFunction[] = [];
  for (const candidate of service.functions) {
    if (deployed.has(candidate.versionLogicalId)) continue;
    const newest = await newestVersion(clients, candidate.functionName);
    if (newest && !live.has(newest.arn) && newest.codeSha256 === candidate.codeSha256) retried.push(candidate);
  }
  return retried;
}

async function newestVersion(
  clients: ReleaseClients,
  functionName: string,
): Promise<{ readonly arn: string; readonly codeSha256: string } | undefined> {
  const versions: FunctionConfiguration[] = [];
  try {
    for await (const page of paginateListVersionsByFunction(
      { client: clients.lambda },
      { FunctionName: functionName },
    )) {
      versions.push(...(page.Versions ?? []).filter(({ Version }) => Version !== '$LATEST'));
    }
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  const newest = versions.sort((a, b) => Number(b.Version) - Number(a.Version))[0];
  return newest && { arn: newest.FunctionArn ?? '', codeSha256: newest.CodeSha256 ?? '' };
}
