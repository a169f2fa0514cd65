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
import { FrontDoor, type FrontDoorRequest, type FrontDoorResponse } from './front-door';
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
  /** Where access logs go. */
  readonly logs: LogSink;
}

/** Where the public finds an API. */
interface ApiAddress {
  readonly apiId: string;
  readonly name: string;
  /** e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
}

/** API Gateway's HTTP APIs in front of Lambda functions. See `contract.md`. */
export class HttpApis {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #props: HttpApisProps;
  readonly #apis = new Map<string, HttpApi>();
  readonly #handlers = new Map<string, RequestHandler>();
  readonly #doors = new Map<string, FrontDoor>();

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
    this.api = restApi({ signingName: 'apigateway', routes: readingRoutes(this.#apis) });
    this.resourceTypes = [
      apiType({ ...context, open: (id) => this.#open(id), close: (id) => this.#close(id) }),
      integrationType(context),
      routeType(context),
      stageType(context),
    ];
  }

  /**
   * Answers one request, as the API's own HTTP server would, at the current virtual instant. No virtual time passes
   * meanwhile: the response's `latency` says how much the caller may let pass.
   *
   * @throws AwsError NotFoundException for an API that does not exist.
   */
  async handle(apiId: string, request: FrontDoorRequest): Promise<FrontDoorResponse> {
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

  /** @returns Where each API stands, by name. */
  addresses(): ApiAddress[] {
    return [...this.#apis.values()]
      .map(({ id, name, endpoint }) => ({ apiId: id, name, url: endpoint }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Shuts every front door. */
  async close(): Promise<void> {
    await Promise.all([...this.#doors.keys()].map((id) => this.#close(id)));
  }

  async #open(id: string): Promise<string> {
    // A request from outside is a task of its own, so that no time passes while it is answered.
    const handle = (request: FrontDoorRequest) =>
      this.#props.clock.spawn(() => this.handle(id, request), { daemon: true });
    const door = await FrontDoor.open(handle);
    this.#doors.set(id, door);
    return door.url;
  }

  async #close(id: string): Promise<void> {
    await this.#doors.get(id)?.close();
    this.#doors.delete(id);
    this.#handlers.delete(id);
  }
}
