import type { PipelineConfig } from './pipeline-config';

/** Someone who is told of releases by e-mail. */
export interface Subscriber {
  readonly address: string;
  /** Those whose messages are sent. @default - every message, the pipeline's own too */
  readonly environments?: readonly string[];
}

/** One for each address: SNS refuses to subscribe the same one twice with different filters. */
export function subscribers({ notify = [], environments }: PipelineConfig): Subscriber[] {
  const ofEnvironments = new Map<string, { address: string; environments: string[] }>();
  for (const { name, notify: addresses = [] } of environments) {
    for (const address of addresses) {
      const known = ofEnvironments.get(address.toLowerCase());
      if (known) known.environments.push(name);
      else ofEnvironments.set(address.toLowerCase(), { address, environments: [name] });
    }
  }
  return [...notify.map((address) => ({ address })), ...ofEnvironments.values()];
}
