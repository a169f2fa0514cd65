import type { ReleaseClients } from '../aws/clients';

/** Says that a call has to wait for the next look. */
export class Postponed extends Error {
  override readonly name = 'Postponed';
}

/** The calls to AWS that one look may make. */
export class Allowance {
  #most = Number.POSITIVE_INFINITY;
  #spent = 0;
  #held = 0;

  get isLimited(): boolean {
    return Number.isFinite(this.#most);
  }

  /** Begins a look. @param most calls in it */
  renew(most: number): void {
    this.#spent = 0;
    this.#held = 0;
    this.#most = most;
  }

  /** Lets the look that has begun make more calls, or fewer: there is more to read than was known. */
  allow(most: number): void {
    this.#most = most;
  }

  /** Keeps calls back for what comes last in a look. @param calls none lets go of them */
  hold(calls: number): void {
    this.#held = calls;
  }

  /** @throws Postponed */
  spend(): void {
    if (this.#spent + this.#held >= this.#most) throw new Postponed('all calls of this look are made');
    this.#spent += 1;
  }
}

/** @returns the same clients, but every call is one of the allowance's; what is beyond it is not made and throws Postponed */
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
