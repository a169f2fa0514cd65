import type { Effect, EffectSubject, Interference } from '../../embedded-aws/lambda/effect';
import type { Random } from '../../embedded-aws/random';
import { appliesTo, effectOn, type Fault, type FunctionFault } from './fault';

/** A fault while it is on; instants in virtual milliseconds since the epoch. */
interface On {
  readonly fault: Fault;
  /** when the push began */
  readonly since: number;
  deployBegan?: number;
  shiftBegan?: number;
  readonly chances: Map<string, Random>;
  /** invocations by environment */
  readonly served: Map<string, number>;
}

export interface FaultSwitchProps {
  readonly random: Random;
  /** @returns the current instant, in milliseconds since the epoch */
  readonly now: () => number;
}

/**
 * Switches faults on and off, one at a time, and applies the one that is on: to functions that are behind an alias, which
 * hooks are not, and to the traffic.
 */
export class FaultSwitch {
  #on: On | undefined;
  /** requests by route, of all traffic that came so far */
  readonly #routes = new Map<string, number>();
  /** requests by function, of the same */
  readonly #called = new Map<string, number>();
  /** what befell requests of which the answer has not arrived yet, by the API's request id */
  readonly #met = new Map<string, Effect>();

  constructor(private readonly props: FaultSwitchProps) {}

  on(fault: Fault): void {
    this.#on = { fault, since: this.props.now(), chances: new Map(), served: new Map() };
  }

  off(): void {
    this.#on = undefined;
    this.#met.clear();
  }

  /** Deploy of the environment that has the traffic begins. */
  deployBegins(): void {
    if (this.#on) this.#on.deployBegan ??= this.props.now();
  }

  /** @returns when Deploy of the environment that has the traffic began, in milliseconds since the epoch */
  get deployBegan(): number | undefined {
    return this.#on?.deployBegan;
  }

  /** Decides what befalls an invocation. */
  readonly interfere: Interference = (subject) => {
    const { target, environment } = subject;
    if (target.function.aliases.size === 0) return undefined;
    const { route, requestId } = readEvent(subject.payload);
    const { functionName } = subject.version;
    if (target.alias && route !== undefined) {
      this.#routes.set(route, (this.#routes.get(route) ?? 0) + 1);
      this.#called.set(functionName, (this.#called.get(functionName) ?? 0) + 1);
    }
    const on = this.#on;
    if (!on) return undefined;
    const shifts = target.alias !== undefined && Object.keys(target.alias.state.weights).length > 0;
    if (shifts && on.deployBegan !== undefined) on.shiftBegan ??= subject.at;
    const served = on.served.get(environment) ?? 0;
    on.served.set(environment, served + 1);
    if (on.fault.scope === 'traffic' || !befalls(on.fault, on, subject)) return undefined;
    // What goes on for both versions goes on where the traffic is, also before the push gets there.
    if (on.deployBegan === undefined && !this.#hasMostTraffic(functionName)) return undefined;
    const effect = effectOn(on.fault, this.#circumstances(on, subject, served, route));
    if (!effect) return undefined;
    if (target.alias && requestId !== undefined) this.#met.set(requestId, effect);
    return effect;
  };

  /** @param declared requests a second @returns requests a second, now */
  pace(declared: number): number {
    const on = this.#on;
    if (on?.fault.scope !== 'traffic' || on.deployBegan === undefined) return declared;
    return on.fault.pace(declared, passed(on.shiftBegan, this.props.now()));
  }

  /** @param requestId of the API @returns what befell that request, once; undefined when nothing did */
  met(requestId: string): Effect | undefined {
    const effect = this.#met.get(requestId);
    this.#met.delete(requestId);
    return effect;
  }

  #hasMostTraffic(functionName: string): boolean {
    return (this.#called.get(functionName) ?? 0) === Math.max(0, ...this.#called.values());
  }

  #circumstances(on: On, { version, cold, at, duration }: EffectSubject, served: number, route: string | undefined) {
    const { timeout, environment } = version.configuration;
    return {
      chance: this.#chance(on, `${version.functionName}:${version.version}`),
      cold,
      served,
      route,
      rarestRoute: [...this.#routes].sort(([, a], [, b]) => a - b)[0]?.[0],
      variables: Object.keys(environment),
      timeout: timeout * 1_000,
      duration,
      deploying: passed(on.deployBegan, at),
      shifting: passed(on.shiftBegan, at),
    };
  }

  #chance({ fault, chances, since: began }: On, version: string): Random {
    const chance = chances.get(version) ?? this.props.random.stream(`${fault.name}/${began}/${version}`);
    chances.set(version, chance);
    return chance;
  }
}

/**
 * Whether a fault befalls a version. What the push brings it brings to the environment with the traffic only: those
 * before it would stop most faults with their hooks, and the canary would have proven nothing.
 */
function befalls(fault: FunctionFault, { since, deployBegan }: On, { target, version }: EffectSubject): boolean {
  if (deployBegan === undefined) return fault.scope === 'both';
  return appliesTo(fault, {
    isNew: version.version !== '$LATEST' && version.lastModified >= since,
    // What a rollback puts back is the code of the old version, and with it what that may do.
    isReplaced: target.function.latest.code.sha256 !== version.code.sha256,
  });
}

/** @returns milliseconds since an instant */
function passed(instant: number | undefined, now: number): number | undefined {
  return instant === undefined ? undefined : now - instant;
}

/** @returns route and request id of an HTTP API's event; undefined where it is none */
function readEvent(payload: string): { readonly route?: string; readonly requestId?: string } {
  const event: unknown = JSON.parse(payload);
  if (typeof event !== 'object' || event === null) return {};
  const { routeKey, requestContext } = event as { routeKey?: unknown; requestContext?: { requestId?: unknown } };
  const requestId = requestContext?.requestId;
  return {
    ...(typeof routeKey === 'string' && { route: routeKey }),
    ...(typeof requestId === 'string' && { requestId }),
  };
}
