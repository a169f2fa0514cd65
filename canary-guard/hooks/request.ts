import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { matchPath } from '../rules/http-routes.js';
import { checkedRoute, type RouteCheck } from './checks';

/** The request of a check. */
interface HttpRequest {
  readonly routeKey: string;
  readonly method: string;
  /** Path, encoded as in a URL. */
  readonly path: string;
  /** Query without the question mark, encoded as in a URL. */
  readonly query: string;
  /** Parameters of the route's path, decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** @throws Error if the check's path does not match its route. */
export function requestOf(check: RouteCheck): HttpRequest {
  const { key, method, template } = checkedRoute(check.route);
  const target = check.path ?? template;
  if (!target?.startsWith('/')) throw new Error(`check '${check.name}' needs a path that begins with '/'`);
  const [path = '', ...query] = (target.split('#')[0] ?? '').split('?');
  const pathParameters = matchPath(template, path);
  if (!pathParameters) throw new Error(`check '${check.name}': '${path}' does not match the route '${check.route}'`);
  const isText = typeof check.body === 'string';
  const headers = Object.entries(check.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    routeKey: key,
    method,
    path,
    query: query.join('?'),
    pathParameters,
    headers: {
      ...(check.body !== undefined && { 'content-type': isText ? 'text/plain' : 'application/json' }),
      ...Object.fromEntries(headers),
    },
    body: check.body === undefined || isText ? (check.body as string | undefined) : JSON.stringify(check.body),
  };
}

/** Content types of bodies that API Gateway passes on as text; all others become base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml|.*\+json|.*\+xml))/;

/** What the event contains in place of the API's id. A handler can recognise a hook's request by it. */
const HOOK = 'pre-traffic-hook';

/**
 * @param at Time of the request.
 * @returns The event that an HTTP API sends.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html format 2.0
 */
export function httpApiEvent(request: HttpRequest, at: Date, requestId: string) {
  const { routeKey, method, query, pathParameters, body } = request;
  const path = decodeURIComponent(request.path);
  const { cookie, ...headers } = request.headers;
  const isText = TEXT.test(headers['content-type'] ?? 'text/plain');
  const userAgent = headers['user-agent'] ?? HOOK;
  const domainName = `${HOOK}.invalid`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: {
      accept: '*/*',
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      host: domainName,
      'user-agent': HOOK,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    ...(query !== '' && { queryStringParameters: queryParameters(query) }),
    requestContext: {
      accountId: 'anonymous',
      apiId: HOOK,
      domainName,
      domainPrefix: HOOK,
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent },
      requestId,
      routeKey,
      stage: '$default',
      time: at.toISOString(),
      timeEpoch: at.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...(body !== undefined && { body: isText ? body : Buffer.from(body).toString('base64') }),
    isBase64Encoded: body !== undefined && !isText,
  } satisfies APIGatewayProxyEventV2;
}

/** @returns Values by name; API Gateway joins repeated ones by commas. */
function queryParameters(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = Object.hasOwn(parameters, name) ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}
