import type { PipelineConfig } from './pipeline-config';

/** An e-mail address that gets notifications about releases. */
export interface Subscriber {
  readonly address: string;
  /**
   * Names of the environments whose notifications are sent.
   *
   * @default - all notifications, those about the pipeline too
   */
  readonly environments?: readonly string[];
}

/** @returns One subscriber per address: SNS refuses to subscribe an address twice with different filters. */
export function subscribers({ notify = [], environments }: PipelineConfig): Subscriber[] {
  const byAddress = new Map<string, { address: string; environments: string[] }>();
  for (const { name, notify: addresses = [] } of environments) {
    for (const address of addresses) {
      const known = byAddress.get(address.toLowerCase());
      if (known) known.environments.push(name);
      else byAddress.set(address.toLowerCase(), { address, environments: [name] });
    }
  }
  return [...notify.map((address) => ({ address })), ...byAddress.values()];
}
