import { Agent, request } from 'node:http';
import type { VirtualClock } from '../../embedded-aws/clock';
import type { Effect } from '../../embedded-aws/lambda/effect';
import type { Random } from '../../embedded-aws/random';
import { readTrafficPlan, type TrafficPlan, trafficPlanSchema } from '../../preflight/traffic-plan';

/** The most requests per second that a rehearsal can send, one after the other, in a reasonable time. */
const MOST_REQUESTS_PER_SECOND = 1_000;

/** What a rehearsal needs of a `traffic.json`: at least one request to send. */
const rehearsedTraffic = trafficPlanSchema.extend({
  requestsPerSecond: trafficPlanSchema.shape.requestsPerSecond.max(MOST_REQUESTS_PER_SECOND),
  requests: trafficPlanSchema.shape.requests.unwrap().min(1),
});

/** @throws Error with every mistake in the file. */
export function readRehearsedTraffic(file: string): TrafficPlan {
  return readTrafficPlan(file, rehearsedTraffic);
}

/** Requests of a stretch of time, as those who sent them saw them. */
export interface Tally {
  readonly served: number;
  /** answered with a status of 500 or more, or not answered */
  readonly failed: number;
}

/** What a fault did to requests of a stretch of time. */
export interface Exposure {
  readonly requests: number;
  /**
   * those wrongly served: answered with a status of 500 or more, or not answered, or with a body that a fault is known to
   * have changed
   */
  readonly wrong: number;
  /** those that the fault befell, whatever came of it: also those that only became slow */
  readonly met: number;
  /** the first request that was wrongly served or met the fault, ISO 8601, @default there was none */
  readonly firstAt?: string;
}

/** What traffic is subject to. */
export interface Influence {
  /** @param declared requests a second @returns requests a second, now; 0 when nobody comes */
  pace(declared: number): number;
  /** @param requestId as the API gave it @returns what befell that request, undefined when nothing did */
  met(requestId: string): Effect | undefined;
}

/** Virtual milliseconds after which those who stay away look again. */
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
 * People who use a service: requests at random instants of virtual time, sent over real HTTP to its public front door,
 * one after the other (virtual time stands still while one is served).
 */
export class Traffic {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #answers: Sent[] = [];
  readonly #shares: number;
  #open = true;

  /**
   * @param url of the front door, without a path
   * @param random decides when a request comes and which
   * @param influence @default none: the plan is followed, and nothing befalls requests
   */
  constructor(
    private readonly clock: VirtualClock,
    private readonly random: Random,
    private readonly plan: TrafficPlan,
    private readonly url: string,
    private readonly influence?: Influence,
  ) {
    this.#shares = plan.requests.reduce((sum, { share }) => sum + share, 0);
    void clock.spawn(() => this.#flow(), { daemon: true });
  }

  /** @returns what was sent from one instant to just before another, in milliseconds since the epoch */
  tally(from: number, to: number): Tally {
    const sent = this.#answers.filter(({ at }) => at >= from && at < to);
    const failed = sent.filter((answer) => answer.failed).length;
    return { served: sent.length - failed, failed };
  }

  /** @returns as {@link tally}, what was sent and came to harm */
  exposure(from: number, to: number): Exposure {
    const sent = this.#answers.filter(({ at }) => at >= from && at < to);
    const isWrong = ({ failed, effect }: Sent) => failed || effect?.type === 'loses-content';
    const first = sent.find((each) => isWrong(each) || each.effect);
    return {
      requests: sent.length,
      wrong: sent.filter(isWrong).length,
      met: sent.filter(({ effect }) => effect).length,
      ...(first && { firstAt: new Date(first.at).toISOString() }),
    };
  }

  /** Ends the traffic; what is under way is still counted. */
  close(): void {
    this.#open = false;
    this.#agent.destroy();
  }

  async #flow(): Promise<void> {
    while (this.#open) {
      const pace = this.#pace();
      await this.clock.sleep(untilNextRequest(pace, this.random));
      if (!this.#open) return;
      if (pace === 0 || this.#pace() === 0) continue;
      const at = this.clock.now();
      const { status, requestId } = await this.#send(this.#choose());
      const effect = requestId === undefined ? undefined : this.influence?.met(requestId);
      this.#answers.push({ at, failed: status === undefined || status >= 500, effect });
    }
  }

  /** @returns requests a second, now */
  #pace(): number {
    const { requestsPerSecond } = this.plan;
    return this.influence?.pace(requestsPerSecond) ?? requestsPerSecond;
  }

  #choose(): TrafficPlan['requests'][number] {
    let rest = this.random.next() * this.#shares;
    for (const each of this.plan.requests) {
      rest -= each.share;
      if (rest < 0) return each;
    }
    return this.plan.requests.at(-1)!;
  }

  /** @returns the answer's HTTP status and the id that the API gave the request, both undefined when there was none */
  #send({ method, path, headers, body }: TrafficPlan['requests'][number]): Promise<Answer> {
    return new Promise((resolve) => {
      const message = request(`${this.url}${path}`, { method, headers, agent: this.#agent }, (response) => {
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

interface Answer {
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}
