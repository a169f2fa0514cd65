import type { Answer } from './answer';
import { type Check, type Failure, isRepeatable } from './checks';
import { Rounds } from './rounds';
import { baselineFails } from './verdicts/baseline';
import { failingAlike } from './verdicts/call';
import { looksDifferent } from './verdicts/difference';
import { failsAlways, failsSometimes, failsWhenCold, failsWhenWarm, isDoubtful } from './verdicts/failing';
import { isSlower, seemsSlower } from './verdicts/latency';

/** What came of one call of a version. */
export interface Call {
  readonly answer?: Answer;
  /** what the function threw, or why it did not answer */
  readonly error?: string;
  /** Lambda's own duration; @default not known */
  readonly milliseconds?: number;
  /** whether an environment was started for it; @default not known */
  readonly cold?: boolean;
}

/** What an alias served. */
export interface Past {
  readonly requests: number;
  readonly failed: number;
}

export interface ExaminationProps {
  readonly checks: readonly Check[];
  /**
   * Calls one version, past the alias. It returns what the function did, an error too; a rejection means that it could
   * not be called, and ends the examination.
   */
  readonly ask: (check: Check, version: 'new' | 'baseline') => Promise<Call>;
  /** whether there is a version in service to compare with */
  readonly hasBaseline: boolean;
  /** of the alias, in the minutes before the update that brought the deployment; undefined when that cannot be read */
  readonly past: () => Promise<Past | undefined>;
  /** @returns milliseconds that are left for calls */
  readonly timeLeft: () => number;
  /** what failures call the baseline; @default the version in service */
  readonly baselineName?: string;
  /** is told what is worth a line in the log and no failure; @default nobody is */
  readonly note?: (message: string) => void;
}

/**
 * Asks a version that has no traffic yet, and the version in service beside it, and compares them. Deterministic if
 * `ask` is: it is called by turns, except in the cold round.
 *
 * @returns all that speaks against the new version
 */
export async function examine(props: ExaminationProps): Promise<readonly Failure[]> {
  const { checks, past, baselineName = 'the version in service', note = () => {} } = props;
  if (checks.length === 0) note('no check asks this function: nothing was examined');
  const rounds = new Rounds(props);
  await rounds.cold();
  const warmRounds = await rounds.warm();

  const cold = failsWhenCold(rounds.asked);
  const doubtful = cold.length > 0 ? [] : rounds.asked.filter(isDoubtful).map(({ check }) => check);
  await rounds.again(doubtful);
  await rounds.again(seemsSlower(rounds.asked));

  const { asked } = rounds;
  // Whether that is the release's doing, what was before the update says.
  const alike = failingAlike(asked);
  return [
    ...hadTime(asked, warmRounds),
    ...asked.filter((each) => !alike.has(each)).flatMap((each) => failsAlways(each, baselineName)),
    ...cold,
    ...asked.flatMap(failsWhenWarm),
    ...failsSometimes(
      asked.filter(({ check }) => doubtful.includes(check)),
      baselineName,
      note,
    ),
    ...asked.flatMap((each) => looksDifferent(each, baselineName)),
    ...isSlower(asked, baselineName, note),
    ...(await baselineFails({ asked, alike, baselineName, past, note })),
  ];
}

function hadTime(asked: Rounds['asked'], warmRounds: number): readonly Failure[] {
  const unasked = asked.filter(({ fresh }) => fresh.length === 0).map(({ check }) => check.name);
  const repeated = asked.some(({ check }) => isRepeatable(check));
  if (unasked.length === 0 && (warmRounds > 0 || !repeated)) return [];
  const calls = asked.reduce((sum, { fresh, baseline }) => sum + fresh.length + baseline.length, 0);
  return [
    {
      check: 'every check is asked in time',
      expected: 'each check once of new environments, then at least once of warm ones',
      received: `time for ${calls} calls${unasked.length > 0 ? `, none of them for ${unasked.join(', ')}` : ''}; give the hook a longer timeout in serverless.yml`,
    },
  ];
}
