import type { VirtualClock } from '../embedded-aws/clock';
import type { MetricSink } from '../embedded-aws/cloudwatch/metric';
import { AwsError } from '../embedded-aws/errors';
import { chooseVersion } from '../embedded-aws/lambda/alias-rules';
import type { AliasState } from '../embedded-aws/lambda/invocation';
import type { Random } from '../embedded-aws/random';
import { untilNextRequest } from '../rehearsal/observe/traffic';
import { type Harm, HarmCount } from './harm';
import { COLLECTED, type Meters } from './meters';
import { type FunctionInvocation, ModelledFunction, type ReleaseProgress } from './modelled-function';
import { type ModelledService, versions } from './modelled-service';
import type { ReleaseKind } from './release-kinds';

interface ModelledAccountProps {
  readonly service: ModelledService;
  readonly kind: ReleaseKind;
  /** Decides about requests, durations and faults; the same for every configuration. */
  readonly random: Random;
  readonly meters: Meters;
  readonly metrics: MetricSink;
  /** Instant at which traffic begins, in milliseconds since the epoch. */
  readonly began: number;
}

/**
 * A function, its alias, its API and its users. Requests are played when their results are needed: up to the instant at which
 * the alias changes or a minute ends, each with the versions, weights and faults of its own instant.
 */
export class ModelledAccount {
  readonly #props: ModelledAccountProps;
  readonly #function: ModelledFunction;
  readonly #progress: ReleaseProgress = {};
  #alias: AliasState = { functionVersion: versions.old, weights: {} };
  /** Whether traffic is split, so that chance decides about each request. */
  #shifts = false;
  /** Instant of the next request. */
  #next: number;
  readonly #harm = new HarmCount();
  /** Number of requests through the alias, by the index of their route. */
  readonly #requested: number[];
  /** Number of answers of the new version to requests through the alias, by minute. */
  readonly #served = new Map<number, number>();
  readonly #past = { requests: 0, failed: 0 };
  readonly #routes: readonly string[];
  readonly #thresholds: readonly number[];
  readonly #arrivals: Random;
  readonly #choices: Random;
  readonly #split: Random;

  constructor(props: ModelledAccountProps) {
    const { service, kind, random, began } = props;
    const rarestRoute = () => this.#rarestRoute();
    this.#props = props;
    this.#function = new ModelledFunction({ service, kind, random, progress: this.#progress, rarestRoute });
    this.#arrivals = random.stream('arrivals');
    this.#choices = random.stream('routes');
    this.#split = random.stream('alias');
    const total = service.routes.reduce((sum, { share }) => sum + share, 0);
    let sum = 0;
    this.#thresholds = service.routes.map(({ share }) => (sum += share / total));
    this.#routes = service.routes.map(({ route }) => route);
    this.#requested = service.routes.map(() => 0);
    this.#next = began;
    this.#drawNext();
  }

  get alias(): AliasState {
    return this.#alias;
  }

  /**
   * Changes the alias.
   *
   * @param now Milliseconds since the epoch.
   * @throws AwsError ResourceNotFoundException when the function has no such version.
   */
  setAlias(state: AliasState, now: number): void {
    this.advance(now);
    const unknown = [state.functionVersion, ...Object.keys(state.weights)].find((each) => !this.#function.has(each));
    if (unknown !== undefined)
      throw new AwsError('ResourceNotFoundException', `Function not found: version ${unknown}`, 404);
    this.#alias = state;
    this.#shifts = Object.keys(state.weights).length > 0;
  }

  /** Begins the stack's update. Harm is counted from here on. */
  beginDeploy(now: number): void {
    this.advance(now);
    this.#progress.deployBegan = now;
  }

  /** Notes that the update has changed the function, and with it the permissions of its role. */
  changeFunction(now: number): void {
    this.advance(now);
    this.#progress.functionChanged = now;
  }

  /**
   * Notes that the function has been rolled back, with its permissions.
   *
   * @param at Milliseconds since the epoch; may lie ahead.
   */
  restoreFunction(at: number): void {
    this.#progress.functionRestored = at;
  }

  /**
   * Plays users' requests.
   *
   * @param to Instant of the end, exclusive, in milliseconds since the epoch.
   */
  advance(to: number): void {
    while (this.#next < to) {
      const at = this.#next;
      if (this.#pace(at) > 0) this.#userRequest(at);
      this.#drawNext();
    }
  }

  /** Sends the metrics of the minute to CloudWatch. Call it at the end of every minute. */
  publish(now: number): void {
    this.advance(now);
    this.#props.meters.flush(this.#props.metrics, minuteOf(now));
  }

  /** Invokes one version, past the alias. Runs in a task of the clock, which need not be that of the users' requests. */
  async invokeVersion(version: string, route: string, clock: VirtualClock): Promise<FunctionInvocation> {
    const environment = await this.#function.lease(version, clock);
    const invoked = this.#function.invoke(version, environment, route, clock.now());
    this.#props.meters.direct(this.#props.service.functionName, version, invoked);
    await clock.sleep(invoked.init + invoked.duration);
    this.#function.release(version, environment, invoked, clock.now());
    return invoked;
  }

  /** Sends a request to the API that is not a user's. Runs in a task of the clock. */
  async request(route: string, clock: VirtualClock): Promise<FunctionInvocation> {
    const version = this.#chooseVersion();
    const environment = await this.#function.lease(version, clock);
    this.#noteShift(clock.now());
    this.#countRoute(this.#routes.indexOf(route));
    const invoked = this.#function.invoke(version, environment, route, clock.now());
    this.#countAnswer(invoked, clock.now());
    await clock.sleep(invoked.init + invoked.duration);
    this.#function.release(version, environment, invoked, clock.now());
    return invoked;
  }

  /**
   * @param seen Last instant of which metrics are visible, in milliseconds since the epoch.
   * @returns Number of requests through the alias that the new version had answered in the minutes until then.
   */
  served(seen: number): number {
    const minutes = [...this.#served].filter(([minute]) => minute + COLLECTED <= seen);
    return minutes.reduce((sum, [, count]) => sum + count, 0);
  }

  /** Requests through the alias before the update began. */
  get past(): { readonly requests: number; readonly failed: number } {
    return { ...this.#past };
  }

  get harm(): Harm {
    return this.#harm.sum;
  }

  #userRequest(at: number): void {
    const chosen = this.#choices.next();
    let index = 0;
    while (index < this.#thresholds.length - 1 && chosen >= this.#thresholds[index]!) index += 1;
    const version = this.#chooseVersion();
    this.#noteShift(at);
    this.#countRoute(index);
    // Users' requests are played one at a time, so an environment is always free.
    const environment = this.#function.take(version, at)!;
    const invoked = this.#function.invoke(version, environment, this.#routes[index], at);
    this.#function.release(version, environment, invoked, at);
    this.#countAnswer(invoked, at);
    if (this.#progress.deployBegan === undefined) {
      this.#past.requests += 1;
      if (invoked.failed) this.#past.failed += 1;
      return;
    }
    this.#harm.count(invoked, at);
  }

  #countAnswer(invoked: FunctionInvocation, at: number): void {
    const { meters } = this.#props;
    meters.throughAlias(invoked.version, invoked);
    meters.answered(invoked.status);
    if (invoked.version !== versions.new) return;
    const minute = minuteOf(at);
    this.#served.set(minute, (this.#served.get(minute) ?? 0) + 1);
  }

  #chooseVersion(): string {
    return this.#shifts ? chooseVersion(this.#alias, this.#split) : this.#alias.functionVersion;
  }

  #noteShift(at: number): void {
    if (this.#shifts) this.#progress.shiftBegan ??= at;
  }

  #countRoute(index: number): void {
    if (index >= 0) this.#requested[index]! += 1;
  }

  #rarestRoute(): string | undefined {
    let rarest: number | undefined;
    for (let index = 0; index < this.#requested.length; index += 1) {
      const count = this.#requested[index]!;
      if (count > 0 && (rarest === undefined || count < this.#requested[rarest]!)) rarest = index;
    }
    return rarest === undefined ? undefined : this.#routes[rarest];
  }

  /** @returns Users' requests a second. */
  #pace(at: number): number {
    const { fault, requestsPerSecond } = this.#props.kind;
    const { deployBegan, shiftBegan } = this.#progress;
    if (fault?.scope !== 'traffic' || deployBegan === undefined) return requestsPerSecond;
    return fault.pace(requestsPerSecond, shiftBegan === undefined ? undefined : at - shiftBegan);
  }

  #drawNext(): void {
    this.#next += untilNextRequest(this.#pace(this.#next), this.#arrivals);
  }
}

function minuteOf(at: number): number {
  return Math.floor(at / COLLECTED) * COLLECTED;
}
