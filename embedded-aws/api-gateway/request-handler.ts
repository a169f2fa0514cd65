import { type RouteMatch, selectRoute } from '../../aws-rules/http-routes';
import type { MetricSink } from '../cloudwatch/metric';
import { AwsError } from '../errors';
import type { FunctionInvoker } from '../lambda/invocation';
import type { LogSink } from '../lambda/invocation-log';
import type { InvokePermissions } from '../lambda/permission';
import type { Random } from '../random';
import { arn, type Scope } from '../scope';
import { accessLogLine } from './access-log';
import type { ClientRequest, ClientResponse } from './api-server';
import type { ApiRoute, HttpApi, Integration } from './http-api';
import { proxyEvent } from './proxy-event';
import { gatewayResponse, type ProxyResponse, readProxyResponse } from './proxy-response';

/** Alphabet of request ids. */
const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

interface RequestHandlerProps {
  readonly scope: Scope;
  /** Random stream of this API. */
  readonly random: Random;
  readonly lambda: FunctionInvoker & InvokePermissions;
  readonly metrics: MetricSink;
  readonly logs: LogSink;
  /** @returns The current instant, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** The response of an integration. */
interface IntegrationResponse {
  readonly response: ProxyResponse;
  /** Virtual milliseconds; undefined when the function was not invoked. */
  readonly latency: number | undefined;
}

/** Handles the requests of one API. */
export class RequestHandler {
  readonly #api: HttpApi;
  readonly #props: RequestHandlerProps;
  readonly #ids: Random;
  readonly #overheads: Random;

  constructor(api: HttpApi, props: RequestHandlerProps) {
    this.#api = api;
    this.#props = props;
    this.#ids = props.random.stream('ids');
    this.#overheads = props.random.stream('overheads');
  }

  async handle(request: ClientRequest): Promise<ClientResponse> {
    const at = this.#props.now();
    const requestId = `${this.#ids.text(15, ID_ALPHABET)}=`;
    // Time of API Gateway itself, in virtual milliseconds: 2 to 8, uniformly distributed.
    const overhead = this.#overheads.integer(200, 800) / 100;
    const path = decode(request.path);
    const match = this.#api.stage && selectRoute(this.#api.routes.values(), request.method, path);
    const { response, latency: integrationLatency } = match
      ? await this.#integrate(request, path, match, requestId, at)
      : { response: gatewayResponse(404, 'Not Found'), latency: undefined };
    const latency = overhead + (integrationLatency ?? 0);
    this.#record(match?.route, response.status, latency, integrationLatency, at);
    this.#log(request, path, match?.route, response, { requestId, latency, at });
    const headers = { date: new Date(at).toUTCString(), ...response.headers, 'apigw-requestid': requestId };
    return { ...response, headers, latency };
  }

  async #integrate(
    request: ClientRequest,
    path: string,
    { route, parameters }: RouteMatch<ApiRoute>,
    requestId: string,
    at: number,
  ): Promise<IntegrationResponse> {
    const { scope, lambda } = this.#props;
    const integration = this.#api.integrations.get(route.integrationId);
    if (!integration || !this.#permitted(route, integration)) {
      return { response: gatewayResponse(500, 'Internal Server Error'), latency: undefined };
    }
    const traceId = `Root=1-${Math.floor(at / 1000).toString(16)}-${this.#ids.text(24)}`;
    const routeKey = route.key.text;
    const event = {
      scope,
      api: this.#api,
      request,
      path,
      routeKey,
      pathParameters: parameters,
      requestId,
      traceId,
      at,
    };
    try {
      const invocation = await lambda.invoke(integration.functionArn, JSON.stringify(proxyEvent(event)));
      if (invocation.duration > integration.timeout) {
        return { response: gatewayResponse(503, 'Service Unavailable'), latency: integration.timeout };
      }
      const read = invocation.functionError ? undefined : readProxyResponse(invocation.payload);
      return { response: read ?? gatewayResponse(500, 'Internal Server Error'), latency: invocation.duration };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const throttled = error.code === 'TooManyRequestsException';
      const response = throttled
        ? gatewayResponse(503, 'Service Unavailable')
        : gatewayResponse(500, 'Internal Server Error');
      return { response, latency: 0 };
    }
  }

  /** @returns Whether the function's policy allows this API to invoke it. */
  #permitted(route: ApiRoute, integration: Integration): boolean {
    const { scope, lambda } = this.#props;
    const called = route.key.text.replace(' /', '/');
    const source = arn('execute-api', scope, `${this.#api.id}/$default/${called}`);
    return lambda.mayInvoke(integration.functionArn, 'apigateway.amazonaws.com', source);
  }

  /** Records the metrics of HTTP APIs (API Gateway developer guide, "Monitor CloudWatch metrics for HTTP APIs"). */
  #record(
    route: ApiRoute | undefined,
    status: number,
    latency: number,
    integrationLatency: number | undefined,
    at: number,
  ): void {
    const stage = { ApiId: this.#api.id, Stage: '$default' };
    const sets: Record<string, string>[] = [{ ApiId: this.#api.id }, stage];
    if (this.#api.stage?.detailedMetrics && route) sets.push({ ...stage, ...routeDimensions(route) });
    const record = (name: string, value: number, unit: string) => {
      for (const dimensions of sets) {
        this.#props.metrics.record({ namespace: 'AWS/ApiGateway', name, dimensions, value, at, unit });
      }
    };
    record('Count', 1, 'Count');
    record('4xx', status >= 400 && status < 500 ? 1 : 0, 'Count');
    record('5xx', status >= 500 ? 1 : 0, 'Count');
    record('Latency', latency, 'Milliseconds');
    if (integrationLatency !== undefined) record('IntegrationLatency', integrationLatency, 'Milliseconds');
  }

  #log(
    request: ClientRequest,
    path: string,
    route: ApiRoute | undefined,
    response: ProxyResponse,
    { requestId, latency, at }: { requestId: string; latency: number; at: number },
  ): void {
    const accessLog = this.#api.stage?.accessLog;
    if (!accessLog) return;
    const { scope } = this.#props;
    const line = accessLogLine(accessLog.format, {
      scope,
      api: this.#api,
      request,
      path,
      route,
      response,
      requestId,
      latency,
      at,
    });
    this.#props.logs.write(accessLog.logGroup, `${this.#api.id}-$default`, at, line);
  }
}

function routeDimensions({ key }: ApiRoute): Record<string, string> {
  const [method, resource] = key.type === 'default' ? ['ANY', '$default'] : key.text.split(' ');
  return { Method: method!, Resource: resource! };
}

/**
 * Percent-decodes the path. HTTP APIs do so for both routes and events (recordings of AWS in hotsock/voker pull request
 * 8).
 */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
