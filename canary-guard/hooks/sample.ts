import { type Answer, describeAnswer, meets } from './answer';
import type { Check, CheckFailure, Note } from './checks';

interface SampleSettings {
  /** Requests that the new version must have answered before its release is over. */
  readonly minimum: number;
  /** What happens if there were fewer: the hook makes the rest and judges the answers, or the release fails. */
  readonly tooFew: 'make-traffic' | 'refuse';
}

export interface SampleProps extends SampleSettings {
  /** Reads how many requests the new version answered since the deployment began. Undefined if that cannot be read. */
  readonly served: () => Promise<number | undefined>;
  /** Repeatable checks of routes. */
  readonly checks: readonly Check[];
  /** Requests the public endpoint. A rejection is a failure of the request. */
  readonly request: (check: Check) => Promise<Answer>;
  /** @returns Milliseconds that are left for requests. */
  readonly timeLeft: () => number;
  /** @default - nothing is logged */
  readonly note?: Note;
}

/** A version that fails one request in so many is stopped... */
const ONE_IN = 20;

/** ...but not because of a single failure. */
const FEWEST_FAILURES = 2;

const CHECK = 'enough requests to judge the new version by';

/**
 * Makes sure that no version passes because it had no traffic: without requests, alarms stay silent.
 *
 * @returns Every reason why the new version must not pass.
 */
export async function requireSample(props: SampleProps): Promise<readonly CheckFailure[]> {
  const { minimum, tooFew, checks, timeLeft, note = () => {} } = props;
  const served = await props.served();
  const missing = minimum - (served ?? 0);
  const answered = served === undefined ? 'an unknown number of' : `${served}`;
  if (missing <= 0) {
    note(`the new version answered ${answered} requests, at least ${minimum} are required`);
    return [];
  }
  const expected = `at least ${minimum}`;
  const received = served === undefined ? 'an unknown number (taken as 0)' : `${served}`;
  if (tooFew === 'refuse') {
    const remedy = 'wait for more traffic, lower MINIMUM_REQUESTS, or set TOO_FEW_REQUESTS to make-traffic';
    return [
      {
        check: CHECK,
        expected,
        received: `${received}: too few to distinguish a good release from a bad one; ${remedy}`,
      },
    ];
  }
  if (checks.length === 0) {
    const remedy = 'add a check of a GET route to checks.json, or set MINIMUM_REQUESTS to 0';
    return [{ check: CHECK, expected, received: `${received}, and no check that may be repeated; ${remedy}` }];
  }

  const wrong: string[] = [];
  let made = 0;
  for (; made < missing && timeLeft() > 0; made += 1) {
    const failure = await failureOf(checks[made % checks.length]!, props.request);
    if (failure !== undefined) wrong.push(failure);
  }
  const counts = `${wrong.length} of ${made} requests that this hook made failed`;
  note(`the new version answered ${answered} requests, at least ${minimum} are required: ${counts}`);
  const failures: CheckFailure[] = [];
  if (wrong.length >= Math.max(FEWEST_FAILURES, made / ONE_IN)) {
    const allowed = `fewer than one failure in ${ONE_IN} requests`;
    failures.push({ check: 'requests that the hook made', expected: allowed, received: `${counts}, e.g. ${wrong[0]}` });
  }
  if (made < missing) {
    const remedy = "raise the hook's timeout in serverless.yml, or lower MINIMUM_REQUESTS";
    failures.push({ check: CHECK, expected, received: `${received}, and time for only ${made} more; ${remedy}` });
  }
  return failures;
}

async function failureOf(check: Check, request: SampleProps['request']): Promise<string | undefined> {
  try {
    const answer = await request(check);
    return meets(check, answer) ? undefined : `${check.name}: ${describeAnswer(answer)}`;
  } catch (error) {
    return `${check.name}: ${String(error)}`;
  }
}

/**
 * @returns The settings in the hook's environment.
 * @throws Error that names every wrong setting, its value and the allowed ones.
 */
export function readSampleSettings(env: Readonly<Record<string, string | undefined>>): SampleSettings {
  const { MINIMUM_REQUESTS, TOO_FEW_REQUESTS } = env;
  const problems: string[] = [];
  if (!/^\d{1,6}$/.test(MINIMUM_REQUESTS ?? '')) {
    problems.push(
      `MINIMUM_REQUESTS is ${quoted(MINIMUM_REQUESTS)}; write a number of requests, such as 100, or 0 for none`,
    );
  }
  if (TOO_FEW_REQUESTS !== 'make-traffic' && TOO_FEW_REQUESTS !== 'refuse') {
    problems.push(`TOO_FEW_REQUESTS is ${quoted(TOO_FEW_REQUESTS)}; write make-traffic or refuse`);
  }
  if (problems.length > 0) throw new Error(`${problems.join('; ')} (environment of the hook in serverless.yml)`);
  return { minimum: Number(MINIMUM_REQUESTS), tooFew: TOO_FEW_REQUESTS as SampleSettings['tooFew'] };
}

function quoted(value: string | undefined): string {
  return value === undefined ? 'not set' : `'${value}'`;
}
