import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';
import { AlarmReader } from './alarm-reader';
import { type AnnouncedShift, announcedRelease, announcedShifts } from './alias-events';
import type { ReleaseClients } from './clients';
import type { Console } from './console';
import { functionRelease, readDeployments, readTarget, readTargetIds } from './deployment';
import { type FunctionRelease, isOver } from './function-release';
import { hookReasons, logGroupOf, readHookName, readLog } from './hook-log';
import { readTraffic } from './metrics';
import { inTurns, type Reading } from './reading';
import { readWeight } from './weight';

/** What one look at the shifts of a release goes by. */
export interface Look {
  readonly reading: Reading;
  readonly console: Console;
  /** milliseconds since the epoch */
  readonly now: number;
  /** whether CloudFormation takes the whole release back. @default false */
  readonly goesBack?: boolean;
}

/** A log is read this much longer than its hook ran: lines come late. In milliseconds. */
const LOG_LAG = 60_000;

/** Reads the shifts of one release, again and again while it runs; what has succeeded is read once. */
export class ShiftReader {
  readonly #alarms: AlarmReader;
  readonly #targetIds = new Map<string, string[]>();
  readonly #done = new Map<string, FunctionRelease>();

  constructor(private readonly clients: ReleaseClients) {
    this.#alarms = new AlarmReader(clients);
  }

  /** @param events the release's stack events, oldest first */
  async read(events: readonly StackEvent[], look: Look): Promise<FunctionRelease[]> {
    const shifts = announcedShifts(events);
    const goesBack = events.some(({ ResourceStatus }) => String(ResourceStatus).includes('ROLLBACK'));
    if (goesBack) this.#done.clear(); // what had succeeded is taken back
    const open = shifts.map(({ deploymentId }) => deploymentId).filter((id) => !this.#done.has(id));
    const infos = await look.reading.read('the deployments', () => readDeployments(this.clients, open));
    const byId = new Map(infos?.map((info) => [info.deploymentId, info]));
    const read = await inTurns(shifts, async (shift) => {
      const done = this.#done.get(shift.deploymentId);
      return done ?? this.#shift(shift, byId.get(shift.deploymentId), { ...look, goesBack });
    });
    const watched = await this.#alarms.read(read, byId, look);
    return this.#withTraffic(watched, { ...look, goesBack });
  }

  async #shift(shift: AnnouncedShift, info: DeploymentInfo | undefined, look: Look): Promise<FunctionRelease> {
    const { deploymentId, logicalId } = shift;
    const address = look.console.deployment(deploymentId);
    const addition = { logicalId, ...(address ? { console: address } : {}) };
    if (!info) return { ...announcedRelease(shift), ...addition };
    const target = await look.reading.read(`what ${deploymentId} shifts`, () => this.#target(deploymentId));
    const release = { ...functionRelease(info, target, look.now), ...addition };
    const named = target ? release : { ...release, functionName: shift.functionName, alias: shift.alias };
    return this.#withWeight(await this.#withHook(named, info, look), look);
  }

  async #target(deploymentId: string) {
    const ids = this.#targetIds.get(deploymentId) ?? (await readTargetIds(this.clients, deploymentId));
    if (ids.length > 0) this.#targetIds.set(deploymentId, ids);
    return readTarget(this.clients, deploymentId, ids);
  }

  /** Beside the weight that follows from the preset: the one that the alias has. */
  async #withWeight(release: FunctionRelease, { reading, goesBack }: Look): Promise<FunctionRelease> {
    if ((release.status === 'Succeeded' && !goesBack) || release.to === '?') return release;
    const { functionName, alias } = release;
    const weightNow = await reading.read(`the alias ${functionName}:${alias}`, () => readWeight(this.clients, release));
    if (weightNow === undefined) return release;
    return { ...release, weightNow, weightReached: Math.max(release.weightReached, isOver(release) ? 0 : weightNow) };
  }

  async #withHook(release: FunctionRelease, info: DeploymentInfo, { reading, now }: Look): Promise<FunctionRelease> {
    const { hook, deploymentId } = release;
    if (!hook) return release;
    const functionName =
      hook.functionName ??
      (await reading.read(`the AppSpec of ${deploymentId}`, () =>
        readHookName(this.clients, info, hook.lifecycleEvent),
      ));
    if (!functionName) return release;
    const event = release.lifecycleEvents.find(({ name }) => name === hook.lifecycleEvent);
    const from = new Date(event?.began ?? info.createTime ?? now);
    const to = new Date(Date.parse(event?.ended ?? new Date(now).toISOString()) + LOG_LAG);
    const lines = await reading.read(`the log of the hook, ${logGroupOf(functionName)}`, () =>
      readLog(this.clients, functionName, { from, to }),
    );
    return { ...release, hook: { ...hook, functionName, reasons: hookReasons(lines ?? [], deploymentId) } };
  }

  async #withTraffic(
    releases: readonly FunctionRelease[],
    { reading, now, goesBack }: Look,
  ): Promise<FunctionRelease[]> {
    const open = releases.filter((each) => each.to !== '?' && each.began && !this.#done.has(each.deploymentId));
    const begins = open.map(({ began }) => Date.parse(began!));
    const ends = open.map(({ ended }) => (ended ? Date.parse(ended) : now));
    const traffic =
      open.length > 0 &&
      (await reading.read('the metrics of the versions', () =>
        readTraffic(this.clients, open, {
          from: new Date(Math.floor(Math.min(...begins) / 60_000) * 60_000),
          to: new Date(Math.max(...ends) + 60_000),
        }),
      ));
    return releases.map((release) => {
      const index = open.indexOf(release);
      if (index < 0) return release;
      const found = traffic ? traffic[index] : undefined;
      const complete = found ? { ...release, traffic: found } : release;
      // A minute's metrics come in after it, so those of a shift that ended just now are read once more.
      const settled = Date.parse(release.ended ?? '') < now - 120_000;
      const final = release.status === 'Succeeded' && settled && !goesBack && !release.partial;
      if (final) this.#done.set(release.deploymentId, complete);
      return complete;
    });
  }
}
