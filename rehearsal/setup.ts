import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../embedded-aws/random';
import { bootstrap } from './install/bootstrap';
import { install } from './install/installation';
import { type RehearsedEnvironment, rehearsedEnvironments } from './install/rehearsed-environment';
import type { RehearsedWorld } from './install/rehearsed-world';
import { synthesise } from './install/synthesis';
import type { ActionRunners } from './pipeline/action-runner';
import { actionRunners } from './pipeline/action-runners';
import { type Home, readPipeline } from './pipeline/assembly';
import type { DeployedResources, SynthesisedTemplate } from './pipeline/intrinsics';
import type { Pipeline } from './pipeline/model';
import { GitRepository } from './scratch/git';
import type { Scratch } from './scratch/scratch';

/**
 * Earliest virtual time of the first push, a Monday morning. It is fixed so that the same seed gives the same instants.
 */
const FIRST_PUSH = new Date('2026-03-02T09:00:00Z');

export interface SetupProps {
  /** Any directory of the repository to rehearse. The repository is only read. */
  readonly repository: string;
  /** A whole number. The same seed and commit give the same rehearsal. */
  readonly seed: number;
  /** Whether builds skip the tests. */
  readonly quick: boolean;
  /** Used by this pipeline alone, because the names of its directories are fixed. */
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

/** A pipeline that is installed, ready for the first push. */
export interface Setup {
  readonly random: Random;
  /** Checkout of the commit that was synthesised, with its packages. */
  readonly synthesised: string;
  /** The clone to which changes are pushed. */
  readonly repository: GitRepository;
  readonly pipeline: Pipeline;
  /** The resources of the pipeline's stack. */
  readonly deployed: DeployedResources;
  readonly home: Required<Home>;
  readonly environments: readonly RehearsedEnvironment[];
  readonly runners: ActionRunners;
}

/**
 * Clones and synthesises the commit that is checked out, and installs its pipeline in an embedded AWS: as a new one, or over
 * the pipeline of the same name.
 *
 * @throws Error with the reason when the repository, the configuration or the pipeline cannot be rehearsed.
 */
export async function setUp(props: SetupProps, world: RehearsedWorld): Promise<Setup> {
  const { scratch, onEvent } = props;
  const { aws, clock, credentials } = world;
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
  onEvent({ type: 'opened', endpointUrl: aws.url, uncommitted });
  for (const environment of environments) bootstrap(aws, environment, home.accountId, clock.date());
  const deployed = await install({ world: aws, clock, directory, stackName: planned.stackName, home });
  const pipeline = await readPipeline(directory, home, deployed);
  onEvent({ type: 'installed', pipeline, resources: deployed.size });
  await clock.elapse(FIRST_PUSH.getTime() - clock.now());
  const random = new Random(props.seed);
  const template: SynthesisedTemplate = JSON.parse(await readFile(join(directory, planned.templateFile), 'utf8'));
  const runners = actionRunners({
    world: aws,
    clock,
    random,
    scratch,
    home,
    repository,
    installed: original.path,
    credentials,
    pipeline,
    template,
    // Read before each command, because tests change it between pushes.
    quick: () => props.quick,
  });
  return { random, synthesised: source, repository, pipeline, deployed, home, environments, runners };
}
