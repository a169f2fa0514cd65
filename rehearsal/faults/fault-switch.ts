import type { Effect, EffectSubject, Interference } from '../../embedded-aws/lambda/effect';
import type { Random } from '../../embedded-aws/random';
import { appliesTo, effectOn, type Fault, type FunctionFault } from './fault';

/** A fault that is switched on. Instants are virtual milliseconds since the epoch. */
interface ActiveFault {
  readonly fault: Fault;
  /** Beginning of the push. */
  readonly since: number;
  deployBegan?: number;
  shiftBegan?: number;
  /** Random streams by version. */
  readonly chances: Map<string, Random>;
  /** Number of invocations by execution environment. */
  readonly served: Map<string, number>;
}

interface FaultSwitchProps {
  readonly random: Random;
  /** @returns The current virtual time, in milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Switches faults on and off, one at a time, and applies the active one to the traffic and to functions behind an
 * alias, which hooks are not.
 */
export class FaultSwitch {
  #on: ActiveFault | undefined;
  /** Number of requests by route, of all traffic so far. */
  readonly #routes = new Map<string, number>();
  /** Number of requests by function, of all traffic so far. */
  readonly #called = new Map<string, number>();
  /** Effects on requests whose response has not arrived yet, by the API's request id. */
  readonly #met = new Map<string, Effect>();
  readonly #props: FaultSwitchProps;

  constructor(props: FaultSwitchProps) {
    this.#props = props;
  }

  on(fault: Fault): void {
    this.#on = { fault, since: this.#props.now(), chances: new Map(), served: new Map() };
  }

  off(): void {
    this.#on = undefined;
    this.#met.clear();
  }

  /** To be called when Deploy of the environment with the traffic begins. */
  deployBegins(): void {
    if (this.#on) this.#on.deployBegan ??= this.#props.now();
  }

  /** When Deploy of the environment with the traffic began, in milliseconds since the epoch. */
  get deployBegan(): number | undefined {
    return this.#on?.deployBegan;
  }

  /** Decides the effect on an invocation. */
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
    if (on.fault.scope === 'traffic' || !affects(on.fault, on, subject)) return undefined;
    // A fault of both versions is there for the function with the traffic before Deploy begins.
    if (on.deployBegan === undefined && !this.#hasMostTraffic(functionName)) return undefined;
    const effect = effectOn(on.fault, this.#conditions(on, subject, served, route));
    if (!effect) return undefined;
    if (target.alias && requestId !== undefined) this.#met.set(requestId, effect);
    return effect;
  };

  /**
   * @param declared Requests per second that the service declares.
   * @returns Requests per second, now.
   */
  pace(declared: number): number {
    const on = this.#on;
    if (on?.fault.scope !== 'traffic' || on.deployBegan === undefined) return declared;
    return on.fault.pace(declared, elapsedSince(on.shiftBegan, this.#props.now()));
  }

  /**
   * Returns the effect of a request once: it is forgotten then.
   *
   * @param requestId The API's id of the request.
   * @returns The effect on the request. Undefined when there was none.
   */
  met(requestId: string): Effect | undefined {
    const effect = this.#met.get(requestId);
    this.#met.delete(requestId);
    return effect;
  }

  #hasMostTraffic(functionName: string): boolean {
    return (this.#called.get(functionName) ?? 0) === Math.max(0, ...this.#called.values());
  }

  #conditions(on: ActiveFault, { version, cold, at, duration }: EffectSubject, served: number, route?: string) {
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
      deploying: elapsedSince(on.deployBegan, at),
      shifting: elapsedSince(on.shiftBegan, at),
    };
  }

  #chance({ fault, chances, since: began }: ActiveFault, version: string): Random {
    const chance = chances.get(version) ?? this.#props.random.stream(`${fault.name}/${began}/${version}`);
    chances.set(version, chance);
    return chance;
  }
}

/**
 * Whether a fault affects a version. Before Deploy of the environment with the traffic has begun, faults of one version
 * affect none: the hooks of the environments before it would stop most faults, and the canary would not be tested.
 */
function affects(fault: FunctionFault, active: ActiveFault, { target, version }: EffectSubject): boolean {
  if (active.deployBegan === undefined) return fault.scope === 'both';
  return appliesTo(fault, {
    isNew: version.version !== '$LATEST' && version.lastModified >= active.since,
    // A rollback restores the code of the old version together with its permissions.
    isReplaced: target.function.latest.code.sha256 !== version.code.sha256,
  });
}

/** @returns Milliseconds since an instant. */
function elapsedSince(instant: number | undefined, now: number): number | undefined {
  return instant === undefined ? undefined : now - instant;
}

/** @returns Route and request id of an HTTP API's event; neither for other events. */
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
