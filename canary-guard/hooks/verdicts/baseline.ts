import type { Failure } from '../checks';
import type { ExaminationProps } from '../examination';
import type { Asked } from '../rounds';
import { describeCall, isBroken, isHopeless } from './call';

/** Requests from which on what the alias served before says something. */
const PROVEN = 50;

/** The share of them that may have failed while it worked: every service has some. */
const TOLERATED = 0.01;

/** Calls of the baseline that must all have failed. */
const ENOUGH = 2;

export interface BaselineProps extends Required<Pick<ExaminationProps, 'past' | 'baselineName' | 'note'>> {
  readonly asked: readonly Asked[];
  /** those that both versions fail in the same way */
  readonly alike: ReadonlySet<Asked>;
}

/**
 * Fails an update that broke the version in service, which serves most requests while traffic shifts: it took away what
 * that version still needs, for a role and a table have no versions as functions have. What failed before the update, it
 * has not broken: the release mends that, or something is down that no release can help.
 */
export async function baselineFails(props: BaselineProps): Promise<readonly Failure[]> {
  const { asked, alike, baselineName, past, note } = props;
  const broken = asked.filter(
    (each) =>
      alike.has(each) ||
      (!each.check.mends &&
        !isHopeless(each) &&
        each.baseline.length >= ENOUGH &&
        each.baseline.every((call) => isBroken(each.check, call))),
  );
  if (broken.length === 0) return [];
  const before = await past();
  const known = before !== undefined && before.requests >= PROVEN;
  const history = before ? `${before.failed} of ${before.requests} requests failed` : 'not known';
  const worked = known && before.failed / before.requests < TOLERATED;
  return broken.flatMap((each) => {
    const { check, fresh, baseline } = each;
    const both = alike.has(each);
    const error = describeCall((both ? fresh : baseline)[0]!);
    if (worked || (both && !known)) {
      const who = both ? `${baselineName} and the new version` : baselineName;
      return [
        {
          check: check.name,
          expected: `that ${baselineName} still works, as before this update (${history})`,
          received: `${who} ${both ? 'fail alike' : 'fails'} since this update: ${error}; ${both ? REMEDY_FOR_BOTH : REMEDY}`,
        },
      ];
    }
    const reason = both
      ? `the new version fails in the same way: not this release's doing`
      : 'the new version does not: it may be what is mended';
    note(`${baselineName} fails ${check.name} (${error}), ${reason}; before the update: ${history}`);
    return [];
  });
}

const REMEDY =
  'give back the permission, table or setting that it needs, and take it away in the release after this one; or say that ' +
  'this release mends it: mends in checks.json';

const REMEDY_FOR_BOTH =
  'the update took something away that both need, or something has gone down just now: see to that, and release again';
