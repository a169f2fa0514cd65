import { Agent, request } from 'node:http';
import type { VirtualClock } from '../../embedded-aws/clock';
import type { Effect } from '../../embedded-aws/lambda/effect';
import type { Random } from '../../embedded-aws/random';
import { readTrafficPlan, type TrafficPlan, trafficPlanSchema } from '../../preflight/traffic-plan';

/** A rehearsal sends one request after the other, so more per second would take too long. */
const MAX_REQUESTS_PER_SECOND = 1_000;

/** The schema of a `traffic.json` that can be rehearsed: it has at least one request to send. */
const rehearsedTraffic = trafficPlanSchema.extend({
  requestsPerSecond: trafficPlanSchema.shape.requestsPerSecond.max(MAX_REQUESTS_PER_SECOND, {
    error: `is more than a rehearsal can send; write at most ${MAX_REQUESTS_PER_SECOND}`,
  }),
  requests: trafficPlanSchema.shape.requests.unwrap().min(1, {
    error: 'is empty, and a rehearsal needs traffic; write at least one, such as { "share": 1, "path": "/" }',
  }),
});

/**
 * Reads a `traffic.json` for a rehearsal.
 *
 * @throws Error with every mistake in the file.
 */
export function readRehearsedTraffic(file: string): TrafficPlan {
  return readTrafficPlan(file, rehearsedTraffic);
}

/** Number of requests in a period, as the client sees their responses. */
export interface Tally {
  readonly served: number;
  /** Requests with a response status of 500 or more, or without a response. */
  readonly failed: number;
}

/** Effect of a fault on the requests in a period. */
export interface Exposure {
  readonly requests: number;
  /**
   * Requests served wrongly: with a response status of 500 or more, without a response, or with a response body that a
   * fault is known to have changed.
   */
  readonly wrong: number;
  /** Requests affected by the fault in any way, also those that only became slow. */
  readonly met: number;
  /**
   * Time of the first request that was served wrongly or affected by the fault, ISO 8601.
   *
   * @default - there was none
   */
  readonly firstAt?: string;
}

/** What changes the traffic or affects its requests. */
interface Influence {
  /**
   * @param declared Declared requests per second.
   * @returns Requests per second now, 0 for none.
   */
  pace(declared: number): number;
  /**
   * @param requestId Id that the API gave the request.
   * @returns What affected that request, undefined when nothing did.
   */
  met(requestId: string): Effect | undefined;
}

/** Virtual milliseconds until the pace is read again while it is 0. */
const PAUSE = 1_000;

/**
 * Draws the time until the next request of a Poisson process.
 *
 * @param pace Requests per second; 0 draws nothing.
 * @returns Virtual milliseconds until the next request, or until a pace of 0 is read again.
 */
export function untilNextRequest(pace: number, random: Random): number {
  return pace === 0 ? PAUSE : (-Math.log(1 - random.next()) / pace) * 1_000;
}

type PlannedRequest = TrafficPlan['requests'][number];

interface SentRequest {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly failed: boolean;
  readonly effect: Effect | undefined;
}

/**
 * The traffic of a service: requests at random instants of virtual time (a Poisson process), sent over real HTTP to its
 * public endpoint, one after the other. Virtual time stands still while a request is served.
 */
export class Traffic {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #plan: TrafficPlan;
  readonly #url: string;
  readonly #influence: Influence | undefined;
  readonly #sent: SentRequest[] = [];
  readonly #shares: number;
  #isOpen = true;

  /**
   * @param random Decides when a request is sent, and which.
   * @param url URL of the public endpoint, without a path.
   * @param influence What changes the traffic. Without it the plan is followed, and nothing affects requests.
   */
  constructor(clock: VirtualClock, random: Random, plan: TrafficPlan, url: string, influence?: Influence) {
    this.#clock = clock;
    this.#random = random;
    this.#plan = plan;
    this.#url = url;
    this.#influence = influence;
    this.#shares = plan.requests.reduce((sum, { share }) => sum + share, 0);
    void clock.spawn(() => this.#flow(), { daemon: true });
  }

  /**
   * @param from Milliseconds since the epoch, included.
   * @param to Milliseconds since the epoch, excluded.
   */
  tally(from: number, to: number): Tally {
    const sent = this.#between(from, to);
    const failed = sent.filter((request) => request.failed).length;
    return { served: sent.length - failed, failed };
  }

  /**
   * @param from Milliseconds since the epoch, included.
   * @param to Milliseconds since the epoch, excluded.
   */
  exposure(from: number, to: number): Exposure {
    const sent = this.#between(from, to);
    const isWrong = ({ failed, effect }: SentRequest) => failed || effect?.type === 'loses-content';
    const first = sent.find((request) => isWrong(request) || request.effect);
    return {
      requests: sent.length,
      wrong: sent.filter(isWrong).length,
      met: sent.filter(({ effect }) => effect).length,
      ...(first && { firstAt: new Date(first.at).toISOString() }),
    };
  }

  /** Ends the traffic. A request that is being served is still counted. */
  close(): void {
    this.#isOpen = false;
    this.#agent.destroy();
  }

  #between(from: number, to: number): readonly SentRequest[] {
    return this.#sent.filter(({ at }) => at >= from && at < to);
  }

  async #flow(): Promise<void> {
    while (this.#isOpen) {
      const pace = this.#pace();
      await this.#clock.sleep(untilNextRequest(pace, this.#random));
      if (!this.#isOpen) return;
      if (pace === 0 || this.#pace() === 0) continue;
      const at = this.#clock.now();
      const { status, requestId } = await this.#send(this.#choose());
      const effect = requestId === undefined ? undefined : this.#influence?.met(requestId);
      this.#sent.push({ at, failed: status === undefined || status >= 500, effect });
    }
  }

  /** @returns Requests per second now. */
  #pace(): number {
    const { requestsPerSecond } = this.#plan;
    return this.#influence?.pace(requestsPerSecond) ?? requestsPerSecond;
  }

  #choose(): PlannedRequest {
    let rest = this.#random.next() * this.#shares;
    for (const planned of this.#plan.requests) {
      rest -= planned.share;
      if (rest < 0) return planned;
    }
    return this.#plan.requests.at(-1)!;
  }

  #send({ method, path, headers, body }: PlannedRequest): Promise<ReceivedResponse> {
    return new Promise((resolve) => {
      const message = request(`${this.#url}${path}`, { method, headers, agent: this.#agent }, (response) => {
        response.resume();
        const requestId = response.headers['apigw-requestid']?.toString();
        response.on('end', () => resolve({ status: response.statusCode, requestId }));
        response.on('error', () => resolve({ status: undefined, requestId }));
      });
      message.on('error', () => resolve({ status: undefined, requestId: undefined }));
      message.end(body);
    });
  }
}

/** What is known of a response. */
interface ReceivedResponse {
  /** HTTP status, undefined without a response. */
  readonly status: number | undefined;
  /** Id that the API gave the request, undefined without one. */
  readonly requestId: string | undefined;
}
