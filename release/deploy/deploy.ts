import type { S3Client } from '@aws-sdk/client-s3';
import type { ReleaseClients } from '../aws/clients';
import { awsTime } from '../collect/aws-time';
import { takeSnapshot } from '../collect/baseline';
import { ReleaseError } from '../errors';
import { Ledger, type ReleaseRecord } from '../ledger/ledger';
import { recordConclusion } from '../ledger/record-conclusion';
import type { Failed, ReleaseOutcome } from '../outcome/outcome';
import { render } from '../render/log';
import { adoptBoundary } from './adopt-boundary';
import { conclude } from './conclude';
import { type OutcomeFiles, writeOutcomeFiles } from './outcome-files';
import { prepare } from './prepare';
import { ServicePackage } from './service-package';
import type { WorkingFiles } from './working-files';

/** What the parts of Deploy before and after `sls deploy` depend on. */
export interface DeployContext {
  /** Environment variables, as `process.env`. */
  readonly shell: Readonly<Record<string, string | undefined>>;
  readonly clients: (region: string) => ReleaseClients;
  /** For a template that is too long for a request. */
  readonly s3: (region: string) => S3Client;
  readonly workingFiles: WorkingFiles;
  readonly outcomeFiles: OutcomeFiles;
  /** Prints a line about the release. */
  readonly say: (line: string) => void;
  /** Prints a line about a problem that does not affect the release. */
  readonly warn: (line: string) => void;
  /** Waits between two reads of the stack. */
  readonly pause: () => Promise<void>;
  /** Reads of the stack at most. */
  readonly maxReads: number;
}

/**
 * Records the release in the ledger, then checks and prepares its package. When the release is refused, the working
 * files say why.
 *
 * @returns Whether `sls deploy` may run.
 */
export async function prepareRelease(context: DeployContext): Promise<boolean> {
  const { workingFiles, say, warn } = context;
  workingFiles.clear();
  try {
    await begin(context);
    return true;
  } catch (error) {
    workingFiles.writeRefusal(error);
    warn(error instanceof ReleaseError ? `✖ ${error.message}` : String((error as Error)?.stack ?? error));
    say('nothing was deployed');
    return false;
  }
}

async function begin(context: DeployContext): Promise<void> {
  const { shell, clients: clientsOf, workingFiles, say, warn } = context;
  const names = ['STACK_NAME', 'STAGE', 'DEPLOY_REGION', 'PACKAGE_DIRECTORY'] as const;
  const { STACK_NAME: stackName, STAGE: stage, DEPLOY_REGION: region, PACKAGE_DIRECTORY } = required(shell, names);
  const clients = clientsOf(region);
  const now = awsTime(clients.cloudFormation);
  // Before the snapshot, because this update is not part of the release. What goes wrong is reported after the record.
  const adoption = await adopt(context, clients, { stackName, region, directory: PACKAGE_DIRECTORY }).catch(
    (error: unknown) => ({ error }),
  );
  const snapshot = await takeSnapshot(clients, stackName);
  const record = recordOf(shell, snapshot.baseline, new Date(now()).toISOString());
  workingFiles.writeRecord(record);
  // Before anything that may refuse it, because the Canary action finds this release by its record.
  await tolerate(warn, 'the release could not be recorded', () =>
    new Ledger(clients.dynamoDb, stackName).begin(record),
  );
  if ('error' in adoption) throw adoption.error;
  const service = ServicePackage.read(PACKAGE_DIRECTORY);
  const { retried } = await prepare(
    clients,
    { stackName, stage, region, repository: shell.RELEASE_REPOSITORY },
    service,
    snapshot,
    record.build,
  );
  say(`✔ package of ${stackName} for ${region} is ready to be released`);
  for (const name of retried) {
    say(`  ${name}: this code was released and rolled back before; it gets a new version and its own canary`);
  }
}

/** Gives the deployed roles the permissions boundary that the package's roles have. */
async function adopt(
  { shell, s3, say, warn, pause, maxReads }: DeployContext,
  clients: ReleaseClients,
  { stackName, region, directory }: { readonly stackName: string; readonly region: string; readonly directory: string },
) {
  const cloudFormationRole = shell.CLOUDFORMATION_ROLE_ARN;
  if (!cloudFormationRole) return {}; // a release by hand
  const { adopted, outOfReach } = await adoptBoundary({
    clients,
    s3: s3(region),
    stackName,
    repository: shell.RELEASE_REPOSITORY,
    cloudFormationRole,
    service: ServicePackage.read(directory),
    pause,
    maxReads,
  });
  if (adopted.length > 0)
    say(`  ${adopted.join(', ')}: got the permissions boundary, in an update of its own before this release`);
  for (const role of outOfReach) {
    warn(
      `! role '${role}' has a shortened name and no permissions boundary, so this release cannot change it; see docs/upgrade.md`,
    );
  }
  return {};
}

function recordOf(
  { CODEBUILD_BUILD_ID, RELEASE_EXECUTION, RELEASE_COMMIT, RELEASE_COMMITTED_AT }: DeployContext['shell'],
  { stackName, eventId }: ReleaseRecord['baseline'],
  began: string,
): ReleaseRecord {
  return {
    build: CODEBUILD_BUILD_ID ?? `by hand at ${began}`,
    began,
    baseline: { stackName, ...(eventId ? { eventId } : {}) },
    ...(RELEASE_EXECUTION ? { execution: RELEASE_EXECUTION } : {}),
    ...(RELEASE_COMMIT ? { commit: RELEASE_COMMIT } : {}),
    ...(RELEASE_COMMITTED_AT ? { committedAt: RELEASE_COMMITTED_AT } : {}),
  };
}

/**
 * Waits until the stack has settled, judges the release, prints the outcome, and stores it in files and in the ledger.
 *
 * @throws ReleaseError USAGE when environment variables are missing.
 */
export async function concludeRelease(context: DeployContext): Promise<ReleaseOutcome> {
  const { shell, workingFiles, outcomeFiles, say, warn } = context;
  const { STACK_NAME: stackName, DEPLOY_REGION: region } = required(shell, ['STACK_NAME', 'DEPLOY_REGION']);
  const clients = context.clients(region);
  const outcome = await judged(clients, context).catch((error: unknown) => {
    if (!(error instanceof ReleaseError)) warn(String((error as Error)?.stack ?? error));
    return undetermined(stackName, error);
  });
  say(render(outcome));
  writeOutcomeFiles(outcome, outcomeFiles);
  await tolerate(warn, 'the outcome could not be recorded', async () => {
    const at = new Date(awsTime(clients.cloudFormation)()).toISOString();
    const { first, warning } = await recordConclusion(clients, workingFiles.readRecord(), outcome, at);
    if (!first) warn('! an outcome of this release was already recorded, and that one is kept');
    if (warning) warn(`! ${warning}`);
  });
  return outcome;
}

async function judged(clients: ReleaseClients, context: DeployContext): Promise<ReleaseOutcome> {
  const { shell, workingFiles, say, pause, maxReads } = context;
  const known = workingFiles.attempt(shell.SLS_DEPLOY_STATUS);
  // A build that failed in another command has not deployed.
  const attempt = shell.CODEBUILD_BUILD_SUCCEEDING === '0' ? { ...known, deployed: false } : known;
  // prepare may have failed before it took the baseline, e.g. for lack of credentials. Then nothing happened to the stack.
  const baseline = attempt.unprepared ? { stackName: shell.STACK_NAME ?? '' } : workingFiles.readRecord().baseline;
  return conclude(clients, baseline, {
    attempt,
    pause,
    maxReads,
    onWaiting: (status) => say(`… waiting for the stack to settle (${status})`),
  });
}

/** @returns The outcome when it could not be determined; that must not count as a success. */
export function undetermined(stackName: string, error: unknown): Failed {
  return {
    type: 'failed',
    phase: 'unread',
    stackName,
    stackStatus: 'UNKNOWN',
    reason: error instanceof Error ? error.message : String(error),
    remedy: 'check the stack in the CloudFormation console before the next release',
  };
}

/** A release must not fail because it could not be recorded. */
async function tolerate(warn: DeployContext['warn'], what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { name, message } = error as Error;
    warn(`! ${what}: ${name}: ${message}`);
  }
}

function required<const K extends string>(shell: DeployContext['shell'], names: readonly K[]): Record<K, string> {
  const missing = names.filter((name) => !shell[name]);
  if (missing.length > 0) {
    throw new ReleaseError('USAGE', `${missing.join(', ')} not set; the pipeline's Deploy action sets these variables`);
  }
  return Object.fromEntries(names.map((name) => [name, shell[name]])) as Record<K, string>;
}
