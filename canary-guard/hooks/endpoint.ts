import { describeAnswer, describeExpected, type HttpAnswer, meets } from './answer';
import type { CallVersion } from './calls';
import { type CheckFailure, isRepeatable, type Note, type RouteCheck } from './checks';
import { failingAlike } from './findings/call';
import { requestOf } from './request';

/** A repeatable check that failed is run twice more: errors that every version has now and then must not stop a release. */
const ATTEMPTS = 3;
const MOST_FAILURES = 1;

interface EndpointChecks {
  readonly checks: readonly RouteCheck[];
  /** Requests the public endpoint. A rejection is a failure of the check. */
  readonly request: (check: RouteCheck) => Promise<HttpAnswer>;
  /**
   * Calls one version without the API, to find out whether both fail a check that failed at the endpoint.
   *
   * @default - there is no version that served before
   */
  readonly call?: CallVersion;
  /** @default - nothing is logged */
  readonly note?: Note;
}

/**
 * Runs every check on the public endpoint, also after one has failed. A repeatable check fails by two failures of three,
 * but not if the version that served before fails too: then something that both need is down.
 */
export async function checkEndpoint(props: EndpointChecks): Promise<readonly CheckFailure[]> {
  const { checks, request, call, note = () => {} } = props;
  const failures: CheckFailure[] = [];
  /** Errors that both versions have: a check that may not be run on the baseline too is recognised by its error. */
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
      if (isRepeatable(check) ? call && (await failsInBoth(check, call)) : excused.has(first)) {
        excused.add(first);
        note(
          `${check.name}: ${first}; the version that served before fails in the same way, so this release is not the cause`,
        );
        continue;
      }
      failures.push({ check: check.name, expected: describeExpected(check), received: first });
    } else {
      note(`${check.name} failed once and passed when it was repeated twice: ${first}`);
    }
  }
  return failures;
}

async function failsInBoth(check: RouteCheck, call: CallVersion): Promise<boolean> {
  const calls = { check, newVersion: [await call(check, 'new')], baseline: [await call(check, 'baseline')] };
  return failingAlike([calls]).has(calls);
}

async function failureOf(check: RouteCheck, request: EndpointChecks['request']): Promise<string | undefined> {
  try {
    const answer = await request(check);
    return meets(check, answer) ? undefined : describeAnswer(answer);
  } catch (error) {
    return String(error);
  }
}

/** @param api Address of the API, `https://…`. */
export async function fetchAnswer(api: string, check: RouteCheck, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, path, query, headers, body } = requestOf(check);
  const url = new URL(`${path}${query === '' ? '' : `?${query}`}`, api);
  const response = await fetch(url, { method, headers, signal, ...(body !== undefined && { body }) });
  return { status: response.status, body: await response.text() };
}
