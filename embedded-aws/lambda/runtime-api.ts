import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Effect } from './effect';

/** An invocation as the Runtime API sends it to a runtime. */
export interface RuntimeRequest {
  readonly requestId: string;
  /** Payload, as JSON text. */
  readonly payload: string;
  /** ARN of the function as it was invoked, with its qualifier. */
  readonly functionArn: string;
  /** Virtual instant of the invocation, in milliseconds since the epoch. */
  readonly at: number;
  /** Virtual instant at which the invocation times out, in milliseconds since the epoch. */
  readonly deadline: number;
  /**
   * Effect on the invocation.
   *
   * @default - None.
   */
  readonly effect?: Effect | undefined;
}

/** The end of an invocation, as a runtime reports it. */
type RuntimeReport =
  | { readonly type: 'returned'; readonly payload: string }
  | { readonly type: 'failed'; readonly payload: string; readonly exits: boolean };

/** Receiver of the steps of an invocation. */
interface RuntimeListener {
  /** The runtime has taken the invocation: its module is loaded and the handler runs. */
  taken(): void;
  /**
   * The handler waits.
   *
   * @param duration Virtual milliseconds.
   */
  waited(duration: number): void;
  reported(report: RuntimeReport): void;
}

interface Offer {
  readonly request: RuntimeRequest;
  readonly listener: RuntimeListener;
}

const PREFIX = '/2018-06-01/runtime';

/**
 * The Lambda Runtime API of one execution environment (developer guide, "Using the Lambda runtime API for custom
 * runtimes"), on its own port of 127.0.0.1.
 */
export class RuntimeApi {
  readonly #server: Server;
  #poll: ServerResponse | undefined;
  #offer: Offer | undefined;
  #running: Offer | undefined;

  private constructor() {
    this.#server = createServer((message, response) => this.#answer(message, response));
    // A runtime keeps its connection while a handler runs and between invocations.
    this.#server.keepAliveTimeout = 0;
  }

  static async open(): Promise<RuntimeApi> {
    const api = new RuntimeApi();
    await new Promise<void>((resolve, reject) => {
      api.#server.once('error', reject);
      api.#server.listen(0, '127.0.0.1', resolve);
    });
    return api;
  }

  /** @returns Host and port, as `AWS_LAMBDA_RUNTIME_API` has them. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Sends an invocation to the runtime as soon as it polls. The previous one must have been reported. */
  offer(request: RuntimeRequest, listener: RuntimeListener): void {
    this.#offer = { request, listener };
    this.#deliver();
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #deliver(): void {
    if (!this.#poll || !this.#offer) return;
    const { request, listener } = this.#offer;
    this.#running = this.#offer;
    this.#offer = undefined;
    this.#poll.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(request.payload),
      'lambda-runtime-aws-request-id': request.requestId,
      'lambda-runtime-deadline-ms': String(request.deadline),
      'lambda-runtime-invoked-function-arn': request.functionArn,
      'embedded-aws-instant-ms': String(request.at),
      ...(request.effect && { 'embedded-aws-effect': JSON.stringify(request.effect) }),
    });
    this.#poll.end(request.payload);
    this.#poll = undefined;
    listener.taken();
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const resource = `${message.method} ${message.url?.slice(PREFIX.length)}`;
    if (resource === 'GET /invocation/next') {
      this.#poll = response;
      this.#deliver();
      return;
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of message) chunks.push(chunk);
    } catch {
      // The runtime exited in the middle of its report; the environment handles the exit.
      return;
    }
    const payload = Buffer.concat(chunks).toString('utf8');
    const exits = message.headers['embedded-aws-exits'] !== undefined;
    const accepted = this.#wait(resource, payload) || this.#report(resource, payload, exits);
    response.writeHead(accepted ? 202 : 400, { 'content-type': 'application/json' });
    response.end(accepted ? '{"status":"OK"}' : '{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}');
  }

  /**
   * Handles the report of a virtual wait, a resource that AWS's Runtime API does not have.
   *
   * @returns Whether the request was such a report.
   */
  #wait(resource: string, payload: string): boolean {
    if (!this.#running || resource !== `POST /invocation/${this.#running.request.requestId}/wait`) return false;
    this.#running.listener.waited(Number(payload));
    return true;
  }

  #report(resource: string, payload: string, exits: boolean): boolean {
    // A runtime that fails to start reports before it has taken an invocation.
    const subject = resource === 'POST /init/error' ? (this.#running ?? this.#offer) : this.#running;
    if (!subject) return false;
    const invocation = `POST /invocation/${subject.request.requestId}`;
    const report: RuntimeReport | undefined =
      resource === `${invocation}/response`
        ? { type: 'returned', payload }
        : resource === `${invocation}/error` || resource === 'POST /init/error'
          ? { type: 'failed', payload, exits }
          : undefined;
    if (!report) return false;
    this.#running = undefined;
    this.#offer = undefined;
    subject.listener.reported(report);
    return true;
  }
}
