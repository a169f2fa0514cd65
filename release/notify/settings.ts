import type { ReleaseClients } from '../aws/clients';
import type { Ledger } from '../ledger/ledger';

/** An environment, and how to look at it. */
export interface WatchedEnvironment {
  /** also the name of its stage in the pipeline */
  readonly name: string;
  /** the service's stack */
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  /** ARN of the role that may read there and write in the ledger */
  readonly role: string;
}

/** An environment with what it takes to look at it. */
export interface Place {
  readonly environment: WatchedEnvironment;
  readonly clients: ReleaseClients;
  readonly ledger: Ledger;
}

export interface NotifierSettings {
  /** ARN of the SNS topic that people subscribe to */
  readonly topicArn: string;
  readonly pipeline: string;
  readonly environments: readonly WatchedEnvironment[];
}

const form = '[{"name","stack","account","region","role"}, …]';

/**
 * @param variables as `process.env`: TOPIC_ARN, PIPELINE_NAME and ENVIRONMENTS, JSON of {@link WatchedEnvironment}s
 * @throws TypeError naming every mistake
 */
export function readSettings(variables: Readonly<Record<string, string | undefined>>): NotifierSettings {
  const wrong: string[] = [];
  const text = (name: string): string => {
    const value = variables[name];
    if (!value) wrong.push(`${name} is not set`);
    return value ?? '';
  };
  const topicArn = text('TOPIC_ARN');
  const pipeline = text('PIPELINE_NAME');
  const environments = readEnvironments(text('ENVIRONMENTS'), wrong);
  if (wrong.length > 0) {
    throw new TypeError(
      `the notifier's environment variables are wrong: ${wrong.join('; ')}; the pipeline's stack sets them, so deploy it again`,
    );
  }
  return { topicArn, pipeline, environments };
}

export function readEnvironments(json: string, wrong: string[]): WatchedEnvironment[] {
  if (!json) return [];
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch (error) {
    wrong.push(`ENVIRONMENTS is no JSON (${(error as Error).message}), it must be ${form}`);
    return [];
  }
  if (!Array.isArray(list) || list.length === 0) {
    wrong.push(`ENVIRONMENTS is ${JSON.stringify(list)}, it must be ${form}`);
    return [];
  }
  return list.map((each: unknown, index): WatchedEnvironment => {
    const text = (name: keyof WatchedEnvironment): string => {
      const value = (each as Readonly<Record<string, unknown>> | null)?.[name];
      if (typeof value === 'string' && value !== '') return value;
      wrong.push(`ENVIRONMENTS[${index}].${name} is ${JSON.stringify(value) ?? 'missing'}, it must be a text`);
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
