import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';
import type { ReleaseClients } from '../aws/clients';
import type { Console } from '../aws/console';
import { awsTime } from '../collect/aws-time';
import { Collector } from '../collect/collect';
import { functionRelease, readDeployments, TargetReader } from '../collect/deployment';
import { Reading, whyUnread } from '../collect/reading';
import { isBusy, stackStatus } from '../collect/stack';
import { readWeight } from '../collect/weight';
import type { ReleaseRecord } from '../ledger/ledger';
import type { FunctionRelease } from '../outcome/function-release';
import { judge } from '../outcome/judge';
import { functionsOf, type InProgress, type ReleaseOutcome } from '../outcome/outcome';
import { notice, strayNotice } from '../render/notice';
import { claimsOf, type News, type Silence, silence } from './announcement';
import type { DeploymentEvent } from './event';
import { readRecords } from './recent-releases';
import type { Place } from './settings';

export interface StoppedDeploymentOptions {
  /** the pipeline's name */
  readonly pipeline: string;
  /** the one that the pipeline stands in */
  readonly console: Console;
  /** waits between two looks at a deployment */
  readonly pause: () => Promise<void>;
}

/**
 * CloudFormation says in the stack's events which deployments it started, as it gets to it: in a published log of a real
 * run up to 20 s later. In milliseconds; Lambda's first retry comes after a minute.
 */
const NAMING_TAKES = 45_000;

/** Looks at a deployment until CodeDeploy says how it ended and what rolls it back: it tells EventBridge first. */
const LOOKS = 3;

/**
 * Tells what a stopped deployment means: a release that is being rolled back, or a shift by hand that went wrong.
 *
 * @param candidates environments of the event's account and region
 * @throws Error while CloudFormation or CodeDeploy cannot say enough yet, so that Lambda asks again in a minute
 */
export async function stoppedDeployment(
  event: DeploymentEvent,
  candidates: readonly Place[],
  options: StoppedDeploymentOptions,
): Promise<News | Silence> {
  const { deploymentId, account, region } = event;
  if (candidates.length === 0) return silence(`no environment is in account ${account}, region ${region}`);
  let unread: Error | undefined;
  for (const candidate of candidates) {
    const { records, missing } = await readRecords(candidate.ledger);
    if (missing && whyUnread(missing) !== 'gone') unread = missing;
    const [record] = records;
    if (!record) continue;
    const collector = new Collector(candidate.clients, candidate.environment.stack);
    // Once a release is concluded, what the stack does is no longer its doing.
    const known = record.conclusion?.outcome;
    const shifts = known ? functionsOf(known) : (await collector.since(record.baseline)).functions;
    if (shifts.some((shift) => shift.rollbackDeploymentId === deploymentId))
      return silence(`${deploymentId} takes a release back`);
    if (!shifts.some((shift) => shift.deploymentId === deploymentId)) continue;
    return ofRelease(known ?? (await look(deploymentId, record, collector, options)), record, candidate, options);
  }
  // Whose deployment it is may stand in the ledger that cannot be read.
  if (unread) throw unread;
  return ofNoRelease(event, candidates);
}

function ofRelease(
  outcome: ReleaseOutcome,
  { build, commit, execution }: ReleaseRecord,
  { environment, ledger }: Place,
  { pipeline, console }: StoppedDeploymentOptions,
): News {
  const address = execution && console.execution(pipeline, execution);
  return {
    type: 'news',
    notice: notice(outcome, { commit, execution, console: address }),
    environment: environment.name,
    outcome: outcome.type === 'in-progress' ? 'rolled-back' : outcome.type,
    claims: claimsOf(build, outcome),
    ledgers: [ledger],
  };
}

/**
 * @returns how a release stands that this deployment stops
 * @throws Error when CodeDeploy does not say that it has stopped
 */
async function look(
  deploymentId: string,
  { baseline }: ReleaseRecord,
  collector: Collector,
  { pause }: StoppedDeploymentOptions,
): Promise<ReleaseOutcome> {
  for (let looks = 1; ; looks += 1) {
    const outcome = judge(await collector.since(baseline), { deployed: true });
    if (outcome.type !== 'in-progress') return outcome;
    const shift = functionsOf(outcome).find((each) => each.deploymentId === deploymentId);
    if (shift?.cause && shift.rollbackDeploymentId) return goingBack(outcome);
    if (looks === LOOKS) {
      if (shift?.cause || shift?.partial) return goingBack(outcome);
      throw new Error(
        `${deploymentId} has stopped, but CodeDeploy still calls it ${shift?.status ?? 'unknown'}; asking again later`,
      );
    }
    await pause();
  }
}

/** The event is proof that the release goes back, even where CodeDeploy may not be read. */
function goingBack(outcome: InProgress): InProgress {
  // While an alias is put back it has two versions, which is no obstacle unless it stays so.
  const obstacles = outcome.obstacles?.filter(({ code }) => code !== 'WEIGHTS_LEFT');
  return { ...outcome, direction: 'rolling-back', obstacles: obstacles?.length ? obstacles : undefined };
}

async function ofNoRelease(event: DeploymentEvent, candidates: readonly Place[]): Promise<News | Silence> {
  const { deploymentId, application, group } = event;
  const { info, shift, clients } = await readStray(deploymentId, candidates);
  if (info?.rollbackInfo?.rollbackTriggeringDeploymentId || info?.creator === 'codeDeployRollback')
    return silence(`${deploymentId} takes another deployment back`);

  const own = ownersOf(event, info, candidates);
  const ended = info?.completeTime?.getTime() ?? Date.parse(event.time);
  const late = awsTime(clients.cloudFormation)() - ended > NAMING_TAKES;
  if (!late && (await isAnyBusy(own))) {
    throw new Error(
      `${deploymentId} has stopped while ${own.map(({ environment }) => environment.stack).join(', ')} is updated, but CloudFormation does not name it yet; asking again later`,
    );
  }
  const [first] = own as [Place];
  const console = clients.console.deployment(deploymentId);
  return {
    type: 'news',
    notice: strayNotice({
      deploymentId,
      application,
      group,
      stacks: own.map(({ environment }) => environment.stack),
      console,
      ...(shift ? { shift } : {}),
    }),
    environment: first.environment.name,
    outcome: 'stray',
    claims: [`${deploymentId} stopped outside of a release`],
    ledgers: own.map(({ ledger }) => ledger),
  };
}

interface Stray {
  readonly clients: ReleaseClients;
  /** @default no candidate's role may read it */
  readonly info?: DeploymentInfo;
  readonly shift?: FunctionRelease;
}

/** By whichever role may read it. */
async function readStray(deploymentId: string, candidates: readonly Place[]): Promise<Stray> {
  for (const { clients } of candidates) {
    const reading = new Reading();
    const [info] = (await reading.read('the deployment', () => readDeployments(clients, [deploymentId]))) ?? [];
    if (!info) continue;
    const target = await reading.read('what it shifts', () =>
      new TargetReader(clients).read({ deploymentId, functionName: '', alias: '' }),
    );
    const shift = functionRelease(info, target, awsTime(clients.cloudFormation)());
    const weightNow = shift.to === '?' ? undefined : await reading.read('the alias', () => readWeight(clients, shift));
    return { clients, info, shift: weightNow === undefined ? shift : { ...shift, weightNow } };
  }
  return { clients: candidates[0]!.clients };
}

/**
 * @returns the environments that a deployment fits. Where CloudFormation started it, it may have linked its stack
 * (CodeDeploy API reference, externalId); else the group's name tells, which begins with the whole name of its stack
 */
function ownersOf(
  { group }: DeploymentEvent,
  info: DeploymentInfo | undefined,
  candidates: readonly Place[],
): readonly Place[] {
  const linked = candidates.filter(({ environment: { stack } }) => info?.externalId?.includes(`:stack/${stack}/`));
  if (linked.length > 0) return linked;
  const named = candidates.filter(({ environment: { stack } }) => group.startsWith(`${stack}-`));
  // Of shop-prod and shop-prod-eu the longer one: the shorter one's name begins the longer one's.
  const [longest] = named.sort((a, b) => b.environment.stack.length - a.environment.stack.length);
  return longest ? [longest] : candidates;
}

async function isAnyBusy(candidates: readonly Place[]): Promise<boolean> {
  for (const { clients, environment } of candidates) {
    const status = await new Reading().read('the stack', () => stackStatus(clients, environment.stack));
    if (status && isBusy(status)) return true;
  }
  return false;
}
