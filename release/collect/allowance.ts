import type { ReleaseClients } from '../aws/clients';

/** Thrown in place of a call that has to wait for the next read because the limit is reached. */
export class Postponed extends Error {
  override readonly name = 'Postponed';
}

/** Limits the calls to AWS that one read of a release may make. */
export class Allowance {
  #limit = Number.POSITIVE_INFINITY;
  #spent = 0;
  #held = 0;

  get isLimited(): boolean {
    return Number.isFinite(this.#limit);
  }

  /**
   * Starts counting for a new read.
   *
   * @param limit Calls that the read may make.
   */
  renew(limit: number): void {
    this.#spent = 0;
    this.#held = 0;
    this.#limit = limit;
  }

  /** Changes the limit of the current read, when it turns out how much there is to read. */
  allow(limit: number): void {
    this.#limit = limit;
  }

  /**
   * Reserves calls for what is read last.
   *
   * @param calls Replaces the former reservation.
   */
  hold(calls: number): void {
    this.#held = calls;
  }

  /** @throws Postponed when the limit is reached. */
  spend(): void {
    if (this.#spent + this.#held >= this.#limit) throw new Postponed('the call limit of this read is reached');
    this.#spent += 1;
  }
}

/** @returns The same clients with every call counted; calls beyond the limit throw Postponed and are not made. */
export function metered(clients: ReleaseClients, allowance: Allowance): ReleaseClients {
  const meter = <C extends { send: (...args: never[]) => unknown }>(client: C): C =>
    new Proxy(client, {
      get(real, key) {
        if (key !== 'send') return Reflect.get(real, key);
        return (...args: Parameters<C['send']>) => {
          allowance.spend();
          return real.send(...args);
        };
      },
    });
  return {
    ...clients,
    cloudFormation: meter(clients.cloudFormation),
    codeDeploy: meter(clients.codeDeploy),
    lambda: meter(clients.lambda),
    cloudWatch: meter(clients.cloudWatch),
    logs: meter(clients.logs),
  };
}
