import { join } from 'node:path';
import type { Region } from '../embedded-aws/region';
import type { Scope } from '../embedded-aws/scope';
import type { Credentials } from '../embedded-aws/sts/credentials';
import { type Change, faulty, filesOf } from './commits';
import type { Fault } from './faults/fault';
import type { Environment } from './install/environment';
import { type Notification, notificationsSince } from './observe/notifications';
import { type ReleaseObservation, ReleaseObserver } from './observe/release-observer';
import { readRehearsedTraffic, Traffic } from './observe/traffic';
import { Execution } from './pipeline/execution';
import type { Action } from './pipeline/model';
import type { PipelineEvent } from './pipeline/pipeline-event';
import { recorder } from './pipeline/recorder';
import type { FaultyRelease } from './report/fault-verdict';
import { type OpeningEvent, type OpeningProps, openParts, type Parts } from './report/opening';
import type { Commit } from './scratch/git';

/** How long traffic is watched after a release, in milliseconds of virtual time. */
const AFTERMATH = 3 * 60_000;

export interface RehearsalProps extends Omit<OpeningProps, 'onEvent'> {
  /** told of everything that happens, in order */
  readonly onEvent: (event: RehearsalEvent) => void;
}

/** What happens in a rehearsal, as it happens. */
export type RehearsalEvent =
  | OpeningEvent
  | { readonly type: 'pipeline-event'; readonly event: PipelineEvent }
  | { readonly type: 'released'; readonly release: RehearsedRelease };

/** One commit's way through the pipeline. */
export interface RehearsedRelease extends ReleaseObservation {
  readonly commit: Commit;
  /** what people were told meanwhile */
  readonly notifications: readonly Notification[];
}

/**
 * The pipeline of a commit on this machine, from the synthesised templates: open it, then release to it as often as you
 * like.
 */
export class Rehearsal {
  #traffic: Traffic | undefined;
  #faulty = 0;

  private constructor(
    private readonly props: RehearsalProps,
    private readonly parts: Parts,
  ) {}

  /** @throws Error when the repository, the configuration or the pipeline cannot be rehearsed, saying why */
  static async open(props: RehearsalProps): Promise<Rehearsal> {
    return new Rehearsal(props, await openParts(props));
  }

  /** The address of the embedded AWS. */
  get url(): string {
    return this.parts.world.url;
  }

  get environments(): readonly Environment[] {
    return this.parts.environments;
  }

  /** @returns keys with which a person may look at an environment's account */
  visitor({ accountId }: Scope): Credentials {
    return this.parts.world.visitor(accountId);
  }

  /** @returns the address of a service's public API, or undefined before its first release */
  frontDoor({ accountId, region, stackName }: Environment): string | undefined {
    const apis = this.parts.world.region({ accountId, region }).httpApis.addresses();
    return apis.find(({ name }) => name.startsWith(stackName))?.url;
  }

  /** Releases what was committed last: the repository as it is, or a change once more. */
  async release(): Promise<RehearsedRelease> {
    return this.#release(await this.parts.repository.head());
  }

  /** Commits a change on top of the last one, and releases it. */
  async releaseChange(change: Change): Promise<RehearsedRelease> {
    const { repository, environments } = this.parts;
    return this.releaseFiles(change.subject, filesOf(change, repository.path, environments[0]!.serviceDirectory));
  }

  /**
   * Switches a fault on, and releases a change that does no harm of its own on top of the last commit. The fault goes on
   * until traffic after the release was watched.
   *
   * @throws Error before the first release: there is no version to compare with and no traffic
   */
  async releaseFault(fault: Fault): Promise<FaultyRelease> {
    const { faults, clock } = this.parts;
    const traffic = this.#traffic;
    if (!traffic) throw new Error(`cannot rehearse the fault ${fault.name}: no first release, so no traffic either`);
    faults.on(fault);
    try {
      this.#faulty += 1;
      const release = await this.releaseChange(faulty(fault.name, this.#faulty + 1));
      const now = clock.now();
      return { fault, release, exposure: traffic.exposure(faults.deployBegan ?? now, now) };
    } finally {
      faults.off();
    }
  }

  /**
   * Commits files on top of the last commit, and releases them.
   *
   * @param files new contents by path; null removes the file
   */
  async releaseFiles(message: string, files: Readonly<Record<string, string | null>>): Promise<RehearsedRelease> {
    const { repository, clock } = this.parts;
    return this.#release(await repository.commit({ message, files, date: clock.date() }));
  }

  /** Lets virtual time follow the real one, for as long as people look at the endpoint. @returns stops it */
  followRealTime(): () => void {
    const { clock } = this.parts;
    const ticking = setInterval(() => void clock.elapse(1_000), 1_000);
    return () => clearInterval(ticking);
  }

  async close(): Promise<void> {
    this.#traffic?.close();
    await Promise.all([this.parts.credentials.close(), this.parts.world.close()]);
  }

  async #release(commit: Commit): Promise<RehearsedRelease> {
    const { clock, random, pipeline, runners, environments } = this.parts;
    const { scratch, onEvent } = this.props;
    const began = clock.now();
    const observer = await ReleaseObserver.begin(environments, {
      clock,
      endpoint: this.url,
      credentials: (environment) => this.visitor(environment),
      traffic: this.#traffic && { environment: environments.at(-1)!.name, flow: this.#traffic },
    });
    const own = random.stream(`execution/${commit.id}/${began}`);
    const id = own.uuid();
    const { codePipeline } = this.#home;
    const record = recorder({ pipeline, executionId: id, codePipeline, random: own.stream('actions') });
    const execution = new Execution({
      pipeline,
      id,
      commit,
      scratch,
      runners,
      clock,
      onEvent: (event) => {
        record(event);
        if (event.type === 'action-started' && this.#isDeployWithTraffic(event.action))
          this.parts.faults.deployBegins();
        onEvent({ type: 'pipeline-event', event });
      },
    });
    const result = await execution.run();
    await clock.elapse(AFTERMATH);
    const observation = await observer.end(result);
    // People come once there is something to come to.
    this.#traffic ??= this.#openTraffic();
    const notifications = notificationsSince(this.#home, this.#topics(), began);
    const release: RehearsedRelease = { commit, ...observation, notifications };
    onEvent({ type: 'released', release });
    return release;
  }

  #isDeployWithTraffic({ type, stage }: Action): boolean {
    return type === 'CodeBuild' && stage === this.parts.environments.at(-1)!.name;
  }

  /** The services where the pipeline is. */
  get #home(): Region {
    return this.parts.world.region(this.parts.home);
  }

  /** The topics of the pipeline's own stack: those that people are told by. */
  #topics(): readonly string[] {
    const ids = [...this.parts.deployed.values()].map(({ id }) => id);
    return ids.filter((id) => id.startsWith('arn:') && id.split(':')[2] === 'sns' && id.split(':').length === 6);
  }

  /** Real traffic comes to the last environment only: in those before it, nobody but the hooks calls. */
  #openTraffic(): Traffic | undefined {
    const { clock, random, environments, repository, faults } = this.parts;
    const environment = environments.at(-1)!;
    const url = this.frontDoor(environment);
    if (!url) return undefined;
    const plan = readRehearsedTraffic(join(repository.path, environment.serviceDirectory, 'traffic.json'));
    return new Traffic(clock, random.stream('traffic'), plan, url, faults);
  }
}
