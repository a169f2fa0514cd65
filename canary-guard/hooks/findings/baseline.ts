import type { AliasHistory } from '../alias-metrics';
import type { CheckCalls } from '../calls';
import type { CheckFailure, Note } from '../checks';
import { describeCall, failsEveryCall, isBroken } from './call';

/** Fewer requests before the update do not show how the alias worked. */
const ENOUGH_REQUESTS = 50;

/** Share of them that may have failed while the alias worked: every service has some. */
const TOLERATED = 0.01;

/** Fewest calls of the baseline that must all have failed. */
const ENOUGH_CALLS = 2;

const REMEDY =
  'restore the permission, table or setting that it needs, and remove it in the release after this one; if this release ' +
  'fixes what the check verifies, set fixes in checks.json';

const REMEDY_FOR_BOTH =
  'the update removed something that both need, or something that both need went down during the update: restore it, and ' +
  'release again';

interface BaselineProps {
  readonly calls: readonly CheckCalls[];
  /** The checks that both versions fail in the same way. */
  readonly alike: ReadonlySet<CheckCalls>;
  readonly history: () => Promise<AliasHistory | undefined>;
  readonly baselineName: string;
  readonly note: Note;
}

/**
 * Finds out whether the update broke the version in service, which serves most requests while traffic shifts: the update
 * may have removed what that version still needs, because a role and a table have no versions. What failed before the
 * update is not its doing: the release may fix that, or something is down that no release can repair.
 */
export async function findBrokenBaseline(props: BaselineProps): Promise<readonly CheckFailure[]> {
  const { calls, alike, baselineName, note } = props;
  const broken = calls.filter(
    (each) =>
      alike.has(each) ||
      (!each.check.fixes &&
        !failsEveryCall(each) &&
        each.baseline.length >= ENOUGH_CALLS &&
        each.baseline.every((call) => isBroken(each.check, call))),
  );
  if (broken.length === 0) return [];
  const before = await props.history();
  const known = before !== undefined && before.requests >= ENOUGH_REQUESTS;
  const history = before ? `${before.failed} of ${before.requests} requests failed` : 'not known';
  const worked = known && before.failed / before.requests < TOLERATED;
  return broken.flatMap((each) => {
    const { check, newVersion, baseline } = each;
    const both = alike.has(each);
    const error = describeCall((both ? newVersion : baseline)[0]!);
    if (worked || (both && !known)) {
      const versions = both ? `${baselineName} and the new version` : baselineName;
      return [
        {
          check: check.name,
          expected: `that ${baselineName} still works, as before this update (${history})`,
          received: `${versions} ${both ? 'fail alike' : 'fails'} since this update: ${error}; ${both ? REMEDY_FOR_BOTH : REMEDY}`,
        },
      ];
    }
    const reason = both
      ? 'the new version fails in the same way, so this release is not the cause'
      : 'the new version does not, so this release may fix it';
    note(`${baselineName} fails ${check.name} (${error}), ${reason}; before the update: ${history}`);
    return [];
  });
}
