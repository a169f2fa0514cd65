import { type Answer, contentOf, describeAnswer, isObject } from '../answer';
import { type Check, type Failure, isRouteCheck } from '../checks';
import type { Asked } from '../rounds';
import { shapeDifferences } from '../shape';
import { fails, isBroken } from './call';

/** Fails a check whose answers look different from the baseline's where the check does not say how they must look. */
export function looksDifferent({ check, fresh, baseline }: Asked, baselineName: string): readonly Failure[] {
  if (check.mends) return [];
  const is = answersOf(fresh.filter((call) => !fails(check, call)));
  const was = answersOf(baseline.filter((call) => !isBroken(check, call)));
  if (is.length === 0 || was.length === 0) return [];

  const common = new Set(was.map(statusOf).filter((status) => is.some((answer) => statusOf(answer) === status)));
  if (common.size === 0) {
    if (isRouteCheck(check) && check.expected?.status !== undefined) return [];
    const statuses = [...new Set(was.map(statusOf))].join(' or ');
    return [
      { check: check.name, expected: `status ${statuses}, as of ${baselineName}`, received: describeAnswer(is[0]!) },
    ];
  }
  const differences = [...common].flatMap((status) => {
    const contents = (answers: readonly Answer[]) =>
      answers.filter((answer) => statusOf(answer) === status).map(contentOf);
    return shapeDifferences(contents(was), contents(is)).filter(({ path }) => !isExpected(check, path));
  });
  if (differences.length === 0) return [];
  const list = (side: 'was' | 'is') =>
    differences.map((each) => `${each.path || 'the whole'}: ${each[side]}`).join(', ');
  return [
    {
      check: check.name,
      expected: `an answer that looks as that of ${baselineName}: ${list('was')}`,
      received: list('is'),
    },
  ];
}

function answersOf(calls: Asked['fresh']): readonly Answer[] {
  return calls.flatMap(({ answer }) => answer ?? []);
}

function statusOf(answer: Answer): number | undefined {
  return 'status' in answer ? answer.status : undefined;
}

/** Whether the check itself says what is at that place: then that holds, whatever the baseline answers. */
function isExpected(check: Check, path: string): boolean {
  const expected = isRouteCheck(check) ? check.expected?.body : check.expected?.result;
  if (expected === undefined) return false;
  if (path === '' || !isObject(expected)) return true;
  return Object.keys(expected).some(
    (field) => path === field || (/^[.[]/.test(path.slice(field.length)) && path.startsWith(field)),
  );
}
