/** The key of an HTTP API's route: a method and a path, or `$default` for requests that no other route matches. */
export type RouteKey =
  | { readonly type: 'default'; readonly text: '$default' }
  | { readonly type: 'path'; readonly text: string; readonly method: string; readonly segments: readonly Segment[] };

type Segment =
  | { readonly type: 'literal'; readonly text: string }
  | { readonly type: 'parameter'; readonly name: string }
  | { readonly type: 'greedy'; readonly name: string };

const METHODS = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/** Thrown for a route key that API Gateway rejects, with API Gateway's message. */
export class InvalidRouteKey extends Error {
  override readonly name = 'InvalidRouteKey';
}

/**
 * Parses a route key.
 *
 * @throws InvalidRouteKey for anything but `$default` and `METHOD /path`.
 */
export function parseRouteKey(text: string): RouteKey {
  if (text === '$default') return { type: 'default', text };
  const [method = '', path = '', ...rest] = text.split(' ');
  if (!METHODS.includes(method) || !path.startsWith('/') || rest.length > 0) {
    throw new InvalidRouteKey(
      `The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"; got "${text}"`,
    );
  }
  const segments = path.slice(1).split('/').map(parseSegment);
  if (segments.slice(0, -1).some((segment) => segment.type === 'greedy')) {
    throw new InvalidRouteKey(`A greedy path variable must be at the end of the path: ${path}`);
  }
  return { type: 'path', text, method, segments };
}

/** The route of a request. */
export interface RouteMatch<T> {
  readonly route: T;
  /** Values of the path's variables. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Selects the route of a request: the most specific one that matches. Compared from the left, literal text is more
 * specific than a variable, and a variable than a greedy one. Then a method is more specific than ANY. `$default` comes
 * last.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 * @param path Path without query, percent-decoded.
 */
export function selectRoute<T extends { readonly key: RouteKey }>(
  routes: Iterable<T>,
  method: string,
  path: string,
): RouteMatch<T> | undefined {
  let best: (RouteMatch<T> & { readonly rank: string }) | undefined;
  for (const route of routes) {
    const match = matchRoute(route.key, method, path.slice(1).split('/'));
    if (match && (!best || match.rank < best.rank)) best = { route, ...match };
  }
  return best;
}

/** Digits that sort route keys, the most specific first. */
const RANKS = { literal: '0', parameter: '1', greedy: '2' };

function matchRoute(key: RouteKey, method: string, given: readonly string[]) {
  if (key.type === 'default') return { rank: '9', parameters: {} };
  if (key.method !== 'ANY' && key.method !== method) return undefined;
  const parameters: Record<string, string> = {};
  const greedy = key.segments.at(-1)?.type === 'greedy';
  if (greedy ? given.length < key.segments.length : given.length !== key.segments.length) return undefined;
  for (const [index, segment] of key.segments.entries()) {
    const text = given[index]!;
    if (segment.type === 'literal' && segment.text !== text) return undefined;
    if (segment.type === 'literal') continue;
    const value = segment.type === 'greedy' ? given.slice(index).join('/') : text;
    // A variable is never empty: `/{proxy+}` does not match `/`.
    if (value === '') return undefined;
    parameters[segment.name] = value;
  }
  const rank = key.segments.map((segment) => RANKS[segment.type]).join('');
  return { rank: `${rank}${key.method === 'ANY' ? '1' : '0'}`, parameters };
}

function parseSegment(text: string): Segment {
  const [, name, plus] = /^\{([\w.:-]+)(\+?)\}$/.exec(text) ?? [];
  if (!name) return { type: 'literal', text };
  return { type: plus ? 'greedy' : 'parameter', name };
}
