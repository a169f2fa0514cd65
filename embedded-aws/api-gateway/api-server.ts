import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProxyResponse } from './proxy-response';

/** A client's request to an API. */
export interface ClientRequest {
  readonly method: string;
  /** Path, percent-encoded, without the query. */
  readonly path: string;
  /** Query without its question mark; empty when there is none. */
  readonly query: string;
  /** Values by lower-case name; those of repeated headers are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly sourceIp: string;
}

export interface ClientResponse extends ProxyResponse {
  /** Virtual milliseconds from request to response. */
  readonly latency: number;
}

/** The public HTTP server of one API, on its own port, so that its paths are exactly those of AWS. */
export class ApiServer {
  readonly #server: Server;

  private constructor(handle: (request: ClientRequest) => Promise<ClientResponse>) {
    this.#server = createServer(async (message, response) => {
      // Node would add the real date; time is virtual.
      response.sendDate = false;
      try {
        const { status, headers, cookies, body } = await handle(await read(message));
        response.writeHead(status, {
          ...headers,
          ...(cookies.length > 0 ? { 'set-cookie': [...cookies] } : {}),
          'content-length': body.length,
        });
        response.end(message.method === 'HEAD' ? undefined : body);
      } catch (error) {
        response.writeHead(500, { 'content-type': 'text/plain' });
        response.end(`the embedded API Gateway failed: ${(error as Error)?.stack ?? error}\n`);
      }
    });
    // A client's requests can be far apart in real time.
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Starts to listen on a free port of 127.0.0.1. */
  static async open(handle: (request: ClientRequest) => Promise<ClientResponse>): Promise<ApiServer> {
    const server = new ApiServer(handle);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  /** @returns Address of the server, e.g. `http://127.0.0.1:40123`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function read(message: IncomingMessage): Promise<ClientRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const [path = '/', ...query] = (message.url ?? '/').split('?');
  const headers = Object.entries(message.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(',') : (value ?? ''),
  ]);
  return {
    method: message.method ?? 'GET',
    path,
    query: query.join('?'),
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
    sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
  };
}
