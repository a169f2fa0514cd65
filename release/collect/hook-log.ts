import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type DeploymentInfo, GetApplicationRevisionCommand } from '@aws-sdk/client-codedeploy';
import type { ReleaseClients } from '../aws/clients';
import type { MetricWindow } from './metrics';

/** How much of a hook's log is shown: lines, and characters of each. */
const LINES_LIMIT = 5;
const LINE_LIMIT = 600;

/** Log group that Lambda uses for a function that names no other. Source: Lambda developer guide. */
export function logGroupOf(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/**
 * What a function logged in a period. Pages that were read are kept, because a log can have more pages than a read has
 * calls.
 */
export class FunctionLog {
  readonly #functionName: string;
  readonly #window: MetricWindow;
  #lines: string[] = [];
  #token: string | undefined;

  constructor(functionName: string, window: MetricWindow) {
    this.#functionName = functionName;
    this.#window = window;
  }

  /** @returns Every line, oldest first. After Postponed, reading continues where it stopped. */
  async read({ logs }: ReleaseClients): Promise<string[]> {
    const { from, to } = this.#window;
    do {
      const { events = [], nextToken } = await logs.send(
        new FilterLogEventsCommand({
          logGroupName: logGroupOf(this.#functionName),
          startTime: from.getTime(),
          endTime: to.getTime(),
          nextToken: this.#token,
        }),
      );
      this.#lines.push(...events.map(({ message = '' }) => message.trimEnd()));
      this.#token = nextToken;
    } while (this.#token);
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  /** Whether it is the log of the same period, so that what was read of it is still valid. */
  isOf({ from, to }: MetricWindow): boolean {
    return from.getTime() === this.#window.from.getTime() && to.getTime() === this.#window.to.getTime();
  }
}

/**
 * @returns The function that CodeDeploy runs at a lifecycle event, from the AppSpec, which GetDeployment does not
 * return.
 */
export async function readHookName(
  { codeDeploy }: ReleaseClients,
  { applicationName, revision: known }: DeploymentInfo,
  lifecycleEvent: string,
): Promise<string | undefined> {
  const { revision } = await codeDeploy.send(new GetApplicationRevisionCommand({ applicationName, revision: known }));
  const content = revision?.string?.content ?? revision?.appSpecContent?.content ?? '';
  if (!content.trimStart().startsWith('{')) return undefined; // CloudFormation writes JSON; YAML comes from another tool.
  const hooks: unknown = JSON.parse(content).Hooks;
  const named = [hooks].flat().find((hook) => hook && lifecycleEvent in (hook as object));
  const name = (named as Record<string, string> | undefined)?.[lifecycleEvent];
  return name?.split(':function:').at(-1)?.split(':')[0];
}

/**
 * What a hook logged about its failure. A hook may check several deployments at once: lines of the others are left out.
 *
 * @returns The last lines that report an error, each shortened.
 */
export function hookReasons(lines: readonly string[], deploymentId: string): string[] {
  const records = lines.map((line) => ({ line, record: recordIn(line) }));
  const own = records.filter(({ record }) => record?.deploymentId === deploymentId && isError(record));
  if (own.length > 0) return own.slice(-LINES_LIMIT).map(({ line, record }) => shorten(describe(record!) ?? line));
  return records
    .filter(({ line, record }) => {
      const other = typeof record?.deploymentId === 'string' && record.deploymentId !== deploymentId;
      return !other && (record?.level === undefined ? LOOKS_LIKE_ERROR.test(line) : isError(record));
    })
    .slice(-LINES_LIMIT)
    .map(({ line, record }) => shorten((record && describe(record)) ?? line.replaceAll('\t', ' ')));
}

type LogRecord = Readonly<Record<string, unknown>>;

const LOOKS_LIKE_ERROR = /\b(error|exception|fail(ed|ure)?|timed? ?out|denied|cannot|could not|Status: timeout)\b/i;

/** The JSON in a line: alone, after the prefix of Node's text format, or in the `message` of Lambda's JSON format. */
function recordIn(line: string): LogRecord | undefined {
  const record = parsed(line.slice(Math.max(0, line.indexOf('{'))));
  const inner = record && (typeof record.message === 'string' ? parsed(record.message) : record.message);
  return inner && typeof inner === 'object' ? { ...record, ...inner } : record;
}

function parsed(text: string): LogRecord | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A line that contains a brace but is not JSON is used as it is.
  }
}

function isError({ level }: LogRecord): boolean {
  return /^(error|fatal|critical)$/i.test(String(level));
}

/** @returns A record as text; undefined when it has no known field. */
function describe({ message, check, expected, received, errorMessage, error }: LogRecord): string | undefined {
  if (check !== undefined) return `${check}: expected ${text(expected)}, received ${text(received)}`;
  const parts = [message, received ?? errorMessage ?? error].filter((part) => part !== undefined).map(text);
  return parts.length > 0 ? parts.join(': ') : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

function shorten(line: string): string {
  const single = line.replaceAll(/\s*\n\s*/g, ' ⏎ ');
  const over = single.length - LINE_LIMIT;
  return over > 0 ? `${single.slice(0, LINE_LIMIT)}… (${over} more characters)` : single;
}
