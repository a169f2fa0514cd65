import { describeAnswer, describeExpected, type HttpAnswer, meets } from './answer';
import { type Failure, isRepeatable, type RouteCheck } from './checks';
import type { Call } from './examination';
import { requestOf } from './request';
import { failingAlike } from './verdicts/call';

/** Asked once more, twice at most: errors that every version has now and then stop no release. */
const ATTEMPTS = 3;
const MOST_FAILURES = 1;

export interface EndpointProps {
  readonly checks: readonly RouteCheck[];
  /** asks the public endpoint; a rejection is a failure of the check */
  readonly request: (check: RouteCheck) => Promise<HttpAnswer>;
  /**
   * asks one version past the API, as of what fails both are asked
   *
   * @default - there is no version that served before
   */
  readonly ask?: (check: RouteCheck, version: 'new' | 'baseline') => Promise<Call>;
  /** is told what is worth a line in the log and no failure; @default nobody is */
  readonly note?: (message: string) => void;
}

/**
 * Asks every check, also after one has failed. What may be repeated fails by two failures of three, and not if the version
 * that served before fails too: something that both need is down.
 */
export async function askEndpoint(props: EndpointProps): Promise<readonly Failure[]> {
  const { checks, request, ask, note = () => {} } = props;
  const failures: Failure[] = [];
  /** what was received where both versions fail: by that, one that may not be asked of the other is known */
  const excused = new Set<string>();
  for (const check of checks) {
    const received: string[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const failure = await failureOf(check, request);
      if (failure !== undefined) received.push(failure);
      if (attempt === 0 && (failure === undefined || !isRepeatable(check))) break;
    }
    const [first] = received;
    if (first === undefined) continue;
    if (received.length > MOST_FAILURES || !isRepeatable(check)) {
      if (isRepeatable(check) ? ask && (await failsInBoth(check, ask)) : excused.has(first)) {
        excused.add(first);
        note(`${check.name}: ${first}; the version that served before fails in the same way: not this release's doing`);
        continue;
      }
      failures.push({ check: check.name, expected: describeExpected(check), received: first });
    } else {
      note(`${check.name} failed and passed when asked again, twice: ${first}`);
    }
  }
  return failures;
}

async function failsInBoth(check: RouteCheck, ask: NonNullable<EndpointProps['ask']>): Promise<boolean> {
  const asked = { check, fresh: [await ask(check, 'new')], baseline: [await ask(check, 'baseline')] };
  return failingAlike([asked]).has(asked);
}

async function failureOf(check: RouteCheck, request: EndpointProps['request']): Promise<string | undefined> {
  try {
    const answer = await request(check);
    return meets(check, answer) ? undefined : describeAnswer(answer);
  } catch (error) {
    return String(error);
  }
}

/** @param api address of the API, `https://…` */
export async function fetchAnswer(api: string, check: RouteCheck, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, path, query, headers, body } = requestOf(check);
  const url = new URL(`${path}${query === '' ? '' : `?${query}`}`, api);
  const response = await fetch(url, { method, headers, signal, ...(body !== undefined && { body }) });
  return { status: response.status, body: await response.text() };
}
