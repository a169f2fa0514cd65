import { Unsupported } from '../errors';
import type { Scope } from '../scope';
import type { ClientRequest } from './api-server';
import type { ApiRoute, HttpApi } from './http-api';
import { commonLogTime } from './proxy-event';
import type { ProxyResponse } from './proxy-response';

/** A request with its response. */
interface AnsweredRequest {
  readonly scope: Scope;
  readonly api: HttpApi;
  readonly request: ClientRequest;
  /** Path, percent-decoded. */
  readonly path: string;
  readonly route: ApiRoute | undefined;
  readonly response: ProxyResponse;
  readonly requestId: string;
  /** Virtual milliseconds. */
  readonly latency: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Variables of access log formats (API Gateway developer guide, "Customize HTTP API access logs"). */
const VARIABLES: Readonly<Record<string, (answered: AnsweredRequest) => string>> = {
  accountId: ({ scope }) => scope.accountId,
  apiId: ({ api }) => api.id,
  domainName: ({ api, scope }) => `${api.id}.execute-api.${scope.region}.amazonaws.com`,
  domainPrefix: ({ api }) => api.id,
  httpMethod: ({ request }) => request.method,
  'identity.sourceIp': ({ request }) => request.sourceIp,
  'identity.userAgent': ({ request }) => request.headers['user-agent'] ?? '-',
  path: ({ path }) => path,
  protocol: () => 'HTTP/1.1',
  requestId: ({ requestId }) => requestId,
  requestTime: ({ at }) => commonLogTime(at),
  requestTimeEpoch: ({ at }) => String(at),
  responseLatency: ({ latency }) => String(Math.round(latency)),
  responseLength: ({ response }) => String(response.body.length),
  routeKey: ({ route }) => route?.key.text ?? '-',
  stage: () => '$default',
  status: ({ response }) => String(response.status),
};

const VARIABLE = /\$context\.([\w.]+)/g;

/** @throws Unsupported for a variable without a value here. */
export function checkAccessLogFormat(format: string): void {
  for (const [text, name = ''] of format.matchAll(VARIABLE)) {
    if (!Object.hasOwn(VARIABLES, name)) throw new Unsupported(`${text} in the access log of an HTTP API`);
  }
}

export function accessLogLine(format: string, answered: AnsweredRequest): string {
  return format.replace(VARIABLE, (_, name: string) => VARIABLES[name]?.(answered) ?? '-');
}
