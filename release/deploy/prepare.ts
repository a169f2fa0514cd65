import {
  type FunctionConfiguration,
  paginateListVersionsByFunction,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { ReleaseClients } from '../aws/clients';
import { isBusy, newestEventId, stackResources, stackStatus } from '../collect/stack';
import { ReleaseError } from '../errors';
import { stuckIn } from '../outcome/stuck-stack';
import type { PackagedFunction, ServicePackage } from './service-package';

/** What a release is meant for. */
export interface ReleaseTarget {
  readonly stackName: string;
  readonly stage: string;
  readonly region: string;
}

/** What was so before a release, so that afterwards only what it did itself is counted. */
export interface Baseline {
  readonly stackName: string;
  /** newest stack event before the release, @default `time` says it */
  readonly eventId?: string | undefined;
  /** the release's first instant, milliseconds since the epoch, @default there was no stack */
  readonly time?: number | undefined;
}

/** How a stack stands before a release of it. */
export interface Standing {
  /** undefined when there is no stack */
  readonly status: string | undefined;
  readonly baseline: Baseline;
}

export interface Prepared {
  /** names of the functions whose code was released before and rolled back, and which get a new version all the same */
  readonly retried: readonly string[];
}

/**
 * Checks that a package may be released to a target, and readies it.
 *
 * `sls deploy --package` deploys any package whatever stage it was made for, so the package must name the target itself.
 * And a release that was rolled back leaves its version published: CloudFormation cannot publish the same code again
 * ("Version already exists", aws/aws-cdk#35540), because Lambda only publishes what differs from the newest version. So
 * a function that is released again is described differently, which makes it differ.
 *
 * @param standing how the stack stood when the release was written down
 * @param attempt names this attempt, e.g. the CodeBuild build's id; another attempt needs another name
 * @throws ReleaseError PACKAGE_MISMATCH, STACK_BUSY, STACK_STUCK
 */
export async function prepare(
  clients: ReleaseClients,
  target: ReleaseTarget,
  service: ServicePackage,
  { status }: Pick<Standing, 'status'>,
  attempt: string,
): Promise<Prepared> {
  checkPackage(service, target);
  checkStack(target, status);
  const retried = status === undefined ? [] : await findRetried(clients, target.stackName, service);
  for (const { logicalId } of retried) service.describe(logicalId, `released again by ${attempt}`);
  return { retried: retried.map(({ functionName }) => functionName) };
}

/** Looks at the status first: a stack at rest has no event to come, so all events after its baseline are of the release. */
export async function takeStanding(clients: ReleaseClients, stackName: string): Promise<Standing> {
  const status = await stackStatus(clients, stackName);
  return { status, baseline: await takeBaseline(clients, stackName) };
}

/** Remembers how a stack stands, before a release of it. */
export async function takeBaseline(clients: ReleaseClients, stackName: string): Promise<Baseline> {
  return { stackName, eventId: await newestEventId(clients, stackName) };
}

function checkPackage(service: ServicePackage, target: ReleaseTarget): void {
  const wrong = (['stage', 'region', 'stackName'] as const).filter((key) => service[key] !== target[key]);
  if (wrong.length === 0) return;
  const lines = wrong.map(
    (key) => `  ${key}: the package is for '${service[key]}', the release is for '${target[key]}'`,
  );
  throw new ReleaseError(
    'PACKAGE_MISMATCH',
    [`the package in '${service.directory}' was made for something else:`, ...lines].join('\n'),
    { remedy: "package the service for this environment with 'npm run package' and release that" },
  );
}

function checkStack(target: ReleaseTarget, status: string | undefined): void {
  if (status === undefined) return;
  const { stackName } = target;
  if (isBusy(status)) {
    throw new ReleaseError('STACK_BUSY', `stack '${stackName}' is busy (${status}): somebody else changes it`, {
      remedy: 'wait until it has settled, then retry',
    });
  }
  const stuck = stuckIn(status, target);
  if (!stuck) return;
  const { why, remedy } = stuck;
  throw new ReleaseError('STACK_STUCK', [`stack '${stackName}' is in ${status}`, ...(why ? [why] : [])].join(': '), {
    remedy,
  });
}

/** @returns the functions that CloudFormation is about to publish, though their newest version, which is not live, holds this code */
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
