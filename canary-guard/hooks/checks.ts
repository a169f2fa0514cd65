interface CheckBase {
  /** unique among all checks */
  readonly name: string;
  /** key of the function in serverless.yml */
  readonly function: string;
  /**
   * Whether it may be asked many times. What may not is asked once, of the new version alone.
   *
   * @default true for GET and HEAD, false for everything else
   */
  readonly repeat?: boolean;
  /**
   * This release mends what the check asks: the version in service may fail it, and its answer may look different.
   *
   * @default false
   */
  readonly mends?: boolean;
}

/** A request, for a function behind an HTTP API. */
export interface RouteCheck extends CheckBase {
  /** as in serverless.yml: `GET /orders/{id}`, `ANY /proxy`, `*` */
  readonly route: string;
  /** with its query, encoded as in a URL; @default the route's path */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** a string is sent as it is, anything else as JSON; @default none */
  readonly body?: unknown;
  /** What is not given is compared with the version in service only. `body`: the fields that matter, or all of it. */
  readonly expected?: { readonly status?: number; readonly body?: unknown };
}

/** A payload, for a function that is not behind HTTP. */
export interface EventCheck extends CheckBase {
  readonly event: unknown;
  /** What is not given is compared with the version in service only. `result`: the fields that matter, or all of it. */
  readonly expected?: { readonly result?: unknown };
}

export type Check = RouteCheck | EventCheck;

/** What failed, for people: the pipeline shows it as "check: expected …, received …". */
export interface Failure {
  readonly check: string;
  readonly expected: unknown;
  readonly received: unknown;
}

export function isRouteCheck(check: Check): check is RouteCheck {
  return 'route' in check;
}

/** @returns whether the check may be asked many times */
export function isRepeatable(check: Check): boolean {
  return check.repeat ?? (isRouteCheck(check) && ['GET', 'HEAD'].includes(readRoute(check.route).method));
}

export interface Route {
  /** as API Gateway names it: `GET /orders/{id}`, `$default` */
  readonly key: string;
  /** of the requests that a check makes; GET where the route takes any */
  readonly method: string;
  /** undefined for the route that takes what no other does */
  readonly template: string | undefined;
}

/** @param text as in serverless.yml, which writes `*` for API Gateway's `$default` and for ANY */
export function readRoute(text: string): Route {
  if (text === '*' || text === '$default') return { key: '$default', method: 'GET', template: undefined };
  const [, written = '', template = ''] = /^(\S+)\s+(\S+)$/.exec(text.trim()) ?? [];
  if (!template) throw new Error(`'${text}' is no route; write one as 'GET /orders/{id}'`);
  const method = written === '*' ? 'ANY' : written.toUpperCase();
  return { key: `${method} ${template}`, method: method === 'ANY' ? 'GET' : method, template };
}

/**
 * @param functionName physical name of the function that is released
 * @param guarded what canary-guard tells a hook: physical names and the keys in serverless.yml that belong to them
 * @returns the checks of that function
 * @throws Error if the hook is not told of that function
 */
export function checksOf(functionName: string, guarded: string | undefined, all: readonly Check[]): readonly Check[] {
  const known = readGuarded(guarded);
  const key = known[functionName];
  if (key === undefined) {
    const names = Object.keys(known).join(', ') || 'none';
    throw new Error(
      `GUARDED_FUNCTIONS does not name ${functionName} (it names ${names}): canary-guard sets it, so package the service with that plugin, and give the hook in serverless.yml no variable of that name`,
    );
  }
  return all.filter((check) => check.function === key);
}

function readGuarded(text = '{}'): Readonly<Record<string, string>> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    throw new Error(`GUARDED_FUNCTIONS is '${text}', which is no JSON: canary-guard sets it`);
  }
}
