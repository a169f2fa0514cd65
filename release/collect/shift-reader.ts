import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { ReleaseClients } from '../aws/clients';
import { type FunctionRelease, isOver } from '../outcome/function-release';
import { AlarmReader } from './alarm-reader';
import { announcedRelease, announcedShifts } from './alias-events';
import type { Allowance } from './allowance';
import { DEPLOYMENTS_A_CALL, functionRelease, readDeployments, TargetReader } from './deployment';
import { HookReader } from './hook-reader';
import { isLongAgo, KnownShift, type Look } from './known-shift';
import { readTraffic, trafficCalls } from './metrics';
import { inTurns, parcels } from './reading';
import { readWeight } from './weight';

/**
 * Reads the shifts of one release, again and again while it runs. What cannot change any more is not read again, and
 * what a look has no calls left for comes first in the next one.
 */
export class ShiftReader {
  readonly #alarms: AlarmReader;
  readonly #hooks: HookReader;
  readonly #targets: TargetReader;
  readonly #known = new Map<string, KnownShift>();
  /** in the order in which they are read */
  #queue: KnownShift[] = [];

  constructor(
    private readonly clients: ReleaseClients,
    private readonly allowance: Allowance,
  ) {
    this.#alarms = new AlarmReader(clients);
    this.#hooks = new HookReader(clients);
    this.#targets = new TargetReader(clients);
  }

  /** @param events the release's stack events, oldest first */
  async read(events: readonly StackEvent[], look: Look): Promise<FunctionRelease[]> {
    const shifts = announcedShifts(events).map((shift) => this.#knownOf(shift));
    await this.#readInfos(shifts, look);
    await this.#alarms.describe(shifts, look);
    // What is read for all at once comes last, but has to come: a call for the logs, for the alarms' metrics, for traffic.
    const held = trafficCalls(shifts.length) + (this.#alarms.isAnyOn(shifts) ? 1 : 0);
    this.allowance.hold(held + (shifts.some(({ isCulprit }) => isCulprit) ? 1 : 0));
    await this.#readEach(shifts, look);
    this.allowance.hold(held);
    await this.#hooks.readLogs(shifts, look);
    this.allowance.hold(trafficCalls(shifts.length));
    await this.#alarms.readPoints(shifts, look);
    this.allowance.hold(0);
    await this.#readTraffic(shifts, look);
    return shifts.map((known) => this.#release(known, look));
  }

  #knownOf(shift: KnownShift['shift']): KnownShift {
    const known = this.#known.get(shift.deploymentId) ?? new KnownShift(shift);
    known.shift = shift;
    this.#known.set(shift.deploymentId, known);
    return known;
  }

  async #readInfos(shifts: readonly KnownShift[], { reading, settled }: Look): Promise<void> {
    const open = shifts.filter((known) => !known.isInfoFinal(settled)).map(({ id }) => id);
    for (const ids of parcels(open, DEPLOYMENTS_A_CALL)) {
      const infos = await reading.read('the deployments', () => readDeployments(this.clients, ids));
      for (const info of infos ?? []) {
        const known = this.#known.get(info.deploymentId ?? '');
        if (known) known.info = info;
      }
    }
  }

  /** Reads what there is of each shift alone: culprits first, and then those that had to wait for longest. */
  async #readEach(shifts: readonly KnownShift[], look: Look): Promise<void> {
    const added = shifts.filter((known) => !this.#queue.includes(known));
    this.#queue = [...this.#queue.filter((known) => shifts.includes(known)), ...added];
    const culprits = this.#queue.filter(({ isCulprit }) => isCulprit);
    const [first, ...others] = [...culprits, ...this.#queue.filter(({ isCulprit }) => !isCulprit)];
    if (first) await this.#readOne(first, look); // by itself: from the first target is learnt how to ask for the others
    await inTurns(others, (known) => this.#readOne(known, look));
    this.#queue = [...this.#queue.filter(({ waits }) => waits), ...this.#queue.filter(({ waits }) => !waits)];
  }

  async #readOne(known: KnownShift, look: Look): Promise<void> {
    if (!known.info) return this.#alarms.readFirings(known, look);
    const { reading, now } = look;
    if (known.mayHaveMoved(now)) {
      await known.target.read(
        reading,
        `what ${known.id} shifts`,
        () => this.#targets.read(known.shift),
        (target) => known.isLast(target, now),
      );
    } else known.target.skip();
    await this.#hooks.readName(known, look);
    await this.#alarms.readFirings(known, look);
    await this.#readWeight(known, look);
  }

  /** Beside the weight that follows from the preset: the one that the alias has. */
  async #readWeight(known: KnownShift, { reading, goesBack, settled, isFrugal }: Look): Promise<void> {
    const release = this.#byCodeDeploy(known);
    const over = isOver(release);
    // The stack's rollback can change it until the stack has settled, which a frugal look waits for.
    const stuck = over && known.isCulprit && !release.rollbackDeploymentId;
    if (release.to === '?' || (release.status === 'Succeeded' && !goesBack) || (isFrugal && !settled && !stuck)) {
      known.weight.skip();
      return;
    }
    const state = settled ?? 'busy';
    if (known.weightOf !== state) known.weight.reopen();
    known.weightOf = state;
    await known.weight.read(
      reading,
      `the alias ${release.functionName}:${release.alias}`,
      () => readWeight(this.clients, release),
      () => over && (isFrugal || settled !== undefined),
    );
  }

  async #readTraffic(shifts: readonly KnownShift[], { reading, now }: Look): Promise<void> {
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
    const read = await reading.read('the metrics of the versions', () => readTraffic(this.clients, releases, window));
    for (const [index, { known, release }] of open.entries()) {
      // A minute's metrics come in after it, so those of a shift that ended just now are read once more.
      if (read) known.traffic = { seen: read[index], isFinal: isOver(release) && isLongAgo(release.ended, now) };
    }
  }

  /** What CodeDeploy says of a shift, by what was read so far. @param now @default for what does not depend on it */
  #byCodeDeploy({ info, shift, target }: KnownShift, now = 0): FunctionRelease {
    if (!info) return announcedRelease(shift);
    const { functionName, alias } = shift;
    const release = functionRelease(info, target.value, now);
    return target.value ? release : { ...release, functionName, alias };
  }

  #release(known: KnownShift, look: Look): FunctionRelease {
    const { shift } = known;
    const address = look.console.deployment(known.id);
    const release: FunctionRelease = {
      ...this.#byCodeDeploy(known, look.now),
      logicalId: shift.logicalId,
      ...(address ? { console: address } : {}),
    };
    const hook = this.#hooks.hookOf(known, release);
    const weightNow = known.weight.value;
    const reached =
      weightNow !== undefined && !isOver(release) ? Math.max(release.weightReached, weightNow) : undefined;
    const alarms = this.#alarms.alarmsOf(known, look);
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
