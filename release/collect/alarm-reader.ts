import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';
import type { ReleaseClients } from '../aws/clients';
import type { Firing, WatchedAlarm } from '../outcome/function-release';
import { firingOf, readAlarms, readFiring } from './alarms';
import { readGroups } from './deployment';
import { isLongAgo, type KnownShift, type Look } from './known-shift';
import { readLastPoints } from './metrics';

/** Reads what CloudWatch says of the alarms of shifts: of running ones all that are watched, of others those that fired. */
export class AlarmReader {
  /** by application and deployment group */
  readonly #watched = new Map<string, readonly string[]>();
  /** alarms as they were last described, by name; without those that are deleted */
  #described: ReadonlyMap<string, MetricAlarm> | undefined;
  /** the names that are described once and for all, because the stack has settled and no shift runs */
  #final: string | undefined;
  /** how alarms were seen to have gone off, by name */
  readonly #seen = new Map<string, Firing>();

  constructor(private readonly clients: ReleaseClients) {}

  /** Looks which alarms there are and how they stand: few calls, however many shifts. */
  async describe(shifts: readonly KnownShift[], look: Look): Promise<void> {
    await this.#readGroups(shifts, look);
    const names = [...new Set(shifts.flatMap((known) => this.#namesOf(known)))].sort();
    const key = look.settled && shifts.every(({ isOver }) => isOver) ? `${look.settled} ${names}` : undefined;
    if (names.length === 0 || (key && key === this.#final)) return;
    this.#described = await look.reading.read('the alarms', () => readAlarms(this.clients, names));
    this.#final = this.#described && key;
    for (const [name, alarm] of this.#described ?? []) {
      const firing = firingOf(alarm);
      if (firing) this.#seen.set(name, firing);
    }
  }

  /** Whether any alarm is on, so that its metric is to be read. */
  isAnyOn(shifts: readonly KnownShift[]): boolean {
    return shifts.some((known) => this.#namesOf(known).some((name) => this.#hasFired(known, name)));
  }

  /** Looks up how the alarms that stopped a shift went off, unless that was seen while they were on. */
  async readFirings(known: KnownShift, { reading, now }: Look): Promise<void> {
    if (!known.isOver) return;
    const end = known.end ?? new Date(now);
    for (const name of this.#namesOf(known)) {
      if (this.#seenBy(known, name)) known.firing(name).skip();
      else {
        await known.firing(name).read(
          reading,
          `the history of alarm ${name}`,
          () => readFiring(this.clients, name, end),
          (firing) => firing !== undefined || isLongAgo(end, now),
        );
      }
    }
  }

  /** Reads the last points of the alarms that have gone off, all at once. */
  async readPoints(shifts: readonly KnownShift[], { reading, now }: Look): Promise<void> {
    const wanted = shifts.flatMap((known) =>
      this.#namesOf(known).flatMap((name) => {
        const alarm = this.#described?.get(name);
        const until = known.end ?? new Date(now);
        const isWanted = alarm && this.#firing(known, name) && !known.points.get(name)?.isFinal;
        return isWanted ? [{ known, name, alarm, until }] : [];
      }),
    );
    if (wanted.length === 0) return;
    const read = await reading.read('the metrics of the alarms', () => readLastPoints(this.clients, wanted));
    for (const [index, { known, name, until }] of wanted.entries()) {
      const points = read?.[index];
      if (points) known.points.set(name, { points, isFinal: known.isOver && isLongAgo(until, now) });
    }
  }

  /** @returns the alarms of a shift as they were read, undefined when there are none to tell of */
  alarmsOf(known: KnownShift, { console }: Look): readonly WatchedAlarm[] | undefined {
    const names = this.#namesOf(known);
    if (names.length === 0) return undefined;
    return names.map((name) => {
      const alarm = this.#described?.get(name);
      const state = alarm ? (alarm.StateValue ?? 'unread') : this.#described ? 'deleted' : 'unread';
      const firing = this.#firing(known, name);
      const points = known.points.get(name)?.points;
      const address = state === 'deleted' ? undefined : console.alarm(name);
      return {
        name,
        state,
        ...(firing ? { firing: points?.length ? { ...firing, points } : firing } : {}),
        ...(address ? { console: address } : {}),
      };
    });
  }

  #firing(known: KnownShift, name: string): Firing | undefined {
    if (!this.#hasFired(known, name)) return undefined;
    const alarm = this.#described?.get(name);
    return this.#seenBy(known, name) ?? known.firings.get(name)?.value ?? (alarm && firingOf(alarm));
  }

  /** How an alarm was seen to have gone off before a shift ended: what came later did not stop it. */
  #seenBy({ end }: KnownShift, name: string): Firing | undefined {
    const seen = this.#seen.get(name);
    return seen && Date.parse(seen.at) <= (end?.getTime() ?? Number.POSITIVE_INFINITY) ? seen : undefined;
  }

  #hasFired(known: KnownShift, name: string): boolean {
    return known.isOver || this.#described?.get(name)?.StateValue === 'ALARM';
  }

  /** Those that fired when they stopped a shift, those that are watched while it runs. */
  #namesOf({ info, isOver, alarmsFired }: KnownShift): readonly string[] {
    if (isOver) return alarmsFired;
    const override = info?.overrideAlarmConfiguration;
    if (override) return override.enabled ? (override.alarms ?? []).map(({ name = '' }) => name) : [];
    return (info && this.#watched.get(keyOf(info))) ?? [];
  }

  async #readGroups(shifts: readonly KnownShift[], { reading }: Look): Promise<void> {
    const open = shifts.flatMap(({ info, isOver }) =>
      info && !isOver && !info.overrideAlarmConfiguration && !this.#watched.has(keyOf(info)) ? [info] : [],
    );
    for (const application of new Set(open.map(({ applicationName = '' }) => applicationName))) {
      const own = open.filter(({ applicationName }) => applicationName === application);
      const names = [...new Set(own.map(({ deploymentGroupName = '' }) => deploymentGroupName))];
      const what = names.length === 1 ? `the deployment group ${names[0]}` : `the deployment groups of ${application}`;
      const groups = await reading.read(what, () => readGroups(this.clients, application, names));
      for (const [name, { alarmConfiguration }] of groups ?? []) {
        const { enabled, alarms = [] } = alarmConfiguration ?? {};
        this.#watched.set(`${application}/${name}`, enabled ? alarms.map((alarm) => alarm.name ?? '') : []);
      }
    }
  }
}

function keyOf({ applicationName, deploymentGroupName }: DeploymentInfo): string {
  return `${applicationName}/${deploymentGroupName}`;
}
