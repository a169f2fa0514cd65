import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Scope } from './aws/scope';
import type { Credentials } from './aws/sts/sts';
import { World } from './aws/world';
import { bootstrap } from './bootstrap';
import { VirtualClock } from './clock';
import { type Change, filesOf } from './commits';
import { type Environment, environmentsOf } from './environment';
import { type Commit, GitRepository } from './git';
import type { ActionRunners } from './pipeline/action-runner';
import { ExecuteChangeSetActions, ReplaceChangeSetActions } from './pipeline/actions/change-set';
import { CodeBuildActions } from './pipeline/actions/code-build';
import { CreateUpdateStackActions } from './pipeline/actions/create-update-stack';
import { SelfMutationActions } from './pipeline/actions/self-mutation';
import { SourceActions } from './pipeline/actions/source';
import { type Home, readPipeline } from './pipeline/assembly';
import { BuildCache } from './pipeline/codebuild/cache';
import { CredentialsEndpoint } from './pipeline/codebuild/credentials';
import { installedPackages } from './pipeline/codebuild/installed-packages';
import { Execution } from './pipeline/execution';
import type { ActionBase, Pipeline } from './pipeline/model';
import type { PipelineEvent } from './pipeline/pipeline-event';
import { Random } from './random';
import { type ReleaseObservation, ReleaseObserver } from './release-observer';
import type { Scratch } from './scratch';
import { synthesise } from './synthesis';
import { readTrafficPlan, Traffic } from './traffic';

/** When every rehearsal begins, so that the same seed gives the same instants. A Monday morning. */
const BEGINNING = new Date('2026-03-02T09:00:00Z');

/** How long traffic is watched after a release, in milliseconds of virtual time. */
const AFTERMATH = 3 * 60_000;

/** Builds look often at what happens in virtual time, and don't repeat the SDK's advice on this machine's Node. */
const ADDITIONAL = { SLS_AWS_MONITORING_FREQUENCY: '200', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

export interface RehearsalProps {
  /** a directory of the repository to rehearse; only ever read */
  readonly repository: string;
  /** a whole number; the same seed and commit give the same rehearsal */
  readonly seed: number;
  /** leaves out the tests of the builds */
  readonly quick: boolean;
  readonly scratch: Scratch;
  /** told of everything that happens, in order */
  readonly onEvent: (event: RehearsalEvent) => void;
}

/** What happens in a rehearsal, as it happens. */
export type RehearsalEvent =
  | { readonly type: 'opened'; readonly endpointUrl: string; readonly uncommitted: readonly string[] }
  | { readonly type: 'synthesised'; readonly pipeline: Pipeline }
  | { readonly type: 'pipeline-event'; readonly event: PipelineEvent }
  | { readonly type: 'released'; readonly release: RehearsedRelease }
  | { readonly type: 'notice'; readonly text: string };

/** One commit's way through the pipeline. */
export interface RehearsedRelease extends ReleaseObservation {
  readonly commit: Commit;
}

/**
 * The pipeline of a commit on this machine, from the synthesised templates: open it, then release to it as often as you
 * like.
 */
export class Rehearsal {
  #traffic: Traffic | undefined;

  private constructor(
    private readonly props: RehearsalProps,
    private readonly parts: Parts,
  ) {}

  /** @throws Error when the repository, the configuration or the pipeline cannot be rehearsed, saying why */
  static async open(props: RehearsalProps): Promise<Rehearsal> {
    const { scratch, onEvent } = props;
    const own = await GitRepository.open(props.repository, scratch);
    const uncommitted = await own.changes();
    const repository = await own.clone();
    const commit = await repository.head();
    const { directory, home } = await synthesise({ repository, commit, installed: own.path, scratch });
    const pipeline = await readPipeline(directory, home);
    const environments = environmentsOf(pipeline);
    const clock = new VirtualClock(BEGINNING);
    const random = new Random(props.seed);
    const world = new World({
      clock,
      random: random.stream('aws'),
      directory: await scratch.directory('aws'),
      onNotice: (text) => onEvent({ type: 'notice', text }),
    });
    // Whatever can be wrong with a repository is found by now: from here on, servers keep the process alive.
    await world.open();
    onEvent({ type: 'opened', endpointUrl: world.url, uncommitted });
    bootstrap(world, pipeline, home);
    onEvent({ type: 'synthesised', pipeline });
    const credentials = new CredentialsEndpoint((roleArn) => world.sts.issue(roleArn, 'AWSCodeBuild'));
    await credentials.listen();
    const cache = new BuildCache(scratch, installedPackages(own.path, scratch));
    const parts = { clock, random, world, repository, pipeline, home, credentials, cache };
    const builds = new CodeBuildActions({
      ...parts,
      scratch,
      random: random.stream('builds'),
      endpointUrl: world.url,
      host: process.env,
      additional: ADDITIONAL,
      skip: (command) => props.quick && command === 'npm test',
    });
    const stacks = { client: (action: ActionBase) => cloudFormationOf(world, action, home) };
    const runners: ActionRunners = {
      Source: new SourceActions(repository),
      CodeBuild: builds,
      SelfMutation: new SelfMutationActions(),
      CreateUpdateStack: new CreateUpdateStackActions(stacks),
      ReplaceChangeSet: new ReplaceChangeSetActions(stacks),
      ExecuteChangeSet: new ExecuteChangeSetActions(stacks),
    };
    return new Rehearsal(props, { ...parts, environments, runners });
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
    const observer = await ReleaseObserver.begin(environments, {
      clock,
      endpoint: this.url,
      credentials: (environment) => this.visitor(environment),
      traffic: this.#traffic && { environment: environments.at(-1)!.name, flow: this.#traffic },
    });
    const execution = new Execution({
      pipeline,
      id: random.stream(`execution/${commit.id}/${clock.now()}`).uuid(),
      commit,
      scratch,
      runners,
      clock,
      onEvent: (event) => onEvent({ type: 'pipeline-event', event }),
    });
    const result = await execution.run();
    await clock.elapse(AFTERMATH);
    const observation = await observer.end(result);
    // People come once there is something to come to.
    this.#traffic ??= this.#openTraffic();
    const release: RehearsedRelease = { commit, ...observation };
    onEvent({ type: 'released', release });
    return release;
  }

  /** Real traffic comes to the last environment only: in those before it, nobody but the hooks calls. */
  #openTraffic(): Traffic | undefined {
    const { clock, random, environments, repository } = this.parts;
    const environment = environments.at(-1)!;
    const url = this.frontDoor(environment);
    if (!url) return undefined;
    const plan = readTrafficPlan(join(repository.path, environment.serviceDirectory, 'traffic.json'));
    return new Traffic(clock, random.stream('traffic'), plan, url);
  }
}

interface Parts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly world: World;
  readonly repository: GitRepository;
  readonly pipeline: Pipeline;
  readonly home: Home;
  readonly credentials: CredentialsEndpoint;
  readonly environments: readonly Environment[];
  readonly runners: ActionRunners;
}

function cloudFormationOf(world: World, { roleArn, region }: ActionBase, home: Home): CloudFormationClient {
  const credentials = roleArn ? world.sts.issue(roleArn, 'CodePipeline') : world.visitor(home.accountId);
  return new CloudFormationClient({ endpoint: world.url, region, credentials });
}
