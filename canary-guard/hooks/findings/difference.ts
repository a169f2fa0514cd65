import { type Answer, contentOf, describeAnswer, isObject } from '../answer';
import type { CheckCalls, VersionCall } from '../calls';
import { type Check, type CheckFailure, isRouteCheck } from '../checks';
import { shapeDifferences } from '../shape';
import { fails, isBroken } from './call';

/** Fails a check whose answers differ from the baseline's in what the check does not specify. */
export function looksDifferent(
  { check, newVersion, baseline }: CheckCalls,
  baselineName: string,
): readonly CheckFailure[] {
  if (check.fixes) return [];
  const is = answersOf(newVersion.filter((call) => !fails(check, call)));
  const was = answersOf(baseline.filter((call) => !isBroken(check, call)));
  if (is.length === 0 || was.length === 0) return [];

  const common = new Set(was.map(statusOf).filter((status) => is.some((answer) => statusOf(answer) === status)));
  if (common.size === 0) {
    if (isRouteCheck(check) && check.expected?.status !== undefined) return [];
    const statuses = [...new Set(was.map(statusOf))].join(' or ');
    const expected = `status ${statuses}, as ${baselineName} answers`;
    return [{ check: check.name, expected, received: describeAnswer(is[0]!) }];
  }
  const differences = [...common].flatMap((status) => {
    const contents = (answers: readonly Answer[]) =>
      answers.filter((answer) => statusOf(answer) === status).map(contentOf);
    return shapeDifferences(contents(was), contents(is)).filter(({ path }) => !isExpected(check, path));
  });
  if (differences.length === 0) return [];
  const list = (side: 'was' | 'is') =>
    differences.map((each) => `${each.path || 'the whole answer'}: ${each[side]}`).join(', ');
  return [
    {
      check: check.name,
      expected: `an answer of the same shape as that of ${baselineName}: ${list('was')}`,
      received: list('is'),
    },
  ];
}

function answersOf(calls: readonly VersionCall[]): readonly Answer[] {
  return calls.flatMap(({ answer }) => answer ?? []);
}

function statusOf(answer: Answer): number | undefined {
  return 'status' in answer ? answer.status : undefined;
}

/** @returns Whether the check specifies this place: then the baseline's answer does not matter. */
function isExpected(check: Check, path: string): boolean {
  const expected = isRouteCheck(check) ? check.expected?.body : check.expected?.result;
  if (expected === undefined) return false;
  if (path === '' || !isObject(expected)) return true;
  return Object.keys(expected).some(
    (field) => path === field || (/^[.[]/.test(path.slice(field.length)) && path.startsWith(field)),
  );
}
