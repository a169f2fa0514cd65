import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type RouteCheck, readRoute } from './checks';

/** What a check of a route asks. */
export interface HttpRequest {
  readonly routeKey: string;
  readonly method: string;
  /** encoded as in a URL */
  readonly path: string;
  /** without the question mark, encoded as in a URL */
  readonly query: string;
  /** of the route's template, decoded */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** @throws Error if the check's path is none of its route's */
export function requestOf(check: RouteCheck): HttpRequest {
  const { key, method, template } = readRoute(check.route);
  const target = check.path ?? template;
  if (!target?.startsWith('/')) throw new Error(`check '${check.name}' needs a path that begins with '/'`);
  const [path = '', ...query] = (target.split('#')[0] ?? '').split('?');
  const pathParameters = template === undefined ? {} : match(template, path);
  if (!pathParameters) throw new Error(`check '${check.name}': '${path}' is no path of the route '${check.route}'`);
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

/** @returns the values of the template's variables; undefined if the path does not fit it, or leaves one of them out */
function match(template: string, path: string): Record<string, string> | undefined {
  const given = path.slice(1).split('/');
  const wanted = template.slice(1).split('/');
  const greedy = /\+\}$/.test(template);
  if (greedy ? given.length < wanted.length : given.length !== wanted.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const [, name, plus] = /^\{([^{}+]+)(\+?)\}$/.exec(segment) ?? [];
    const value = decodeURIComponent(plus ? given.slice(index).join('/') : given[index]!);
    if (name === undefined ? value !== segment : value === '' || /^\{.*\}$/.test(value)) return undefined;
    if (name !== undefined) parameters[name] = value;
  }
  return parameters;
}

/** Bodies that API Gateway passes on as text; all others become base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml|.*\+json|.*\+xml))/;

/** What the event says where API Gateway would name the API. A handler can tell by it that a hook asks. */
const ASKER = 'pre-traffic-hook';

/**
 * @param at instant of the request
 * @returns the event that an HTTP API sends
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html format 2.0
 */
export function httpApiEvent(request: HttpRequest, at: Date, requestId: string): APIGatewayProxyEventV2 {
  const { routeKey, method, query, pathParameters, body } = request;
  const path = decodeURIComponent(request.path);
  const { cookie, ...headers } = request.headers;
  const isText = TEXT.test(headers['content-type'] ?? 'text/plain');
  const userAgent = headers['user-agent'] ?? ASKER;
  const domainName = `${ASKER}.invalid`;
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
      'user-agent': ASKER,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    ...(query !== '' && { queryStringParameters: queryParameters(query) }),
    requestContext: {
      accountId: 'anonymous',
      apiId: ASKER,
      domainName,
      domainPrefix: ASKER,
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
  };
}

/** @returns values by name; API Gateway joins those of one name by commas */
function queryParameters(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = Object.hasOwn(parameters, name) ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}
