import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { type DeploymentInfo, GetDeploymentGroupCommand } from '@aws-sdk/client-codedeploy';
import { firingOf, readAlarms, readFiring } from './alarms';
import type { ReleaseClients } from './clients';
import { type Firing, type FunctionRelease, isOver, type WatchedAlarm } from './function-release';
import { readLastPoints } from './metrics';
import { inTurns } from './reading';
import type { Look } from './shift-reader';

/** Adds to shifts what CloudWatch says of their alarms: to running ones all that are watched, to others those that fired. */
export class AlarmReader {
  /** by application and deployment group */
  readonly #watched = new Map<string, readonly string[]>();

  constructor(private readonly clients: ReleaseClients) {}

  async read(
    releases: readonly FunctionRelease[],
    infos: ReadonlyMap<string | undefined, DeploymentInfo>,
    look: Look,
  ): Promise<FunctionRelease[]> {
    const names = await inTurns(releases, async (release) => {
      if (release.cause?.type === 'alarm') return release.cause.alarms;
      const info = infos.get(release.deploymentId);
      return info && !isOver(release) ? this.#namesOf(info, look) : [];
    });
    const all = [...new Set(names.flat())];
    if (all.length === 0) return [...releases];
    const described = await look.reading.read('the alarms', () => readAlarms(this.clients, all));
    return inTurns(releases, async (release, index = releases.indexOf(release)) => {
      const own = names[index] ?? [];
      if (own.length === 0) return release;
      const until = new Date(release.ended ?? look.now);
      const alarms = await inTurns(own, (name) => this.#alarm(name, described, until, release, look));
      return { ...release, alarms };
    });
  }

  async #namesOf(info: DeploymentInfo, { reading }: Look): Promise<readonly string[]> {
    const { applicationName, deploymentGroupName, overrideAlarmConfiguration: override } = info;
    if (override) return override.enabled ? (override.alarms ?? []).map(({ name = '' }) => name) : [];
    const key = `${applicationName}/${deploymentGroupName}`;
    const known = this.#watched.get(key);
    if (known) return known;
    const group = await reading.read(`the deployment group ${deploymentGroupName}`, () =>
      this.clients.codeDeploy.send(new GetDeploymentGroupCommand({ applicationName, deploymentGroupName })),
    );
    if (!group) return [];
    const { enabled, alarms = [] } = group.deploymentGroupInfo?.alarmConfiguration ?? {};
    const names = enabled ? alarms.map(({ name = '' }) => name) : [];
    this.#watched.set(key, names);
    return names;
  }

  async #alarm(
    name: string,
    described: ReadonlyMap<string, MetricAlarm> | undefined,
    until: Date,
    release: FunctionRelease,
    look: Look,
  ): Promise<WatchedAlarm> {
    const alarm = described?.get(name);
    const state = alarm ? (alarm.StateValue ?? 'unread') : described ? 'deleted' : 'unread';
    const fired = release.cause?.type === 'alarm' || state === 'ALARM';
    const firing = fired ? await this.#firing(name, alarm, until, look) : undefined;
    const address = state === 'deleted' ? undefined : look.console.alarm(name);
    return { name, state, ...(firing ? { firing } : {}), ...(address ? { console: address } : {}) };
  }

  async #firing(
    name: string,
    alarm: MetricAlarm | undefined,
    until: Date,
    { reading }: Look,
  ): Promise<Firing | undefined> {
    const past = await reading.read(`the history of alarm ${name}`, () => readFiring(this.clients, name, until));
    const firing = past ?? (alarm && firingOf(alarm));
    if (!firing || !alarm) return firing;
    const points = await reading.read(`the metric of alarm ${name}`, () => readLastPoints(this.clients, alarm, until));
    return points?.length ? { ...firing, points } : firing;
  }
}
