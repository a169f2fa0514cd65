import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProxyResponse } from './proxy-response';

/** A request of a client, as it arrives at an API. */
export interface FrontDoorRequest {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  /** As it stands behind the question mark; empty without one. */
  readonly query: string;
  /** Names in lower case, repeated ones joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly sourceIp: string;
}

export interface FrontDoorResponse extends ProxyResponse {
  /** Virtual milliseconds from request to response. */
  readonly latency: number;
}

/** The public address of one API: a port of its own, so that its paths are exactly AWS's. */
export class FrontDoor {
  readonly #server: Server;

  private constructor(handle: (request: FrontDoorRequest) => Promise<FrontDoorResponse>) {
    this.#server = createServer(async (message, response) => {
      // Time is virtual: Node must not add today's date.
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
        response.end(`the rehearsal's front door failed: ${(error as Error)?.stack ?? error}\n`);
      }
    });
    // Virtual time can set a client's requests far apart in real time.
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Opens on a free port of 127.0.0.1. */
  static async open(handle: (request: FrontDoorRequest) => Promise<FrontDoorResponse>): Promise<FrontDoor> {
    const door = new FrontDoor(handle);
    await new Promise<void>((resolve, reject) => {
      door.#server.once('error', reject);
      door.#server.listen(0, '127.0.0.1', resolve);
    });
    return door;
  }

  /** @returns e.g. `http://127.0.0.1:40123`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function read(message: IncomingMessage): Promise<FrontDoorRequest> {
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
