import { readRoute } from '../rules/http-routes.js';

interface CheckBase {
  /** Name, unique among all checks. Failures are reported by it. */
  readonly name: string;
  /** Key of the function in serverless.yml. */
  readonly function: string;
  /**
   * Whether it may be run many times. Otherwise it is run once, on the new version alone.
   *
   * @default - true for GET and HEAD, false for everything else
   */
  readonly repeat?: boolean;
  /**
   * Whether this release fixes what the check verifies: the version in service may then fail it, answer differently, or be
   * faster.
   *
   * @default false
   */
  readonly fixes?: boolean;
}

/** A request, for a function behind an HTTP API. */
export interface RouteCheck extends CheckBase {
  /** Route as in serverless.yml: `GET /orders/{id}`, `ANY /proxy`, `*`. */
  readonly route: string;
  /**
   * Path with its query, encoded as in a URL.
   *
   * @default - the route's path
   */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Body. A string is sent as it is, anything else as JSON.
   *
   * @default - none
   */
  readonly body?: unknown;
  /**
   * Status and body that the answer must have. If the body is an object, only the fields named here must agree.
   *
   * @default - any status below 500; the answer is compared with that of the version in service
   */
  readonly expected?: { readonly status?: number; readonly body?: unknown };
}

/** A payload, for a function that is not behind HTTP. */
export interface EventCheck extends CheckBase {
  readonly event: unknown;
  /**
   * Result that the function must return. If it is an object, only the fields named here must agree.
   *
   * @default - any result; it is compared with that of the version in service
   */
  readonly expected?: { readonly result?: unknown };
}

export type Check = RouteCheck | EventCheck;

/** What failed, for people: the pipeline shows it as "check: expected …, received …". */
export interface CheckFailure {
  readonly check: string;
  readonly expected: unknown;
  readonly received: unknown;
}

/** Logs what is worth a line and is not a failure. */
export type Note = (message: string) => void;

export function isRouteCheck(check: Check): check is RouteCheck {
  return 'route' in check;
}

/** @returns Whether the check may be run many times. */
export function isRepeatable(check: Check): boolean {
  return check.repeat ?? (isRouteCheck(check) && ['GET', 'HEAD'].includes(checkedRoute(check.route).method));
}

/** The route of a check, and how the check requests it. */
interface CheckedRoute {
  /** Key as API Gateway has it: `GET /orders/{id}`, `$default`. */
  readonly key: string;
  /** Method of the request: GET if the route accepts any. */
  readonly method: string;
  /** Undefined for the route that receives the requests that match no other. */
  readonly template: string | undefined;
}

/**
 * @param text Route as serverless.yml has it, where `*` is API Gateway's `$default` and, as a method, ANY.
 * @throws Error if it is not a route.
 */
export function checkedRoute(text: string): CheckedRoute {
  const route = readRoute(text);
  if (!route) throw new Error(`'${text}' is not a route; write one as 'GET /orders/{id}'`);
  return { ...route, method: route.method === 'ANY' ? 'GET' : route.method };
}

/**
 * @param functionName Physical name of the function that is released.
 * @param guarded What canary-guard sets in the hook's environment: the physical names of the functions that the hook
 *   guards, with their keys in serverless.yml. Names that consist of a prefix and the key are written as the prefix, with a
 *   list of keys: `{ "shop-prod-": ["orders", "stock"], "till": "pay" }`.
 * @returns The checks of that function.
 * @throws Error if the hook does not guard that function.
 */
export function checksOf(functionName: string, guarded: string | undefined, all: readonly Check[]): readonly Check[] {
  const known = readGuarded(guarded);
  const key = known[functionName];
  if (key === undefined) {
    const names = Object.keys(known).join(', ') || 'none';
    throw new Error(
      `GUARDED_FUNCTIONS does not name ${functionName} (it names ${names}): canary-guard sets it, so package the service with that plugin, and do not set it in serverless.yml`,
    );
  }
  return all.filter((check) => check.function === key);
}

function readGuarded(text = '{}'): Readonly<Record<string, string>> {
  let written: Readonly<Record<string, string | readonly string[]>>;
  try {
    written = JSON.parse(text) ?? {};
  } catch {
    throw new Error(
      `GUARDED_FUNCTIONS is '${text}', which is not JSON: canary-guard sets it, so do not set it in serverless.yml`,
    );
  }
  return Object.fromEntries(
    Object.entries(written).flatMap(([name, keys]) =>
      typeof keys === 'string' ? [[name, keys]] : keys.map((key) => [`${name}${key}`, key]),
    ),
  );
}
