import type { VirtualClock } from '../embedded-aws/clock';
import { DurationModel } from '../embedded-aws/lambda/duration-model';
import type { Effect } from '../embedded-aws/lambda/effect';
import { EnvironmentPool, type PooledEnvironment } from '../embedded-aws/lambda/environment-pool';
import type { Random } from '../embedded-aws/random';
import { appliesTo, effectOn } from '../rehearsal/faults/fault';
import { type ModelledInvocation, modelInvocation } from './modelled-invocation';
import { type ModelledService, versions } from './modelled-service';
import type { ReleaseKind } from './release-kinds';

/** An invocation as its caller sees it. */
export interface FunctionInvocation extends ModelledInvocation {
  readonly version: string;
  /** Whether the fault affected it. */
  readonly met: boolean;
  readonly cold: boolean;
  /** Virtual milliseconds of the environment's start, 0 when it was warm. */
  readonly init: number;
}

/** An execution environment of one version, without a process in it. */
export interface ModelledEnvironment extends PooledEnvironment {
  alive: boolean;
  /** Number of invocations that it has begun. */
  served: number;
}

/** How far the release has come; instants in milliseconds since the epoch. */
export interface ReleaseProgress {
  /** Beginning of the stack's update. @default - it has not begun */
  deployBegan?: number;
  /** First request while traffic is split. @default - there was none */
  shiftBegan?: number;
  /** When the update changed the function, and with it the permissions of its role. @default - it has not */
  functionChanged?: number;
  /** When that was rolled back; may lie ahead. @default - it was not */
  functionRestored?: number;
}

interface ModelledFunctionProps {
  readonly service: ModelledService;
  readonly kind: ReleaseKind;
  readonly random: Random;
  readonly progress: ReleaseProgress;
  /** @returns The route with the fewest requests so far, undefined before the first. */
  readonly rarestRoute: () => string | undefined;
}

interface ModelledVersion {
  readonly durations: DurationModel;
  readonly chance: Random;
  readonly background: Random;
  readonly environments: EnvironmentPool<ModelledEnvironment>;
}

const BACKGROUND_ERROR: Effect = { type: 'throws', error: { name: 'Error', message: 'a background error' } };

/** The function with its two versions: their environments, their durations, and the effects of the fault. */
export class ModelledFunction {
  readonly #props: ModelledFunctionProps;
  readonly #versions: Readonly<Record<string, ModelledVersion>>;

  constructor(props: ModelledFunctionProps) {
    this.#props = props;
    this.#versions = Object.fromEntries(Object.values(versions).map((each) => [each, modelled(props.random, each)]));
  }

  has(version: string): boolean {
    return version in this.#versions;
  }

  /** @returns An environment for one invocation, which must be released; undefined when all that may run are busy. */
  take(version: string, now: number): ModelledEnvironment | undefined {
    const { environments } = this.#versions[version]!;
    environments.removeIdle(now);
    return environments.take(now, newEnvironment);
  }

  /** As {@link take}, but waits for an environment in a task of the clock. */
  async lease(version: string, clock: VirtualClock): Promise<ModelledEnvironment> {
    for (;;) {
      const environment = this.take(version, clock.now());
      if (environment) return environment;
      await clock.waitFor(this.#versions[version]!.environments.change());
    }
  }

  release(version: string, environment: ModelledEnvironment, { ends }: ModelledInvocation, now: number): void {
    if (ends) environment.alive = false;
    this.#versions[version]!.environments.release(environment, now);
  }

  /** @param route Route of the request, undefined when it has none. */
  invoke(version: string, environment: ModelledEnvironment, route: string | undefined, at: number): FunctionInvocation {
    const cold = environment.served === 0;
    const drawn = this.#versions[version]!.durations.draw(cold);
    const faulty = this.#effectOfFault(version, environment, route, at, drawn.handler);
    const effect = faulty ?? this.#effectOfBackground(version);
    environment.served += 1;
    const { failed, duration, status, emptied, ends } = modelInvocation(effect, drawn, this.#props.service.timeout);
    // Written out instead of spread: this is where most of a release's time goes.
    return { failed, duration, status, emptied, ends, version, cold, init: drawn.init, met: faulty !== undefined };
  }

  #effectOfFault(
    version: string,
    { served }: ModelledEnvironment,
    route: string | undefined,
    at: number,
    duration: number,
  ): Effect | undefined {
    const { kind, service, progress, rarestRoute } = this.#props;
    const { fault } = kind;
    if (!fault || fault.scope === 'traffic') return undefined;
    const { deployBegan, shiftBegan, functionChanged = Infinity, functionRestored = Infinity } = progress;
    const isReplaced = at >= functionChanged && at < functionRestored;
    if (!appliesTo(fault, { isNew: version === versions.new, isReplaced })) return undefined;
    return effectOn(fault, {
      chance: this.#versions[version]!.chance,
      cold: served === 0,
      served,
      route,
      rarestRoute: rarestRoute(),
      variables: service.variables,
      timeout: service.timeout,
      duration,
      deploying: deployBegan === undefined ? undefined : at - deployBegan,
      shifting: shiftBegan === undefined ? undefined : at - shiftBegan,
    });
  }

  /** @returns The error of an invocation that fails whatever is released, undefined for all others. */
  #effectOfBackground(version: string): Effect | undefined {
    const { background } = this.#props.kind;
    if (background === 0 || this.#versions[version]!.background.next() >= background) return undefined;
    return BACKGROUND_ERROR;
  }
}

function modelled(random: Random, version: string): ModelledVersion {
  const own = random.stream(`version/${version}`);
  return {
    durations: new DurationModel(own.stream('duration')),
    chance: own.stream('fault'),
    background: own.stream('background'),
    environments: new EnvironmentPool(),
  };
}

function newEnvironment(): ModelledEnvironment {
  return { served: 0, busy: false, alive: true, lastUsed: 0 };
}
