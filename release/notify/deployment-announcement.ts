import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';
import type { ReleaseClients } from '../aws/clients';
import type { Console } from '../aws/console';
import { awsTime } from '../collect/aws-time';
import { Collector } from '../collect/collect';
import { functionRelease, readDeployments, TargetReader } from '../collect/deployment';
import { Reading, whyUnread } from '../collect/reading';
import { readWeight } from '../collect/shift-reader';
import { stackStatus } from '../collect/stack';
import type { ReleaseRecord } from '../ledger/ledger';
import type { FunctionRelease } from '../outcome/function-release';
import { judge } from '../outcome/judge';
import { functionsOf, type InProgress, type ReleaseOutcome } from '../outcome/outcome';
import { isBusy } from '../outcome/stack-event';
import { notice, strayNotice } from '../render/notice';
import { type Announcement, claimsOf, type Ignored, ignored } from './announcement';
import type { DeploymentEvent } from './event';
import { readRecentReleases } from './recent-releases';
import type { EnvironmentLocation } from './settings';

interface DeploymentAnnouncementProps {
  /** Name of the pipeline. */
  readonly pipeline: string;
  /** Console of the pipeline's region. */
  readonly console: Console;
  /** Waits between two reads of a deployment. */
  readonly pause: () => Promise<void>;
}

/**
 * Milliseconds until CloudFormation names a deployment that it started in the stack's events: up to 20 s in a published
 * log of a real run. Lambda's first retry comes after a minute.
 */
const NAMING_DELAY = 45_000;

/** Reads of a deployment until CodeDeploy reports how it ended and what rolls it back; EventBridge knows it earlier. */
const READS_LIMIT = 3;

/**
 * Announces what a stopped deployment means: a release that is being rolled back, or a failed deployment outside the
 * pipeline.
 *
 * @param candidates Environments in the event's account and region.
 * @throws Error while CloudFormation or CodeDeploy do not report enough yet, so that Lambda retries a minute later.
 */
export async function deploymentAnnouncement(
  event: DeploymentEvent,
  candidates: readonly EnvironmentLocation[],
  props: DeploymentAnnouncementProps,
): Promise<Announcement | Ignored> {
  const { deploymentId, account, region } = event;
  if (candidates.length === 0) return ignored(`no environment in account ${account}, region ${region}`);
  let unread: Error | undefined;
  for (const candidate of candidates) {
    const { records, missing } = await readRecentReleases(candidate.ledger);
    if (missing && whyUnread(missing) !== 'gone') unread = missing;
    const [record] = records;
    if (!record) continue;
    const collector = new Collector(candidate.clients, candidate.environment.stack);
    // Once the outcome of a release is recorded, changes of the stack are not its doing.
    const known = record.conclusion?.outcome;
    const shifts = known ? functionsOf(known) : (await collector.since(record.baseline)).functions;
    if (shifts.some((shift) => shift.rollbackDeploymentId === deploymentId))
      return ignored(`${deploymentId} is the rollback of a release`);
    if (!shifts.some((shift) => shift.deploymentId === deploymentId)) continue;
    const outcome = known ?? (await stoppedRelease(deploymentId, record, collector, props));
    return releaseAnnouncement(outcome, record, candidate, props);
  }
  // The ledger that cannot be read may contain the deployment's release.
  if (unread) throw unread;
  return strayAnnouncement(event, candidates);
}

function releaseAnnouncement(
  outcome: ReleaseOutcome,
  { build, commit, execution }: ReleaseRecord,
  { environment, ledger }: EnvironmentLocation,
  { pipeline, console }: DeploymentAnnouncementProps,
): Announcement {
  const address = execution && console.execution(pipeline, execution);
  return {
    type: 'announcement',
    notice: notice(outcome, { commit, execution, console: address }),
    environment: environment.name,
    outcome: outcome.type === 'in-progress' ? 'rolled-back' : outcome.type,
    claims: claimsOf(build, outcome),
    ledgers: [ledger],
  };
}

/**
 * @returns The state of the release of which this deployment was stopped.
 * @throws Error when CodeDeploy does not report that it has stopped.
 */
async function stoppedRelease(
  deploymentId: string,
  { baseline }: ReleaseRecord,
  collector: Collector,
  { pause }: DeploymentAnnouncementProps,
): Promise<ReleaseOutcome> {
  for (let reads = 1; ; reads += 1) {
    const outcome = judge(await collector.since(baseline), { deployed: true });
    if (outcome.type !== 'in-progress') return outcome;
    const shift = functionsOf(outcome).find((each) => each.deploymentId === deploymentId);
    if (shift?.cause && shift.rollbackDeploymentId) return rollingBack(outcome);
    if (reads === READS_LIMIT) {
      if (shift?.cause || shift?.partial) return rollingBack(outcome);
      const status = shift?.status ?? 'an unknown status';
      throw new Error(`${deploymentId} has stopped, but CodeDeploy still reports ${status}; trying again later`);
    }
    await pause();
  }
}

/** The event proves that the release is being rolled back, even where CodeDeploy cannot be read. */
function rollingBack(outcome: InProgress): InProgress {
  // During the rollback an alias has two versions, which is an obstacle only if it stays that way.
  const obstacles = outcome.obstacles?.filter(({ code }) => code !== 'WEIGHTS_LEFT');
  return { ...outcome, direction: 'rolling-back', obstacles: obstacles?.length ? obstacles : undefined };
}

async function strayAnnouncement(
  event: DeploymentEvent,
  candidates: readonly EnvironmentLocation[],
): Promise<Announcement | Ignored> {
  const { deploymentId, application, group } = event;
  const { info, shift, clients } = await readStray(deploymentId, candidates);
  if (info?.rollbackInfo?.rollbackTriggeringDeploymentId || info?.creator === 'codeDeployRollback')
    return ignored(`${deploymentId} is the rollback of another deployment`);

  const owners = ownersOf(event, info, candidates);
  const stacks = owners.map(({ environment }) => environment.stack);
  const ended = info?.completeTime?.getTime() ?? Date.parse(event.time);
  const late = awsTime(clients.cloudFormation)() - ended > NAMING_DELAY;
  if (!late && (await isAnyBusy(owners))) {
    throw new Error(
      `${deploymentId} has stopped during an update of ${stacks.join(', ')}, but CloudFormation does not name it yet; trying again later`,
    );
  }
  const [first] = owners as [EnvironmentLocation];
  const console = clients.console.deployment(deploymentId);
  return {
    type: 'announcement',
    notice: strayNotice({ deploymentId, application, group, stacks, console, ...(shift ? { shift } : {}) }),
    environment: first.environment.name,
    outcome: 'stray',
    claims: [`${deploymentId} stopped outside of a release`],
    ledgers: owners.map(({ ledger }) => ledger),
  };
}

interface Stray {
  readonly clients: ReleaseClients;
  /** @default - no candidate's role may read it */
  readonly info?: DeploymentInfo;
  readonly shift?: FunctionRelease;
}

/** Reads a deployment with the first role that may. */
async function readStray(deploymentId: string, candidates: readonly EnvironmentLocation[]): Promise<Stray> {
  for (const { clients } of candidates) {
    const reading = new Reading();
    const [info] = (await reading.read('the deployment', () => readDeployments(clients, [deploymentId]))) ?? [];
    if (!info) continue;
    const target = await reading.read("the deployment's target", () =>
      new TargetReader(clients).read({ deploymentId, functionName: '', alias: '' }),
    );
    const shift = functionRelease(info, target, awsTime(clients.cloudFormation)());
    const weightNow = shift.to === '?' ? undefined : await reading.read('the alias', () => readWeight(clients, shift));
    return { clients, info, shift: weightNow === undefined ? shift : { ...shift, weightNow } };
  }
  return { clients: candidates[0]!.clients };
}

/**
 * @returns The environments to which a deployment may belong. One that CloudFormation started can be linked to its
 * stack (CodeDeploy API reference, externalId); otherwise the name of its group begins with the whole name of the
 * stack.
 */
function ownersOf(
  { group }: DeploymentEvent,
  info: DeploymentInfo | undefined,
  candidates: readonly EnvironmentLocation[],
): readonly EnvironmentLocation[] {
  const linked = candidates.filter(({ environment: { stack } }) => info?.externalId?.includes(`:stack/${stack}/`));
  if (linked.length > 0) return linked;
  const named = candidates.filter(({ environment: { stack } }) => group.startsWith(`${stack}-`));
  // The longest match: with stacks shop-prod and shop-prod-eu, both prefixes match the groups of the latter.
  const [longest] = named.sort((a, b) => b.environment.stack.length - a.environment.stack.length);
  return longest ? [longest] : candidates;
}

async function isAnyBusy(candidates: readonly EnvironmentLocation[]): Promise<boolean> {
  for (const { clients, environment } of candidates) {
    const status = await new Reading().read('the stack', () => stackStatus(clients, environment.stack));
    if (status && isBusy(status)) return true;
  }
  return false;
}
