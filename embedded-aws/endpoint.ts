import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { AccessNeed } from './access/need';
import { AwsError, asAwsError, NOT_SUPPORTED } from './errors';
import { type ApiRequest, type ApiResponse, REQUEST_ID, type ServiceApi } from './protocol/api';
import { writeJson } from './protocol/json';
import { queryError } from './protocol/query';
import type { Caller } from './scope';

export interface EndpointProps {
  /** @returns The API with that signing name in the caller's account and region, or undefined. */
  readonly service: (signingName: string, caller: Caller) => ServiceApi | undefined;
  /**
   * @returns The identity of the access key, calling that region.
   * @throws AwsError as STS would.
   */
  readonly authenticate: (accessKeyId: string, region: string) => Caller;
  /** @returns AWS's message why a caller may not do something; undefined when it may. */
  readonly authorize: (caller: Caller, need: AccessNeed) => string | undefined;
  /**
   * Handles unsigned requests.
   *
   * @default - They are refused, as AWS does.
   */
  readonly unsigned?: (request: UnsignedRequest) => ApiResponse | undefined;
  /**
   * Value of the `Date` header.
   *
   * @default - The machine's clock.
   */
  readonly date?: () => Date;
  /**
   * Called with every request, in the order of arrival.
   *
   * @default - Not called.
   */
  readonly onCall?: (call: { readonly service: string; readonly request: ApiRequest }) => void;
}

/** A request before its signature is read. */
type UnsignedRequest = Omit<ApiRequest, 'caller' | 'authorize'>;

/**
 * One address for all services, as `AWS_ENDPOINT_URL` needs it. The service name in the request's signature says which
 * service is called. Signatures are not verified.
 */
export class Endpoint {
  readonly #server: Server;
  readonly #props: EndpointProps;

  constructor(props: EndpointProps) {
    this.#props = props;
    this.#server = createServer(async (message, reply) => {
      const isForm = message.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
      let response: ApiResponse;
      try {
        response = await this.#handle(await read(message));
      } catch (error) {
        response = failure(error, isForm);
      }
      const date = props.date ? { date: props.date().toUTCString() } : {};
      reply.writeHead(response.status, { 'x-amzn-requestid': REQUEST_ID, ...date, ...response.headers });
      reply.end(response.body ?? '');
    });
    // SDK clients keep connections open, also for calls that are far apart because virtual time passes between them.
    this.#server.keepAliveTimeout = 60_000;
  }

  /**
   * Listens on a free port of 127.0.0.1. It is an IP address, because SDKs would put a bucket's name in front of
   * `localhost`.
   */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /** Address of the endpoint, e.g. `http://127.0.0.1:40123`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: UnsignedRequest): Promise<ApiResponse> {
    const scope = /Credential=([^/,]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(
      request.headers.authorization ?? '',
    );
    if (!scope) {
      const response = this.#props.unsigned?.(request);
      if (response) return response;
      throw new AwsError('MissingAuthenticationToken', `${request.method} ${request.path} is not signed (SigV4)`, 403);
    }
    const [, accessKeyId = '', region = '', signingName = ''] = scope;
    const caller = this.#props.authenticate(accessKeyId, region);
    const service = this.#props.service(signingName, caller);
    if (!service) {
      throw new AwsError(
        NOT_SUPPORTED,
        `the embedded AWS has no service with the signing name '${signingName}'; docs/fidelity.md lists what is supported`,
      );
    }
    const authorize = (need: AccessNeed) => this.#props.authorize(caller, need);
    const call = { ...request, caller, authorize };
    this.#props.onCall?.({ service: signingName, request: call });
    return service.handle(call);
  }
}

/** @param isForm Whether the request uses the Query protocol, whose clients read XML only. */
function failure(error: unknown, isForm: boolean): ApiResponse {
  const { code, message, status } = asAwsError(error);
  if (isForm) return queryError({ code, message, status }, REQUEST_ID);
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: writeJson({ __type: code, message }),
  };
}

async function read(message: IncomingMessage): Promise<UnsignedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://endpoint');
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  return {
    method: message.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers,
    body: headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw,
  };
}
