import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { AwsError } from './errors';
import type { ApiRequest, ApiResponse, ServiceApi } from './protocol/api';
import { writeJson } from './protocol/json';
import { queryError } from './protocol/query';
import type { Caller } from './scope';

export interface EndpointProps {
  /** @returns the service of the caller's account and region that is signed for under that name, or undefined */
  readonly service: (signingName: string, caller: Caller) => ServiceApi | undefined;
  /** @returns who signs with that access key in that region; throws what STS would */
  readonly authenticate: (accessKeyId: string, region: string) => Caller;
  /** answers unsigned requests, @default they are refused as AWS does */
  readonly unsigned?: (request: Omit<ApiRequest, 'caller'>) => ApiResponse | undefined;
  /** what the `Date` of every answer says, @default this machine's clock */
  readonly date?: () => Date;
  /** told of every call, in the order of arrival, @default nobody */
  readonly onCall?: (call: { readonly service: string; readonly request: ApiRequest }) => void;
}

/**
 * The one address behind which all services of the endpoint stand, as `AWS_ENDPOINT_URL` wants it. It tells services
 * apart as AWS's own local endpoints do: by the service name in the signature. Signatures are not verified.
 */
export class Endpoint {
  readonly #server: Server;

  constructor(private readonly props: EndpointProps) {
    this.#server = createServer(async (message, response) => {
      const isForm = message.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
      let answer: ApiResponse;
      try {
        answer = await this.#answer(await read(message));
      } catch (error) {
        answer = failure(error, isForm);
      }
      const date = props.date ? { date: props.date().toUTCString() } : {};
      response.writeHead(answer.status, { 'x-amzn-requestid': 'rehearsal', ...date, ...answer.headers });
      response.end(answer.body ?? '');
    });
    // SDK clients keep connections open between calls that virtual time sets far apart.
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Starts to listen on a free port of 127.0.0.1 (an IP, because SDKs would make `localhost` a bucket's host name). */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /** @returns e.g. `http://127.0.0.1:40123` */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: Omit<ApiRequest, 'caller'>): Promise<ApiResponse> {
    const scope = /Credential=([^/,]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(
      request.headers.authorization ?? '',
    );
    if (!scope) {
      const answer = this.props.unsigned?.(request);
      if (answer) return answer;
      throw new AwsError('MissingAuthenticationToken', `${request.method} ${request.path} is not signed (SigV4)`, 403);
    }
    const [, accessKeyId = '', region = '', signingName = ''] = scope;
    const caller = this.props.authenticate(accessKeyId, region);
    const service = this.props.service(signingName, caller);
    if (!service) {
      throw new AwsError(
        'NotSupportedByRehearsal',
        `the rehearsal's endpoint has no service '${signingName}'; docs/fidelity.md lists what it knows`,
      );
    }
    const call = { ...request, caller };
    this.props.onCall?.({ service: signingName, request: call });
    return service.handle(call);
  }
}

/** @param isForm whether the call is one of the Query protocol, whose clients read XML only */
function failure(error: unknown, isForm: boolean): ApiResponse {
  const known = error instanceof AwsError;
  const code = known ? error.code : 'InternalFailure';
  const message = known ? error.message : `the rehearsal's endpoint failed: ${(error as Error)?.stack ?? error}`;
  const status = known ? error.status : 500;
  if (isForm) return queryError({ code, message, status }, 'rehearsal');
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: writeJson({ __type: code, message }),
  };
}

async function read(message: IncomingMessage): Promise<Omit<ApiRequest, 'caller'>> {
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
