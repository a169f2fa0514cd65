import { join } from 'node:path';
import type { Region } from '../embedded-aws/region';
import type { Scope } from '../embedded-aws/scope';
import type { Credentials } from '../embedded-aws/sts/credentials';
import type { World } from '../embedded-aws/world';
import { type Change, faulty, filesOf } from './commits';
import { configurationFile, type DeclaredFunctions, printFunctions } from './declared-functions';
import type { Fault } from './faults/fault';
import type { RehearsedEnvironment } from './install/rehearsed-environment';
import { RehearsedWorld } from './install/rehearsed-world';
import { type Notification, notificationsSince } from './observe/notifications';
import { type ReleaseObservation, ReleaseObserver } from './observe/release-observer';
import { type Exposure, readRehearsedTraffic, Traffic } from './observe/traffic';
import { Execution } from './pipeline/execution';
import type { Action } from './pipeline/model';
import type { PipelineEvent } from './pipeline/pipeline-event';
import { recorder } from './pipeline/recorder';
import type { Commit } from './scratch/git';
import { type Setup, type SetupEvent, type SetupProps, setUp } from './setup';

/** How long traffic is observed after a release, in milliseconds of virtual time. */
const OBSERVED_AFTERWARDS = 3 * 60_000;

interface RehearsalProps extends Omit<SetupProps, 'onEvent'> {
  /** Called with everything that happens, in order. */
  readonly onEvent: (event: RehearsalEvent) => void;
}

/** An event of a rehearsal. */
export type RehearsalEvent =
  | SetupEvent
  | { readonly type: 'pipeline-event'; readonly event: PipelineEvent }
  | { readonly type: 'released'; readonly release: RehearsedRelease };

/** How the push of one commit went through the pipeline. */
export interface RehearsedRelease extends ReleaseObservation {
  readonly commit: Commit;
  /** The notifications that were published meanwhile. */
  readonly notifications: readonly Notification[];
}

/** How the push of a change went during which a fault was active. */
export interface FaultyRelease {
  readonly fault: Fault;
  readonly release: RehearsedRelease;
  /** Requests from the beginning of the last environment's Deploy until the end of the observation. */
  readonly exposure: Exposure;
}

/**
 * The pipeline of a commit on this machine, from the synthesised templates. Once opened, it takes any number of pushes.
 */
export class Rehearsal {
  #traffic: Traffic | undefined;
  #faulty = 0;
  #functions: Promise<DeclaredFunctions> | undefined;
  readonly #props: RehearsalProps;
  readonly #world: RehearsedWorld;
  readonly #setup: Setup;
  /** Whether the world ends with this rehearsal. */
  readonly #alone: boolean;

  private constructor(props: RehearsalProps, world: RehearsedWorld, setup: Setup, alone: boolean) {
    this.#props = props;
    this.#world = world;
    this.#setup = setup;
    this.#alone = alone;
  }

  /**
   * Installs the pipeline in an embedded AWS of its own, which is closed with the rehearsal.
   *
   * @throws Error with the reason when the repository, the configuration or the pipeline cannot be rehearsed.
   */
  static async open(props: RehearsalProps): Promise<Rehearsal> {
    const { seed, scratch, onEvent } = props;
    const onNotice = (text: string) => onEvent({ type: 'notice', text });
    const world = await RehearsedWorld.open({ seed, scratch, onNotice });
    try {
      return new Rehearsal(props, world, await setUp(props, world), true);
    } catch (error) {
      // Open servers would keep the process running.
      await world.close();
      throw error;
    }
  }

  /**
   * Installs the pipeline in a world that it may share with other pipelines, and that stays open when the rehearsal is closed.
   *
   * @throws Error as {@link open}.
   */
  static async join(props: RehearsalProps, world: RehearsedWorld): Promise<Rehearsal> {
    return new Rehearsal(props, world, await setUp(props, world), false);
  }

  /** URL of the embedded AWS. */
  get url(): string {
    return this.#world.aws.url;
  }

  get environments(): readonly RehearsedEnvironment[] {
    return this.#setup.environments;
  }

  /** The embedded AWS, for what a rehearsal does not report. */
  get world(): World {
    return this.#world.aws;
  }

  /** @returns Credentials with full access to an environment's account. */
  visitor({ accountId }: Scope): Credentials {
    return this.#world.aws.visitor(accountId);
  }

  /** @returns The URL of the service's public API. Undefined before its first release. */
  frontDoor({ accountId, region, stackName }: RehearsedEnvironment): string | undefined {
    const { cloudFormation, httpApis } = this.#world.aws.region({ accountId, region });
    const resources = [...(cloudFormation.stack(stackName)?.resources.values() ?? [])];
    const ids = resources.map(({ physical }) => physical.id);
    return httpApis.addresses().find(({ apiId }) => ids.includes(apiId))?.url;
  }

  /** Pushes the last commit: the repository as it is committed, or the last change again. */
  async release(): Promise<RehearsedRelease> {
    return this.#release(await this.#setup.repository.head());
  }

  /** Commits a change on top of the last commit, and pushes it. */
  async releaseChange(change: Change): Promise<RehearsedRelease> {
    const { repository, environments } = this.#setup;
    const { serviceDirectory } = environments[0]!;
    const { data } = configurationFile(join(repository.path, serviceDirectory));
    const functions = data ? undefined : await this.#printedFunctions();
    return this.releaseFiles(change.subject, filesOf(change, repository.path, serviceDirectory, functions));
  }

  /** The functions of a configuration that is a program, as it was when the pipeline was installed. */
  #printedFunctions(): Promise<DeclaredFunctions> {
    const { environments, synthesised: checkout } = this.#setup;
    const { name: stage, region, serviceDirectory } = environments[0]!;
    this.#functions ??= printFunctions({ scratch: this.#props.scratch, checkout, serviceDirectory, stage, region });
    return this.#functions;
  }

  /**
   * Switches a fault on, and pushes a change that is harmless itself. The fault stays on until the end of the
   * observation.
   *
   * @throws Error before the first release, when there is no version to compare with and no traffic.
   */
  async releaseFault(fault: Fault): Promise<FaultyRelease> {
    const { faults, clock } = this.#world;
    const traffic = this.#traffic;
    if (!traffic) {
      throw new Error(
        `cannot rehearse the fault ${fault.name}: there is no traffic yet; release the repository as it is first`,
      );
    }
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
   * Commits files on top of the last commit, and pushes them.
   *
   * @param files New contents by path; null removes the file.
   */
  async releaseFiles(message: string, files: Readonly<Record<string, string | null>>): Promise<RehearsedRelease> {
    const date = this.#world.clock.date();
    return this.#release(await this.#setup.repository.commit({ message, files, date }));
  }

  /**
   * Makes virtual time follow real time, for people who use the endpoint.
   *
   * @returns A function that stops it.
   */
  followRealTime(): () => void {
    const { clock } = this.#world;
    const ticking = setInterval(() => void clock.elapse(1_000), 1_000);
    return () => clearInterval(ticking);
  }

  async close(): Promise<void> {
    this.#traffic?.close();
    if (this.#alone) await this.#world.close();
  }

  async #release(commit: Commit): Promise<RehearsedRelease> {
    const { clock, faults } = this.#world;
    const { random, pipeline, runners, environments } = this.#setup;
    const { scratch, onEvent } = this.#props;
    const began = clock.now();
    this.#traffic ??= this.#openTraffic();
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
        if (event.type === 'action-started' && this.#isDeployWithTraffic(event.action)) faults.deployBegins();
        onEvent({ type: 'pipeline-event', event });
      },
    });
    const result = await execution.run();
    await clock.elapse(OBSERVED_AFTERWARDS);
    const observation = await observer.end(result);
    // After the first release of a new service, which had no public API before.
    this.#traffic ??= this.#openTraffic();
    const notifications = notificationsSince(this.#home, this.#topics(), began);
    const release: RehearsedRelease = { commit, ...observation, notifications };
    onEvent({ type: 'released', release });
    return release;
  }

  #isDeployWithTraffic({ type, stage }: Action): boolean {
    return type === 'CodeBuild' && stage === this.#setup.environments.at(-1)!.name;
  }

  /** The services in the pipeline's account and region. */
  get #home(): Region {
    return this.#world.aws.region(this.#setup.home);
  }

  /** ARNs of the topics in the pipeline's own stack, which are those for notifications. */
  #topics(): readonly string[] {
    const ids = [...this.#setup.deployed.values()].map(({ id }) => id);
    return ids.filter((id) => id.startsWith('arn:') && id.split(':')[2] === 'sns' && id.split(':').length === 6);
  }

  /** Only the last environment gets traffic. In all others, only the hooks invoke functions. */
  #openTraffic(): Traffic | undefined {
    const { clock, faults } = this.#world;
    const { random, environments, repository } = this.#setup;
    const environment = environments.at(-1)!;
    const url = this.frontDoor(environment);
    if (!url) return undefined;
    const plan = readRehearsedTraffic(join(repository.path, environment.serviceDirectory, 'traffic.json'));
    return new Traffic(clock, random.stream('traffic'), plan, url, faults);
  }
}
