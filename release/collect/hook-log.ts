import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type DeploymentInfo, GetApplicationRevisionCommand } from '@aws-sdk/client-codedeploy';
import type { ReleaseClients } from '../aws/clients';
import type { Window } from './metrics';

/** What is shown of a hook's log: so many lines, and so much of each. */
const MOST_LINES = 5;
const MOST_CHARACTERS = 600;

/** Where Lambda writes the log of a function that names no other group. Source: Lambda developer guide. */
export function logGroupOf(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/** What a function logged in a window. Pages that were read are kept, for a log can have more of them than a look has calls. */
export class FunctionLog {
  #lines: string[] = [];
  #token: string | undefined;

  constructor(
    private readonly functionName: string,
    private readonly window: Window,
  ) {}

  /** @returns every line, oldest first, from the first page on or, after Postponed, from where that left off */
  async read({ logs }: ReleaseClients): Promise<string[]> {
    const { from, to } = this.window;
    do {
      const { events = [], nextToken } = await logs.send(
        new FilterLogEventsCommand({
          logGroupName: logGroupOf(this.functionName),
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

  /** Whether it is the log of the same window, so that what was read of it counts. */
  isOf({ from, to }: Window): boolean {
    return from.getTime() === this.window.from.getTime() && to.getTime() === this.window.to.getTime();
  }
}

/** @returns the function that CodeDeploy runs at a lifecycle event, by the AppSpec, which GetDeployment does not show */
export async function readHookName(
  { codeDeploy }: ReleaseClients,
  { applicationName, revision: known }: DeploymentInfo,
  lifecycleEvent: string,
): Promise<string | undefined> {
  const { revision } = await codeDeploy.send(new GetApplicationRevisionCommand({ applicationName, revision: known }));
  const content = revision?.string?.content ?? revision?.appSpecContent?.content ?? '';
  if (!content.trimStart().startsWith('{')) return undefined; // CloudFormation writes JSON; YAML is somebody else's
  const hooks: unknown = JSON.parse(content).Hooks;
  const named = [hooks].flat().find((hook) => hook && lifecycleEvent in (hook as object));
  const name = (named as Record<string, string> | undefined)?.[lifecycleEvent];
  return name?.split(':function:').at(-1)?.split(':')[0];
}

/**
 * What a hook said about its failure. A hook may guard many deployments at once: lines of the others are left out.
 *
 * @returns the last few lines that tell of an error, each shortened
 */
export function hookReasons(lines: readonly string[], deploymentId: string): string[] {
  const records = lines.map((line) => ({ line, record: recordIn(line) }));
  const own = records.filter(({ record }) => record?.deploymentId === deploymentId && isError(record));
  if (own.length > 0) return own.slice(-MOST_LINES).map(({ line, record }) => shorten(sentence(record!) ?? line));
  return records
    .filter(({ line, record }) => {
      const other = typeof record?.deploymentId === 'string' && record.deploymentId !== deploymentId;
      return !other && (record?.level === undefined ? looksLikeError.test(line) : isError(record));
    })
    .slice(-MOST_LINES)
    .map(({ line, record }) => shorten((record && sentence(record)) ?? line.replaceAll('\t', ' ')));
}

type LogRecord = Readonly<Record<string, unknown>>;

const looksLikeError = /\b(error|exception|fail(ed|ure)?|timed? ?out|denied|cannot|could not|Status: timeout)\b/i;

/** A line's JSON: alone, after the prefix of Node's text format, or in the `message` of Lambda's JSON format. */
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
    return undefined; // a line with a brace that is no JSON is read as it stands
  }
}

function isError({ level }: LogRecord): boolean {
  return /^(error|fatal|critical)$/i.test(String(level));
}

/** @returns a record in words, undefined when it has none */
function sentence({ message, check, expected, received, errorMessage, error }: LogRecord): string | undefined {
  if (check !== undefined) return `${check}: expected ${text(expected)}, received ${text(received)}`;
  const said = [message, received ?? errorMessage ?? error].filter((part) => part !== undefined).map(text);
  return said.length > 0 ? said.join(': ') : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

function shorten(line: string): string {
  const one = line.replaceAll(/\s*\n\s*/g, ' ⏎ ');
  const over = one.length - MOST_CHARACTERS;
  return over > 0 ? `${one.slice(0, MOST_CHARACTERS)}… (${over} characters more)` : one;
}
