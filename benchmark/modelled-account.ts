import type { VirtualClock } from '../embedded-aws/clock';
import type { MetricSink } from '../embedded-aws/cloudwatch/metric';
import { AwsError } from '../embedded-aws/errors';
import { DurationModel } from '../embedded-aws/lambda/duration-model';
import type { Effect } from '../embedded-aws/lambda/effect';
import type { AliasState } from '../embedded-aws/lambda/invocation';
import type { Random } from '../embedded-aws/random';
import type { FunctionFault } from '../rehearsal/faults/fault';
import { Environments, type ModelledEnvironment } from './environments';
import { type Harm, HarmCount } from './harm';
import { GATHERING, type Meters } from './meters';
import { type ModelledService, versions } from './modelled-service';
import { type Outcome, outcomeOf } from './outcome';
import type { Row } from './release-kinds';

/** How an invocation went, as its caller sees it. */
export interface Invoked extends Outcome {
  readonly version: string;
  /** whether the fault had to do with it */
  readonly met: boolean;
  readonly cold: boolean;
  /** virtual milliseconds of the environment's start, 0 when it was warm */
  readonly init: number;
}

/** Draws of one version. */
interface Deployed {
  readonly durations: DurationModel;
  readonly chance: Random;
  readonly background: Random;
  readonly environments: Environments;
}

const BACKGROUND_ERROR: Effect = { type: 'throws', error: { name: 'Error', message: 'a background error' } };

/** Virtual milliseconds after which those who stay away look again, as in `traffic.ts`. */
const AWAY = 1_000;

export interface AccountProps {
  readonly service: ModelledService;
  readonly row: Row;
  /** decides about requests, durations and faults; the same for every configuration */
  readonly random: Random;
  readonly meters: Meters;
  readonly metrics: MetricSink;
  /** when traffic begins, in milliseconds since the epoch */
  readonly began: number;
}

/**
 * A function, its alias, its API and the people who use it. Requests are played when somebody needs to know: up to the
 * instant at which the alias changes or a minute ends, each with the versions, weights and circumstances of its own instant.
 */
export class Account {
  #alias: AliasState = { functionVersion: versions.old, weights: {} };
  /** share of the new version in the traffic, and whether chance has to decide */
  #weight = 0;
  #shifts = false;
  #deployBegan: number | undefined;
  #shiftBegan: number | undefined;
  #functionChanged = Number.POSITIVE_INFINITY;
  #functionRestored = Number.POSITIVE_INFINITY;
  #next: number;
  readonly #harm = new HarmCount();
  /** of requests that people sent, by the place of their route */
  readonly #asked: number[];
  /** answers of the new version to requests through the alias, by minute */
  readonly #served = new Map<number, number>();
  readonly #past = { requests: 0, failed: 0 };
  readonly #routes: readonly string[];
  readonly #thresholds: readonly number[];
  readonly #deployed: Readonly<Record<string, Deployed>>;
  readonly #arrivals: Random;
  readonly #choices: Random;
  readonly #split: Random;

  constructor(private readonly props: AccountProps) {
    const { service, random, began } = props;
    this.#arrivals = random.stream('arrivals');
    this.#choices = random.stream('routes');
    this.#split = random.stream('alias');
    this.#deployed = Object.fromEntries(Object.values(versions).map((version) => [version, deployed(random, version)]));
    const total = service.routes.reduce((sum, { share }) => sum + share, 0);
    let sum = 0;
    this.#thresholds = service.routes.map(({ share }) => (sum += share / total));
    this.#routes = service.routes.map(({ route }) => route);
    this.#asked = service.routes.map(() => 0);
    this.#next = began;
    this.#draw();
  }

  get alias(): AliasState {
    return this.#alias;
  }

  /** Changes the alias at this instant. @param now milliseconds since the epoch */
  setAlias(state: AliasState, now: number): void {
    this.advance(now);
    const share = (version: string) => state.weights[version] ?? 0;
    const unknown = [state.functionVersion, ...Object.keys(state.weights)].find((each) => !(each in this.#deployed));
    if (unknown !== undefined)
      throw new AwsError('ResourceNotFoundException', `Function not found: version ${unknown}`, 404);
    this.#alias = state;
    this.#shifts = Object.keys(state.weights).length > 0;
    this.#weight = state.functionVersion === versions.new ? 1 - share(versions.old) : share(versions.new);
  }

  /** The stack's update begins. */
  deployBegins(now: number): void {
    this.advance(now);
    this.#deployBegan = now;
  }

  /** The update has changed the function, and with it what its role may do. */
  functionChanges(now: number): void {
    this.advance(now);
    this.#functionChanged = now;
  }

  /** The update has been taken back, as far as the function is concerned. @param at may lie ahead */
  functionRestored(at: number): void {
    this.#functionRestored = at;
  }

  /** Plays people's requests up to an instant, excluded. */
  advance(to: number): void {
    while (this.#next < to) {
      const at = this.#next;
      if (this.#pace(at) > 0) this.#request(at);
      this.#draw();
    }
  }

  /** Puts what was measured so far into CloudWatch; to be called at the end of every minute. */
  publish(now: number): void {
    this.advance(now);
    this.props.meters.flush(this.props.metrics, Math.floor(now / GATHERING) * GATHERING);
  }

  /** A call of one version, past the alias. Runs in a task of the clock, which may be another than people's. */
  async invokeVersion(version: string, route: string, clock: VirtualClock): Promise<Invoked> {
    const environment = await this.#lease(version, clock);
    const invoked = this.#invoke(version, environment, route, clock.now());
    this.props.meters.direct(this.props.service.functionName, version, invoked);
    await clock.sleep(invoked.init + invoked.duration);
    this.#giveBack(version, environment, invoked, clock.now());
    return invoked;
  }

  /** A request to the API that is not one of people's. Runs in a task of the clock. */
  async request(route: string, clock: VirtualClock): Promise<Invoked> {
    const version = this.#choose();
    const environment = await this.#lease(version, clock);
    this.#noteShift(clock.now());
    this.#countRoute(this.#routes.indexOf(route));
    const invoked = this.#invoke(version, environment, route, clock.now());
    this.#answered(invoked, clock.now());
    await clock.sleep(invoked.init + invoked.duration);
    this.#giveBack(version, environment, invoked, clock.now());
    return invoked;
  }

  async #lease(version: string, clock: VirtualClock): Promise<ModelledEnvironment> {
    const { environments } = this.#deployed[version]!;
    for (;;) {
      const environment = environments.take(clock.now());
      if (environment) return environment;
      await clock.waitFor(environments.change());
    }
  }

  /**
   * @param seen the last instant of which metrics are seen, in milliseconds since the epoch
   * @returns requests through the alias that the new version had answered by then
   */
  served(seen: number): number {
    const minutes = [...this.#served].filter(([minute]) => minute + GATHERING <= seen);
    return minutes.reduce((sum, [, count]) => sum + count, 0);
  }

  /** Requests through the alias before the update began, in all minutes that the model has. */
  get past(): { readonly requests: number; readonly failed: number } {
    return { ...this.#past };
  }

  harm(): Harm {
    return this.#harm.sum;
  }

  #request(at: number): void {
    const chosen = this.#choices.next();
    let place = 0;
    while (place < this.#thresholds.length - 1 && chosen >= this.#thresholds[place]!) place += 1;
    const version = this.#choose();
    this.#noteShift(at);
    this.#countRoute(place);
    // One request at a time: there is always an environment.
    const environment = this.#deployed[version]!.environments.take(at)!;
    const invoked = this.#invoke(version, environment, this.#routes[place], at);
    this.#giveBack(version, environment, invoked, at);
    this.#answered(invoked, at);
    if (this.#deployBegan === undefined) {
      this.#past.requests += 1;
      if (invoked.failed) this.#past.failed += 1;
      return;
    }
    this.#harm.count(invoked, at);
  }

  #answered(invoked: Invoked, at: number): void {
    const { meters } = this.props;
    meters.throughAlias(invoked.version, invoked);
    meters.answered(invoked.status);
    if (invoked.version !== versions.new) return;
    const minute = Math.floor(at / GATHERING) * GATHERING;
    this.#served.set(minute, (this.#served.get(minute) ?? 0) + 1);
  }

  #invoke(version: string, environment: ModelledEnvironment, route: string | undefined, at: number): Invoked {
    const cold = environment.served === 0;
    const drawn = this.#deployed[version]!.durations.draw(cold);
    const harm = this.#befalling(version, environment, route, at, cold, drawn.handler);
    const effect = harm ?? this.#background(version);
    environment.served += 1;
    const { failed, duration, status, emptied, ends } = outcomeOf(effect, drawn, this.props.service.timeout);
    // Written out: this is where most of a release's time goes.
    return { failed, duration, status, emptied, ends, version, cold, init: drawn.init, met: harm !== undefined };
  }

  #giveBack(version: string, environment: ModelledEnvironment, { ends }: Outcome, now: number): void {
    if (ends) environment.alive = false;
    this.#deployed[version]!.environments.release(environment, now);
  }

  /** @returns what the fault does to an invocation */
  #befalling(
    version: string,
    { served }: ModelledEnvironment,
    route: string | undefined,
    at: number,
    cold: boolean,
    duration: number,
  ): Effect | undefined {
    const { fault } = this.props.row;
    if (!fault || fault.scope === 'traffic' || !this.#befalls(fault, version, at)) return undefined;
    const { variables, timeout } = this.props.service;
    const effect = fault.effect({
      chance: this.#deployed[version]!.chance,
      cold,
      served,
      route,
      rarestRoute: this.#rarestRoute(),
      variables,
      timeout,
      duration,
      deploying: this.#deployBegan === undefined ? undefined : at - this.#deployBegan,
      shifting: this.#shiftBegan === undefined ? undefined : at - this.#shiftBegan,
    });
    // What is imported already cannot fail to be.
    return effect?.type === 'import-fails' && !cold ? undefined : effect;
  }

  /** @returns what goes wrong at all times, whatever is released */
  #background(version: string): Effect | undefined {
    const { background } = this.props.row;
    if (background === 0 || this.#deployed[version]!.background.next() >= background) return undefined;
    return BACKGROUND_ERROR;
  }

  /** As `fault-switch.ts` has it. */
  #befalls({ scope }: FunctionFault, version: string, at: number): boolean {
    switch (scope) {
      case 'new':
        return version === versions.new;
      case 'old':
        return version === versions.old && at >= this.#functionChanged && at < this.#functionRestored;
      case 'both':
        return true;
    }
  }

  #choose(): string {
    if (!this.#shifts) return this.#weight === 1 ? versions.new : versions.old;
    return this.#split.next() < this.#weight ? versions.new : versions.old;
  }

  #noteShift(at: number): void {
    if (this.#shifts) this.#shiftBegan ??= at;
  }

  #countRoute(place: number): void {
    if (place >= 0) this.#asked[place]! += 1;
  }

  #rarestRoute(): string | undefined {
    let rarest: number | undefined;
    for (let place = 0; place < this.#asked.length; place += 1) {
      if (this.#asked[place]! > 0 && (rarest === undefined || this.#asked[place]! < this.#asked[rarest]!))
        rarest = place;
    }
    return rarest === undefined ? undefined : this.#routes[rarest];
  }

  #pace(at: number): number {
    const { fault, requestsPerSecond } = this.props.row;
    if (fault?.scope !== 'traffic' || this.#deployBegan === undefined) return requestsPerSecond;
    return fault.pace(requestsPerSecond, this.#shiftBegan === undefined ? undefined : at - this.#shiftBegan);
  }

  /** When the next request comes. */
  #draw(): void {
    const pace = this.#pace(this.#next);
    this.#next += pace === 0 ? AWAY : (-Math.log(1 - this.#arrivals.next()) / pace) * 1_000;
  }
}

function deployed(random: Random, version: string): Deployed {
  const own = random.stream(`version/${version}`);
  return {
    durations: new DurationModel(own.stream('duration')),
    chance: own.stream('fault'),
    background: own.stream('background'),
    environments: new Environments(),
  };
}
