import { Agent, request } from 'node:http';
import type { VirtualClock } from '../../embedded-aws/clock';
import type { Effect } from '../../embedded-aws/lambda/effect';
import type { Random } from '../../embedded-aws/random';
import { readTrafficPlan, type TrafficPlan, trafficPlanSchema } from '../../preflight/traffic-plan';

/** The most requests per second that a rehearsal can send, one after the other, in a reasonable time. */
const MOST_REQUESTS_PER_SECOND = 1_000;

/** The schema of a `traffic.json` that can be rehearsed, which needs at least one request to send. */
const rehearsedTraffic = trafficPlanSchema.extend({
  requestsPerSecond: trafficPlanSchema.shape.requestsPerSecond.max(MOST_REQUESTS_PER_SECOND),
  requests: trafficPlanSchema.shape.requests.unwrap().min(1),
});

/** @throws Error with every mistake in the file. */
export function readRehearsedTraffic(file: string): TrafficPlan {
  return readTrafficPlan(file, rehearsedTraffic);
}

/** Number of requests in a period, as the client sees their responses. */
export interface Tally {
  readonly served: number;
  /** Requests with a status of 500 or more, or without a response. */
  readonly failed: number;
}

/** Effect of a fault on the requests in a period. */
export interface Exposure {
  readonly requests: number;
  /**
   * Requests served wrongly: those with a status of 500 or more, without a response, or with a body that a fault
   * changed.
   */
  readonly wrong: number;
  /** Requests that the fault affected in any way, also those that were only slower. */
  readonly met: number;
  /**
   * The first request that was served wrongly or affected, in ISO 8601.
   *
   * @default - there was none
   */
  readonly firstAt?: string;
}

/** Changes the rate of requests, and knows their effects. */
interface Influence {
  /**
   * @param declared Requests per second that the plan declares.
   * @returns Requests per second, now. 0 for none.
   */
  pace(declared: number): number;
  /**
   * @param requestId The API's id of the request.
   * @returns The effect on the request. Undefined when there was none.
   */
  met(requestId: string): Effect | undefined;
}

/** Virtual milliseconds until the rate is read again while it is 0. */
const AWAY = 1_000;

/**
 * Draws when the next request of a Poisson process comes.
 *
 * @param pace Requests a second.
 * @returns Virtual milliseconds until then; without traffic, until the pace is to be looked at again, which draws nothing.
 */
export function untilNextRequest(pace: number, random: Random): number {
  return pace === 0 ? AWAY : (-Math.log(1 - random.next()) / pace) * 1_000;
}

interface Sent {
  readonly at: number;
  readonly failed: boolean;
  readonly effect: Effect | undefined;
}

/**
 * The traffic of a service: requests at random instants of virtual time (a Poisson process), sent over real HTTP to its
 * public API, one after the other. Virtual time stands still while a request is served.
 */
export class Traffic {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #sent: Sent[] = [];
  readonly #shares: number;
  #open = true;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #plan: TrafficPlan;
  readonly #url: string;
  readonly #influence: Influence | undefined;

  /**
   * @param url URL of the public API, without a path.
   * @param random Determines when a request is sent, and which.
   * @param influence Without it, the plan is followed and requests have no effects.
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
   * @param from Milliseconds since the epoch.
   * @param to Milliseconds since the epoch, exclusive.
   */
  tally(from: number, to: number): Tally {
    const sent = this.#sent.filter(({ at }) => at >= from && at < to);
    const failed = sent.filter((each) => each.failed).length;
    return { served: sent.length - failed, failed };
  }

  /**
   * @param from Milliseconds since the epoch.
   * @param to Milliseconds since the epoch, exclusive.
   */
  exposure(from: number, to: number): Exposure {
    const sent = this.#sent.filter(({ at }) => at >= from && at < to);
    const isWrong = ({ failed, effect }: Sent) => failed || effect?.type === 'loses-content';
    const first = sent.find((each) => isWrong(each) || each.effect);
    return {
      requests: sent.length,
      wrong: sent.filter(isWrong).length,
      met: sent.filter(({ effect }) => effect).length,
      ...(first && { firstAt: new Date(first.at).toISOString() }),
    };
  }

  /** Ends the traffic. A request in progress is still counted. */
  close(): void {
    this.#open = false;
    this.#agent.destroy();
  }

  async #flow(): Promise<void> {
    while (this.#open) {
      const pace = this.#pace();
      await this.#clock.sleep(untilNextRequest(pace, this.#random));
      if (!this.#open) return;
      if (pace === 0 || this.#pace() === 0) continue;
      const at = this.#clock.now();
      const { status, requestId } = await this.#send(this.#choose());
      const effect = requestId === undefined ? undefined : this.#influence?.met(requestId);
      this.#sent.push({ at, failed: status === undefined || status >= 500, effect });
    }
  }

  /** @returns Requests per second, now. */
  #pace(): number {
    const { requestsPerSecond } = this.#plan;
    return this.#influence?.pace(requestsPerSecond) ?? requestsPerSecond;
  }

  #choose(): TrafficPlan['requests'][number] {
    let rest = this.#random.next() * this.#shares;
    for (const each of this.#plan.requests) {
      rest -= each.share;
      if (rest < 0) return each;
    }
    return this.#plan.requests.at(-1)!;
  }

  /** @returns Status of the response and the API's request id, both undefined without a response. */
  #send({ method, path, headers, body }: TrafficPlan['requests'][number]): Promise<TrafficResponse> {
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

interface TrafficResponse {
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}
