import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { GetAliasCommand } from '@aws-sdk/client-lambda';
import type { ReleaseClients } from '../aws/clients';
import { type FunctionRelease, isOver } from '../outcome/function-release';
import { AlarmReader } from './alarm-reader';
import { announcedRelease, announcedShifts } from './alias-events';
import type { Allowance } from './allowance';
import { DEPLOYMENTS_PER_CALL, functionRelease, readDeployments, TargetReader } from './deployment';
import { HookReader } from './hook-reader';
import { isLongAgo, KnownShift, type ShiftReading } from './known-shift';
import { readTraffic, trafficCalls } from './metrics';
import { chunks, mapConcurrently } from './reading';

/**
 * Reads the shifts of one release, again and again while it runs. What cannot change any more is not read again, and
 * what one read has no calls left for comes first in the next one.
 */
export class ShiftReader {
  readonly #clients: ReleaseClients;
  readonly #allowance: Allowance;
  readonly #alarms: AlarmReader;
  readonly #hooks: HookReader;
  readonly #targets: TargetReader;
  readonly #known = new Map<string, KnownShift>();
  /** In the order in which the shifts are read. */
  #queue: KnownShift[] = [];

  constructor(clients: ReleaseClients, allowance: Allowance) {
    this.#clients = clients;
    this.#allowance = allowance;
    this.#alarms = new AlarmReader(clients);
    this.#hooks = new HookReader(clients);
    this.#targets = new TargetReader(clients);
  }

  /** @param events The release's stack events, oldest first. */
  async read(events: readonly StackEvent[], context: ShiftReading): Promise<FunctionRelease[]> {
    const shifts = announcedShifts(events).map((shift) => this.#knownOf(shift));
    await this.#readInfos(shifts, context);
    await this.#alarms.describe(shifts, context);
    // Calls are reserved for what is read last, for all shifts at once: the logs, the alarms' metrics, the traffic.
    const held = trafficCalls(shifts.length) + (this.#alarms.isAnyFiring(shifts) ? 1 : 0);
    this.#allowance.hold(held + (shifts.some(({ isCulprit }) => isCulprit) ? 1 : 0));
    await this.#readEach(shifts, context);
    this.#allowance.hold(held);
    await this.#hooks.readLogs(shifts, context);
    this.#allowance.hold(trafficCalls(shifts.length));
    await this.#alarms.readPoints(shifts, context);
    this.#allowance.hold(0);
    await this.#readTraffic(shifts, context);
    return shifts.map((known) => this.#release(known, context));
  }

  #knownOf(shift: KnownShift['shift']): KnownShift {
    const known = this.#known.get(shift.deploymentId) ?? new KnownShift(shift);
    known.shift = shift;
    this.#known.set(shift.deploymentId, known);
    return known;
  }

  async #readInfos(shifts: readonly KnownShift[], { reading, settled }: ShiftReading): Promise<void> {
    const open = shifts.filter((known) => !known.isInfoFinal(settled)).map(({ id }) => id);
    for (const ids of chunks(open, DEPLOYMENTS_PER_CALL)) {
      const infos = await reading.read('the deployments', () => readDeployments(this.#clients, ids));
      for (const info of infos ?? []) {
        const known = this.#known.get(info.deploymentId ?? '');
        if (known) known.info = info;
      }
    }
  }

  /** Reads what concerns one shift alone: failed shifts first, then those that have waited longest. */
  async #readEach(shifts: readonly KnownShift[], context: ShiftReading): Promise<void> {
    const added = shifts.filter((known) => !this.#queue.includes(known));
    this.#queue = [...this.#queue.filter((known) => shifts.includes(known)), ...added];
    const culprits = this.#queue.filter(({ isCulprit }) => isCulprit);
    const [first, ...others] = [...culprits, ...this.#queue.filter(({ isCulprit }) => !isCulprit)];
    if (first) await this.#readOne(first, context); // Alone, because the form of all target ids is learnt from it.
    await mapConcurrently(others, (known) => this.#readOne(known, context));
    this.#queue = [...this.#queue.filter(({ waits }) => waits), ...this.#queue.filter(({ waits }) => !waits)];
  }

  async #readOne(known: KnownShift, context: ShiftReading): Promise<void> {
    if (!known.info) return this.#alarms.readFirings(known, context);
    const { reading, now } = context;
    if (known.mayHaveMoved(now)) {
      await known.target.read(
        reading,
        `the target of ${known.id}`,
        () => this.#targets.read(known.shift),
        (target) => known.isLast(target, now),
      );
    } else known.target.skip();
    await this.#hooks.readName(known, context);
    await this.#alarms.readFirings(known, context);
    await this.#readWeight(known, context);
  }

  /** Reads the weight that the alias has now, in addition to the one that follows from the preset. */
  async #readWeight(known: KnownShift, { reading, isRollingBack, settled, isFrugal }: ShiftReading): Promise<void> {
    const release = this.#byCodeDeploy(known);
    const over = isOver(release);
    // The stack's rollback can change it until the stack has settled; a frugal read waits for that.
    const stuck = over && known.isCulprit && !release.rollbackDeploymentId;
    const isPlanned = release.status === 'Succeeded' && !isRollingBack;
    if (release.to === '?' || isPlanned || (isFrugal && !settled && !stuck)) {
      known.weight.skip();
      return;
    }
    const state = settled ?? 'busy';
    if (known.weightReadAt !== state) known.weight.reopen();
    known.weightReadAt = state;
    await known.weight.read(
      reading,
      `the alias ${release.functionName}:${release.alias}`,
      () => readWeight(this.#clients, release),
      () => over && (isFrugal || settled !== undefined),
    );
  }

  async #readTraffic(shifts: readonly KnownShift[], { reading, now }: ShiftReading): Promise<void> {
    const open = shifts.flatMap((known) => {
      if (known.traffic?.isFinal) return [];
      const release = this.#byCodeDeploy(known);
      return release.to !== '?' && release.began ? [{ known, release }] : [];
    });
    if (open.length === 0) return;
    const begins = open.map(({ release }) => Date.parse(release.began!));
    const ends = open.map(({ release }) => (release.ended ? Date.parse(release.ended) : now));
    const window = {
      from: new Date(Math.floor(Math.min(...begins) / 60_000) * 60_000),
      to: new Date(Math.max(...ends) + 60_000),
    };
    const releases = open.map(({ release }) => release);
    const read = await reading.read('the metrics of the versions', () => readTraffic(this.#clients, releases, window));
    for (const [index, { known, release }] of open.entries()) {
      // Metrics arrive after their minute, so those of a shift that has just ended are read once more.
      if (read) known.traffic = { seen: read[index], isFinal: isOver(release) && isLongAgo(release.ended, now) };
    }
  }

  /**
   * The shift by what was read of it so far.
   *
   * @param now Milliseconds since the epoch; 0 suffices where no duration is needed.
   */
  #byCodeDeploy({ info, shift, target }: KnownShift, now = 0): FunctionRelease {
    if (!info) return announcedRelease(shift);
    const { functionName, alias } = shift;
    const release = functionRelease(info, target.value, now);
    return target.value ? release : { ...release, functionName, alias };
  }

  #release(known: KnownShift, context: ShiftReading): FunctionRelease {
    const { shift } = known;
    const address = context.console.deployment(known.id);
    const release: FunctionRelease = {
      ...this.#byCodeDeploy(known, context.now),
      logicalId: shift.logicalId,
      ...(address ? { console: address } : {}),
    };
    const hook = this.#hooks.hookOf(known, release);
    const weightNow = known.weight.value;
    const reached =
      weightNow !== undefined && !isOver(release) ? Math.max(release.weightReached, weightNow) : undefined;
    const alarms = this.#alarms.alarmsOf(known, context);
    const traffic = known.traffic?.seen;
    return {
      ...release,
      ...(hook ? { hook } : {}),
      ...(weightNow === undefined ? {} : { weightNow }),
      ...(reached === undefined ? {} : { weightReached: reached }),
      ...(alarms ? { alarms } : {}),
      ...(traffic ? { traffic } : {}),
    };
  }
}

/** @returns The percentage of the alias's traffic that a release's new version has now. */
export async function readWeight(
  { lambda }: ReleaseClients,
  { functionName, alias, to }: Pick<FunctionRelease, 'functionName' | 'alias' | 'to'>,
): Promise<number> {
  const { FunctionVersion, RoutingConfig } = await lambda.send(
    new GetAliasCommand({ FunctionName: functionName, Name: alias }),
  );
  const weights = RoutingConfig?.AdditionalVersionWeights ?? {};
  const additional = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return Math.round((FunctionVersion === to ? 1 - additional : (weights[to] ?? 0)) * 1000) / 10;
}
