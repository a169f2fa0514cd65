/** A place where a packaged service is not as the pipeline needs it. */
export interface ContractBreach {
  /** `error`: AWS refuses the release, or the release is not what was configured. `warning`: it may. */
  readonly severity: 'error' | 'warning';
  /** Place in serverless.yml, in cdk.json, or in the packaged template (`Resources.…`). */
  readonly path: string;
  /** Value found there. @default - nothing is there */
  readonly value?: string | undefined;
  /** What is wrong, and what it leads to. */
  readonly problem: string;
  /** What to write. */
  readonly remedy: string;
}

/** The breaches of one environment's package. */
export interface EnvironmentBreaches {
  readonly environment: string;
  readonly breaches: readonly ContractBreach[];
}

/** @returns The breaches as text, each with path, value and remedy. Breaches that several environments share are shown once. */
export function renderBreaches(found: readonly EnvironmentBreaches[]): string {
  const shown = new Map<string, { readonly breach: ContractBreach; readonly environments: string[] }>();
  for (const { environment, breaches } of found) {
    for (const breach of breaches) {
      const key = JSON.stringify(breach);
      const known = shown.get(key);
      if (known) known.environments.push(environment);
      else shown.set(key, { breach, environments: [environment] });
    }
  }
  return [...shown.values()].map(({ breach, environments }) => renderBreach(breach, environments)).join('\n\n');
}

const SYMBOLS = { error: '✖ error', warning: '⚠ warning' } as const;

function renderBreach(
  { severity, path, value, problem, remedy }: ContractBreach,
  environments: readonly string[],
): string {
  return [
    `${SYMBOLS[severity]} ${path} (${environments.join(', ')})`,
    `  received: ${value ?? 'nothing'}`,
    `  problem:  ${problem}`,
    `  remedy:   ${remedy}`,
  ].join('\n');
}
