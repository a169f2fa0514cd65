import type { ReleaseClients } from '../aws/clients';
import type { Ledger } from '../ledger/ledger';
import { readEnvironments, type WatchedEnvironment } from './watched-environments';

/** An environment with the clients and the ledger to read it. */
export interface EnvironmentLocation {
  readonly environment: WatchedEnvironment;
  readonly clients: ReleaseClients;
  readonly ledger: Ledger;
}

export interface NotifierSettings {
  /** ARN of the SNS topic to which people subscribe. */
  readonly topicArn: string;
  readonly pipeline: string;
  readonly environments: readonly WatchedEnvironment[];
}

/**
 * @param variables As `process.env`: TOPIC_ARN, PIPELINE_NAME and ENVIRONMENTS, which {@link
 * readEnvironments} reads.
 * @throws TypeError when variables are missing or not valid; its message names every problem.
 */
export function readSettings(variables: Readonly<Record<string, string | undefined>>): NotifierSettings {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = variables[name];
    if (!value) problems.push(`${name} is not set`);
    return value ?? '';
  };
  const topicArn = text('TOPIC_ARN');
  const pipeline = text('PIPELINE_NAME');
  const environments = readEnvironments(text('ENVIRONMENTS'), problems);
  if (problems.length > 0) {
    throw new TypeError(
      `the notifier's environment variables are not valid: ${problems.join('; ')}; the pipeline's stack sets them, so deploy it again`,
    );
  }
  return { topicArn, pipeline, environments };
}
