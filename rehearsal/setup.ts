import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VirtualClock } from '../embedded-aws/clock';
import { Random } from '../embedded-aws/random';
import { World } from '../embedded-aws/world';
import { FaultSwitch } from './faults/fault-switch';
import { bootstrap } from './install/bootstrap';
import { install } from './install/installation';
import { type RehearsedEnvironment, rehearsedEnvironments } from './install/rehearsed-environment';
import { synthesise } from './install/synthesis';
import type { ActionRunners } from './pipeline/action-runner';
import { actionRunners } from './pipeline/action-runners';
import { type Home, readPipeline } from './pipeline/assembly';
import { CredentialsEndpoint } from './pipeline/codebuild/credentials';
import type { DeployedResources, SynthesisedTemplate } from './pipeline/intrinsics';
import type { Pipeline } from './pipeline/model';
import { GitRepository } from './scratch/git';
import type { Scratch } from './scratch/scratch';

/** Virtual time at which the pipeline is installed. */
const INSTALLATION = new Date('2026-03-02T08:00:00Z');

/** Virtual time of the first push, a Monday morning. It is fixed so that the same seed gives the same instants. */
const FIRST_PUSH = new Date('2026-03-02T09:00:00Z');

export interface SetupProps {
  /** Any directory of the repository to rehearse. The repository is only read. */
  readonly repository: string;
  /** A whole number. The same seed and commit give the same rehearsal. */
  readonly seed: number;
  /** Whether builds skip the tests. */
  readonly quick: boolean;
  readonly scratch: Scratch;
  readonly onEvent: (event: SetupEvent) => void;
}

/** What happens before the first push. */
export type SetupEvent =
  | { readonly type: 'opened'; readonly endpointUrl: string; readonly uncommitted: readonly string[] }
  /** The pipeline's stack is deployed. */
  | { readonly type: 'installed'; readonly pipeline: Pipeline; readonly resources: number }
  /** Something runs differently than on AWS. This event may also occur later. */
  | { readonly type: 'notice'; readonly text: string };

/** Everything that a rehearsal consists of, ready for the first push. */
export interface Setup {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly world: World;
  /** Checkout of the commit that was synthesised, with its packages. */
  readonly synthesised: string;
  /** The clone to which changes are pushed. */
  readonly repository: GitRepository;
  readonly pipeline: Pipeline;
  /** The resources of the pipeline's stack. */
  readonly deployed: DeployedResources;
  readonly home: Required<Home>;
  readonly credentials: CredentialsEndpoint;
  readonly environments: readonly RehearsedEnvironment[];
  readonly runners: ActionRunners;
  readonly faults: FaultSwitch;
}

/**
 * Clones and synthesises the commit that is checked out, and installs its pipeline in an embedded AWS.
 *
 * @throws Error with the reason when the repository, the configuration or the pipeline cannot be rehearsed.
 */
export async function setUp(props: SetupProps): Promise<Setup> {
  const { scratch, onEvent } = props;
  const original = await GitRepository.open(props.repository, scratch);
  const uncommitted = await original.changes();
  const repository = await original.clone();
  const commit = await repository.head();
  const onNotice = (text: string) => onEvent({ type: 'notice', text });
  const { directory, home, source } = await synthesise({
    repository,
    commit,
    installed: original.path,
    scratch,
    onNotice,
  });
  const planned = await readPipeline(directory, home);
  const environments = rehearsedEnvironments(planned);
  const clock = new VirtualClock(INSTALLATION);
  const random = new Random(props.seed);
  const faults = new FaultSwitch({ random: random.stream('faults'), now: () => clock.now() });
  const world = new World({
    clock,
    random: random.stream('aws'),
    directory: await scratch.directory('aws'),
    interference: faults.interfere,
    onNotice,
    onDenied: ({ message }) => onNotice(`denied: ${message}`),
  });
  const credentials = new CredentialsEndpoint(({ roleArn, projectArn }) =>
    world.sts.assumeRole({ service: 'codebuild.amazonaws.com', sourceArn: projectArn }, roleArn, 'AWSCodeBuild'),
  );
  try {
    await Promise.all([world.open(), credentials.listen()]);
    onEvent({ type: 'opened', endpointUrl: world.url, uncommitted });
    for (const environment of environments) bootstrap(world, environment, home.accountId, clock.date());
    const deployed = await install({ world, clock, directory, stackName: planned.stackName, home });
    const pipeline = await readPipeline(directory, home, deployed);
    onEvent({ type: 'installed', pipeline, resources: deployed.size });
    await clock.elapse(FIRST_PUSH.getTime() - clock.now());
    const parts = {
      synthesised: source,
      clock,
      random,
      world,
      repository,
      pipeline,
      deployed,
      home,
      credentials,
      environments,
      faults,
    };
    const template: SynthesisedTemplate = JSON.parse(await readFile(join(directory, planned.templateFile), 'utf8'));
    // Read before each command, because tests change it between pushes.
    const quick = () => props.quick;
    return { ...parts, runners: actionRunners({ ...parts, scratch, installed: original.path, template, quick }) };
  } catch (error) {
    // Open servers would keep the process running.
    await Promise.all([credentials.close(), world.close()]);
    throw error;
  }
}
