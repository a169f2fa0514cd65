import type { VirtualClock } from '../clock';
import type { MetricSink } from '../cloudwatch/metric';
import type { FunctionInvoker } from '../lambda/invocation';
import type { LogSink } from '../lambda/invocation-log';
import type { InvokePermissions } from '../lambda/permission';
import type { ServiceApi } from '../protocol/api';
import { restApi } from '../protocol/rest';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import type { Scope } from '../scope';
import { HTTP_APIS_ACCESS } from './access';
import { ApiServer, type ClientRequest, type ClientResponse } from './api-server';
import { found, type HttpApi } from './http-api';
import { readingRoutes } from './operations';
import { RequestHandler } from './request-handler';
import { apiType } from './resources/api';
import { integrationType } from './resources/integration';
import { routeType } from './resources/route';
import { stageType } from './resources/stage';

interface HttpApisProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly lambda: FunctionInvoker & InvokePermissions;
  readonly metrics: MetricSink;
  /** Receiver of access logs. */
  readonly logs: LogSink;
}

/** Public address of an API. */
interface ApiAddress {
  readonly apiId: string;
  readonly name: string;
  /** Address of the API's HTTP server, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
}

/** Amazon API Gateway of one account and region: HTTP APIs in front of Lambda functions; contract.md has its rules. */
export class HttpApis {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #props: HttpApisProps;
  readonly #apis = new Map<string, HttpApi>();
  readonly #handlers = new Map<string, RequestHandler>();
  readonly #servers = new Map<string, ApiServer>();

  constructor(props: HttpApisProps) {
    this.#props = props;
    const { scope, clock, random } = props;
    const context = {
      scope,
      random,
      apis: this.#apis,
      sleep: (duration: number) => clock.sleep(duration),
      now: () => clock.now(),
    };
    this.api = restApi({ signingName: 'apigateway', routes: readingRoutes(this.#apis), access: HTTP_APIS_ACCESS });
    this.resourceTypes = [
      apiType({ ...context, open: (id) => this.#open(id), close: (id) => this.#close(id) }),
      integrationType(context),
      routeType(context),
      stageType(context),
    ];
  }

  /**
   * Handles a request as the API's HTTP server does, at the current virtual instant. No virtual time passes meanwhile;
   * the caller lets the response's `latency` pass.
   *
   * @throws AwsError NotFoundException when the API does not exist.
   */
  async handle(apiId: string, request: ClientRequest): Promise<ClientResponse> {
    const api = found(this.#apis.get(apiId), 'API', apiId);
    let handler = this.#handlers.get(apiId);
    if (!handler) {
      const { scope, clock, random, lambda, metrics, logs } = this.#props;
      const stream = random.stream(`requests/${apiId}`);
      handler = new RequestHandler(api, { scope, random: stream, lambda, metrics, logs, now: () => clock.now() });
      this.#handlers.set(apiId, handler);
    }
    return handler.handle(request);
  }

  /** @returns Addresses of the APIs, by name. */
  addresses(): ApiAddress[] {
    return [...this.#apis.values()]
      .map(({ id, name, endpoint }) => ({ apiId: id, name, url: endpoint }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Stops the HTTP servers of all APIs. */
  async close(): Promise<void> {
    await Promise.all([...this.#servers.keys()].map((id) => this.#close(id)));
  }

  async #open(id: string): Promise<string> {
    // In a task, so that no virtual time passes until the response.
    const handle = (request: ClientRequest) =>
      this.#props.clock.spawn(() => this.handle(id, request), { daemon: true });
    const server = await ApiServer.open(handle);
    this.#servers.set(id, server);
    return server.url;
  }

  async #close(id: string): Promise<void> {
    await this.#servers.get(id)?.close();
    this.#servers.delete(id);
    this.#handlers.delete(id);
  }
}
