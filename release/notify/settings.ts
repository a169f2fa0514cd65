import type { ReleaseClients } from '../aws/clients';
import type { Ledger } from '../ledger/ledger';

/** An environment, and how to read it. */
export interface WatchedEnvironment {
  /** Also the name of its stage in the pipeline. */
  readonly name: string;
  /** Name of the service's stack. */
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  /** ARN of the role that may read the environment and write to its ledger. */
  readonly role: string;
}

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

const ENVIRONMENTS_FORM = '[{"name","stack","account","region","role"}, …]';

/**
 * @param variables As `process.env`: TOPIC_ARN, PIPELINE_NAME and ENVIRONMENTS, a JSON list of {@link
 * WatchedEnvironment}.
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

/** @param problems Every problem with the list is added here. */
export function readEnvironments(json: string, problems: string[]): WatchedEnvironment[] {
  if (!json) return [];
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch (error) {
    problems.push(`ENVIRONMENTS is not JSON (${(error as Error).message}), it must be ${ENVIRONMENTS_FORM}`);
    return [];
  }
  if (!Array.isArray(list) || list.length === 0) {
    problems.push(`ENVIRONMENTS is ${JSON.stringify(list)}, it must be ${ENVIRONMENTS_FORM}`);
    return [];
  }
  return list.map((item: unknown, index): WatchedEnvironment => {
    const text = (name: keyof WatchedEnvironment): string => {
      const value = (item as Readonly<Record<string, unknown>> | null)?.[name];
      if (typeof value === 'string' && value !== '') return value;
      problems.push(
        `ENVIRONMENTS[${index}].${name} is ${JSON.stringify(value) ?? 'missing'}, it must be a non-empty string`,
      );
      return '';
    };
    return {
      name: text('name'),
      stack: text('stack'),
      account: text('account'),
      region: text('region'),
      role: text('role'),
    };
  });
}
