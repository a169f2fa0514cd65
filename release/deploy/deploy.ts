import type { ReleaseClients } from '../aws/clients';
import { awsTime } from '../collect/aws-time';
import { ReleaseError } from '../errors';
import { Ledger, type ReleaseRecord } from '../ledger/ledger';
import { recordConclusion } from '../ledger/record-conclusion';
import type { ReleaseOutcome } from '../outcome/outcome';
import { render } from '../render';
import { conclude } from './conclude';
import { type HandoverFiles, handOver, nobodyKnows } from './outcome-files';
import { prepare, takeStanding } from './prepare';
import { ServicePackage } from './service-package';
import type { Notes } from './working-files';

/** The world around what Deploy does before and after `sls deploy`. */
export interface DeployContext {
  /** as `process.env` */
  readonly shell: Readonly<Record<string, string | undefined>>;
  readonly clients: (region: string) => ReleaseClients;
  readonly notes: Notes;
  readonly files: HandoverFiles;
  /** for what the release is told by */
  readonly say: (line: string) => void;
  /** for what went wrong beside it */
  readonly warn: (line: string) => void;
  /** waits between two looks at the stack */
  readonly pause: () => Promise<void>;
  /** looks at the stack, at the most, before giving up */
  readonly looks: number;
}

/**
 * Writes the release down, then checks and readies it. When it is refused, the notes say why.
 *
 * @returns whether `sls deploy` may run
 */
export async function prepareRelease(context: DeployContext): Promise<boolean> {
  const { notes, say, warn } = context;
  notes.clear();
  try {
    await begin(context);
    return true;
  } catch (error) {
    notes.refuse(error);
    warn(error instanceof ReleaseError ? `✖ ${error.message}` : String((error as Error)?.stack ?? error));
    say('nothing is deployed');
    return false;
  }
}

async function begin({ shell, clients: of, notes, say, warn }: DeployContext): Promise<void> {
  const names = ['STACK_NAME', 'STAGE', 'DEPLOY_REGION', 'PACKAGE_DIRECTORY'] as const;
  const { STACK_NAME: stackName, STAGE: stage, DEPLOY_REGION: region, PACKAGE_DIRECTORY } = required(shell, names);
  const clients = of(region);
  const now = awsTime(clients.cloudFormation);
  const standing = await takeStanding(clients, stackName);
  const record = recordOf(shell, standing.baseline, new Date(now()).toISOString());
  notes.writeRecord(record);
  // Before anything that may refuse it: whoever follows this release finds it by what is written down.
  await tolerate(warn, 'the release could not be written down', () =>
    new Ledger(clients.dynamoDb, stackName).begin(record),
  );
  const service = ServicePackage.read(PACKAGE_DIRECTORY);
  const { retried } = await prepare(clients, { stackName, stage, region }, service, standing, record.build);
  say(`✔ package of ${stackName} for ${region} is ready to be released`);
  for (const name of retried) {
    say(`  ${name}: this code was released before and rolled back; it gets a new version and a canary of its own`);
  }
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
 * Waits until the stack has settled, says what became of the release, and leaves it for whoever asks later.
 *
 * @throws ReleaseError USAGE
 */
export async function concludeRelease(context: DeployContext): Promise<ReleaseOutcome> {
  const { shell, notes, files, say, warn } = context;
  const { STACK_NAME: stackName, DEPLOY_REGION: region } = required(shell, ['STACK_NAME', 'DEPLOY_REGION']);
  const clients = context.clients(region);
  const outcome = await concluded(clients, context).catch((error: unknown) => {
    if (!(error instanceof ReleaseError)) warn(String((error as Error)?.stack ?? error));
    return nobodyKnows(stackName, error);
  });
  say(render(outcome));
  handOver(outcome, files);
  await tolerate(warn, 'the outcome could not be written down', async () => {
    const at = new Date(awsTime(clients.cloudFormation)()).toISOString();
    const { first, warning } = await recordConclusion(clients, notes.readRecord(), outcome, at);
    if (!first) warn('! somebody else had concluded this release already; what was written down then stands');
    if (warning) warn(`! ${warning}`);
  });
  return outcome;
}

async function concluded(clients: ReleaseClients, context: DeployContext): Promise<ReleaseOutcome> {
  const { shell, notes, say, pause, looks } = context;
  const known = notes.attempt(shell.SLS_DEPLOY_STATUS);
  // A build that failed otherwise has not deployed.
  const attempt = shell.CODEBUILD_BUILD_SUCCEEDING === '0' ? { ...known, deployed: false } : known;
  // Before the baseline was taken something may have gone wrong, e.g. with the credentials. Then nothing happened after it.
  const baseline = attempt.unprepared ? { stackName: shell.STACK_NAME ?? '' } : notes.readRecord().baseline;
  return conclude(clients, baseline, {
    attempt,
    pause,
    looks,
    onWaiting: (status) => say(`… waiting for the stack to settle (${status})`),
  });
}

/** A release must not fail because nobody could keep its books. */
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
  if (missing.length > 0) throw new ReleaseError('USAGE', `${missing.join(', ')} not set`);
  return Object.fromEntries(names.map((name) => [name, shell[name]])) as Record<K, string>;
}
