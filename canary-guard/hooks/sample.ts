import { type Answer, describeAnswer, meets } from './answer';
import type { Check, Failure } from './checks';

export interface SampleSettings {
  /** requests that the new version must have answered before its release is over */
  readonly minimum: number;
  /** what to do about fewer: ask the rest here and judge the answers, or fail */
  readonly tooFew: 'make-traffic' | 'refuse';
}

export interface SampleProps extends SampleSettings {
  /** @returns requests that the new version answered since the deployment began; undefined when that cannot be read */
  readonly served: () => Promise<number | undefined>;
  /** those of routes that may be asked many times */
  readonly checks: readonly Check[];
  /** asks the public endpoint; a rejection is a failure of the request */
  readonly request: (check: Check) => Promise<Answer>;
  /** @returns milliseconds that are left for requests */
  readonly timeLeft: () => number;
  /** is told what is worth a line in the log and no failure; @default nobody is */
  readonly note?: (message: string) => void;
}

/** A version that fails one request in so many is stopped... */
const ONE_IN = 20;

/** ...but not for a single one. */
const FEWEST_FAILURES = 2;

const CHECK = 'enough requests to judge the new version by';

/**
 * Sees to it that no version passes because nobody asked it: alarms are silent about what has no traffic.
 *
 * @returns why the new version must not pass
 */
export async function requireSample(props: SampleProps): Promise<readonly Failure[]> {
  const { minimum, tooFew, checks, timeLeft, note = () => {} } = props;
  const served = await props.served();
  const missing = minimum - (served ?? 0);
  const said = served === undefined ? 'not known how many (read as 0)' : `${served}`;
  if (missing <= 0) {
    note(`the new version answered ${said} requests, at least ${minimum} are wanted`);
    return [];
  }
  const expected = `at least ${minimum}`;
  if (tooFew === 'refuse') {
    const remedy = 'wait for more traffic, lower MINIMUM_REQUESTS, or set TOO_FEW_REQUESTS to make-traffic';
    return [{ check: CHECK, expected, received: `${said}: too few to tell a good release from a bad one; ${remedy}` }];
  }
  if (checks.length === 0) {
    const remedy = 'add a check of a GET route to checks.json, or set MINIMUM_REQUESTS to 0';
    return [{ check: CHECK, expected, received: `${said}, and no check that may be asked again and again; ${remedy}` }];
  }

  const wrong: string[] = [];
  let made = 0;
  for (; made < missing && timeLeft() > 0; made += 1) {
    const failure = await failureOf(checks[made % checks.length]!, props.request);
    if (failure !== undefined) wrong.push(failure);
  }
  const counts = `${wrong.length} of ${made} requests that this hook made failed`;
  note(`the new version answered ${said} requests, at least ${minimum} are wanted: ${counts}`);
  const failures: Failure[] = [];
  if (wrong.length >= Math.max(FEWEST_FAILURES, made / ONE_IN)) {
    const allowed = `fewer than one failure in ${ONE_IN} requests`;
    failures.push({ check: 'requests that the hook made', expected: allowed, received: `${counts}, e.g. ${wrong[0]}` });
  }
  if (made < missing) {
    const remedy = "raise the hook's timeout in serverless.yml, or lower MINIMUM_REQUESTS";
    failures.push({ check: CHECK, expected, received: `${said}, and time to make ${made} more; ${remedy}` });
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
 * @returns the settings that serverless.yml gives the hook
 * @throws Error that says of each wrong one what it is and what it may be
 */
export function readSampleSettings(env: Readonly<Record<string, string | undefined>>): SampleSettings {
  const { MINIMUM_REQUESTS, TOO_FEW_REQUESTS } = env;
  const problems: string[] = [];
  if (!/^\d{1,6}$/.test(MINIMUM_REQUESTS ?? '')) {
    problems.push(
      `MINIMUM_REQUESTS is ${said(MINIMUM_REQUESTS)}; write a number of requests, such as 100, or 0 for none`,
    );
  }
  if (TOO_FEW_REQUESTS !== 'make-traffic' && TOO_FEW_REQUESTS !== 'refuse') {
    problems.push(`TOO_FEW_REQUESTS is ${said(TOO_FEW_REQUESTS)}; write make-traffic or refuse`);
  }
  if (problems.length > 0) throw new Error(`${problems.join('; ')} (environment of the hook in serverless.yml)`);
  return { minimum: Number(MINIMUM_REQUESTS), tooFew: TOO_FEW_REQUESTS as SampleSettings['tooFew'] };
}

function said(value: string | undefined): string {
  return value === undefined ? 'not set' : `'${value}'`;
}
