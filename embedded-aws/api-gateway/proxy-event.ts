import type { Scope } from '../scope';
import type { ClientRequest } from './api-server';
import type { HttpApi } from './http-api';

interface ProxyEventProps {
  readonly scope: Scope;
  readonly api: HttpApi;
  readonly request: ClientRequest;
  /** Path, percent-decoded. */
  readonly path: string;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly traceId: string;
  /** Instant of the request, in milliseconds since the epoch. */
  readonly at: number;
}

/** Headers that belong to a connection, not to a request. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade'];

/** Media types whose bodies API Gateway passes on as text; all others are base64-encoded. */
const TEXT = /^(text\/|application\/(json|javascript|xml|.*\+json|.*\+xml))/;

/**
 * @returns Event of a request for a Lambda function, in payload format 2.0 (API Gateway developer guide, "Create AWS
 *   Lambda proxy integrations for HTTP APIs").
 */
export function proxyEvent(props: ProxyEventProps): object {
  const { scope, api, request, path, routeKey, pathParameters, requestId, traceId, at } = props;
  const domainName = `${api.id}.execute-api.${scope.region}.amazonaws.com`;
  const { cookie, ...headers } = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !HOP_BY_HOP.includes(name)),
  );
  const query = queryParameters(request.query);
  const isText = TEXT.test(request.headers['content-type'] ?? 'text/plain');
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: request.query,
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: {
      ...headers,
      'x-amzn-trace-id': traceId,
      'x-forwarded-for': request.sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId: scope.accountId,
      apiId: api.id,
      domainName,
      domainPrefix: api.id,
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: commonLogTime(at),
      timeEpoch: at,
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...(request.body.length > 0 && { body: request.body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: request.body.length > 0 && !isText,
  };
}

/** @returns Values by name, those of repeated names joined by commas; undefined without a query. */
function queryParameters(query: string): Record<string, string> | undefined {
  if (query === '') return undefined;
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @returns Time in the format of web server logs, e.g. `12/Mar/2020:19:03:58 +0000`. */
export function commonLogTime(at: number): string {
  const [year, month, day, time] = new Date(at).toISOString().split(/[-T.]/);
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}
