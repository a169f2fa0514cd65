import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';
import type { ReleaseClients } from '../aws/clients';
import type { Firing, ShiftAlarm } from '../outcome/function-release';
import { firingOf, readAlarms, readFiring } from './alarms';
import { readGroups } from './deployment';
import { isLongAgo, type KnownShift, type ShiftReading } from './known-shift';
import { readLastPoints } from './metrics';

/** Reads the alarms of shifts from CloudWatch: for running shifts all that are watched, for others those that fired. */
export class AlarmReader {
  readonly #clients: ReleaseClients;
  /** Names of the watched alarms, by application and deployment group. */
  readonly #watched = new Map<string, readonly string[]>();
  /** The alarms as last described, by name; without deleted ones. */
  #described: ReadonlyMap<string, MetricAlarm> | undefined;
  /** Key of the last description that cannot change any more, because the stack has settled and no shift is running. */
  #final: string | undefined;
  /** Changes to ALARM that were seen, by the alarm's name. */
  readonly #seen = new Map<string, Firing>();

  constructor(clients: ReleaseClients) {
    this.#clients = clients;
  }

  /** Describes all alarms of the shifts with few calls, however many shifts there are. */
  async describe(shifts: readonly KnownShift[], context: ShiftReading): Promise<void> {
    await this.#readGroups(shifts, context);
    const names = [...new Set(shifts.flatMap((known) => this.#namesOf(known)))].sort();
    const key = context.settled && shifts.every(({ isOver }) => isOver) ? `${context.settled} ${names}` : undefined;
    if (names.length === 0 || (key && key === this.#final)) return;
    this.#described = await context.reading.read('the alarms', () => readAlarms(this.#clients, names));
    this.#final = this.#described && key;
    for (const [name, alarm] of this.#described ?? []) {
      const firing = firingOf(alarm);
      if (firing) this.#seen.set(name, firing);
    }
  }

  /** Whether any alarm is in ALARM, so that its metric has to be read. */
  isAnyFiring(shifts: readonly KnownShift[]): boolean {
    return shifts.some((known) => this.#namesOf(known).some((name) => this.#hasFired(known, name)));
  }

  /** Reads from the history how the alarms that stopped a shift fired, unless that was seen while they did. */
  async readFirings(known: KnownShift, { reading, now }: ShiftReading): Promise<void> {
    if (!known.isOver) return;
    const end = known.end ?? new Date(now);
    for (const name of this.#namesOf(known)) {
      if (this.#seenBy(known, name)) known.firing(name).skip();
      else {
        await known.firing(name).read(
          reading,
          `the history of alarm ${name}`,
          () => readFiring(this.#clients, name, end),
          (firing) => firing !== undefined || isLongAgo(end, now),
        );
      }
    }
  }

  /** Reads the last datapoints of all alarms that fired at once. */
  async readPoints(shifts: readonly KnownShift[], { reading, now }: ShiftReading): Promise<void> {
    const wanted = shifts.flatMap((known) =>
      this.#namesOf(known).flatMap((name) => {
        const alarm = this.#described?.get(name);
        const until = known.end ?? new Date(now);
        const isWanted = alarm && this.#firing(known, name) && !known.points.get(name)?.isFinal;
        return isWanted ? [{ known, name, alarm, until }] : [];
      }),
    );
    if (wanted.length === 0) return;
    const read = await reading.read('the metrics of the alarms', () => readLastPoints(this.#clients, wanted));
    for (const [index, { known, name, until }] of wanted.entries()) {
      const points = read?.[index];
      if (points) known.points.set(name, { points, isFinal: known.isOver && isLongAgo(until, now) });
    }
  }

  /** @returns The alarms of a shift as they were read; undefined when it has none. */
  alarmsOf(known: KnownShift, { console }: ShiftReading): readonly ShiftAlarm[] | undefined {
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

  /** The change to ALARM that was seen before a shift ended; a later one did not stop it. */
  #seenBy({ end }: KnownShift, name: string): Firing | undefined {
    const seen = this.#seen.get(name);
    return seen && Date.parse(seen.at) <= (end?.getTime() ?? Number.POSITIVE_INFINITY) ? seen : undefined;
  }

  #hasFired(known: KnownShift, name: string): boolean {
    return known.isOver || this.#described?.get(name)?.StateValue === 'ALARM';
  }

  /** The alarms that stopped a shift; while it is running, those that are watched. */
  #namesOf({ info, isOver, alarmsFired }: KnownShift): readonly string[] {
    if (isOver) return alarmsFired;
    const override = info?.overrideAlarmConfiguration;
    if (override) return override.enabled ? (override.alarms ?? []).map(({ name = '' }) => name) : [];
    return (info && this.#watched.get(keyOf(info))) ?? [];
  }

  async #readGroups(shifts: readonly KnownShift[], { reading }: ShiftReading): Promise<void> {
    const open = shifts.flatMap(({ info, isOver }) =>
      info && !isOver && !info.overrideAlarmConfiguration && !this.#watched.has(keyOf(info)) ? [info] : [],
    );
    for (const application of new Set(open.map(({ applicationName = '' }) => applicationName))) {
      const own = open.filter(({ applicationName }) => applicationName === application);
      const names = [...new Set(own.map(({ deploymentGroupName = '' }) => deploymentGroupName))];
      const what = names.length === 1 ? `the deployment group ${names[0]}` : `the deployment groups of ${application}`;
      const groups = await reading.read(what, () => readGroups(this.#clients, application, names));
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
