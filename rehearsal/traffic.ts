import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { z } from 'zod';
import type { VirtualClock } from './clock';
import type { Random } from './random';

const Plan = z.strictObject({
  /** mean of a Poisson process */
  requestsPerSecond: z.number().positive().max(1_000),
  requests: z
    .array(
      z.strictObject({
        /** of all requests, relative to the other shares */
        share: z.number().positive(),
        method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
        path: z.string().startsWith('/'),
        headers: z.record(z.string(), z.string()).default({}),
        body: z.string().optional(),
      }),
    )
    .min(1),
});

/** What a service's real traffic looks like, as its `traffic.json` declares it. */
export type TrafficPlan = z.infer<typeof Plan>;

/** @throws Error that names every mistake in the file */
export function readTrafficPlan(file: string): TrafficPlan {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`cannot read the traffic to rehearse with: ${(cause as Error).message}`, { cause });
  }
  const plan = Plan.safeParse(content);
  if (!plan.success) throw new Error(`'${file}' does not describe traffic:\n${z.prettifyError(plan.error)}`);
  return plan.data;
}

/** Requests of a stretch of time, as those who sent them saw them. */
export interface Tally {
  readonly served: number;
  /** answered with a status of 500 or more, or not answered */
  readonly failed: number;
}

/**
 * People who use a service: requests at random instants of virtual time, sent over real HTTP to its public front door,
 * one after the other (virtual time stands still while one is served).
 */
export class Traffic {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #answers: { readonly at: number; readonly failed: boolean }[] = [];
  readonly #shares: number;
  #open = true;

  /**
   * @param url of the front door, without a path
   * @param random decides when a request comes and which
   */
  constructor(
    private readonly clock: VirtualClock,
    private readonly random: Random,
    private readonly plan: TrafficPlan,
    private readonly url: string,
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

  /** Ends the traffic; what is under way is still counted. */
  close(): void {
    this.#open = false;
    this.#agent.destroy();
  }

  async #flow(): Promise<void> {
    while (this.#open) {
      await this.clock.sleep((-Math.log(1 - this.random.next()) / this.plan.requestsPerSecond) * 1_000);
      if (!this.#open) return;
      const at = this.clock.now();
      const status = await this.#send(this.#choose());
      this.#answers.push({ at, failed: status === undefined || status >= 500 });
    }
  }

  #choose(): TrafficPlan['requests'][number] {
    let rest = this.random.next() * this.#shares;
    for (const each of this.plan.requests) {
      rest -= each.share;
      if (rest < 0) return each;
    }
    return this.plan.requests.at(-1)!;
  }

  /** @returns the answer's HTTP status, or undefined when there was none */
  #send({ method, path, headers, body }: TrafficPlan['requests'][number]): Promise<number | undefined> {
    return new Promise((resolve) => {
      const message = request(`${this.url}${path}`, { method, headers, agent: this.#agent }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
        response.on('error', () => resolve(undefined));
      });
      message.on('error', () => resolve(undefined));
      message.end(body);
    });
  }
}
