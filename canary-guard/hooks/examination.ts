import type { AliasHistory } from './alias-metrics';
import type { CallVersion, CheckCalls } from './calls';
import { type Check, type CheckFailure, isRepeatable, type Note } from './checks';
import { findBrokenBaseline } from './findings/baseline';
import { failingAlike } from './findings/call';
import { looksDifferent } from './findings/difference';
import { failsAlways, failsSometimes, failsWhenCold, failsWhenWarm, isDoubtful } from './findings/failing';
import { isSlower, seemsSlower } from './findings/latency';
import { Rounds } from './rounds';

export interface ExaminationProps {
  readonly checks: readonly Check[];
  /** Calls one version. A rejection ends the examination. */
  readonly call: CallVersion;
  /** Whether there is a version in service to compare with. */
  readonly hasBaseline: boolean;
  /** Reads what the alias served in the minutes before the update. Undefined if that cannot be read. */
  readonly history: () => Promise<AliasHistory | undefined>;
  /** @returns Milliseconds that are left for calls. */
  readonly timeLeft: () => number;
  /** @default "the version in service" */
  readonly baselineName?: string;
  /** @default - nothing is logged */
  readonly note?: Note;
}

/**
 * Calls a version that has no traffic yet and the version in service, and compares them. Deterministic if `call` is: the
 * calls are made one after the other, except in the cold round.
 *
 * @returns Every reason why the new version must not get traffic.
 */
export async function examine(props: ExaminationProps): Promise<readonly CheckFailure[]> {
  const { checks, history, baselineName = 'the version in service', note = () => {} } = props;
  if (checks.length === 0) note('no check is for this function: nothing was verified');
  const rounds = new Rounds(props);
  await rounds.runCold();
  const warmRounds = await rounds.runWarm();

  const cold = failsWhenCold(rounds.calls);
  const doubtful = cold.length > 0 ? [] : rounds.calls.filter(isDoubtful).map(({ check }) => check);
  await rounds.repeat(doubtful);
  await rounds.repeat(seemsSlower(rounds.calls));

  const { calls } = rounds;
  // Whether the release is the cause of these depends on how the alias worked before the update.
  const alike = failingAlike(calls);
  return [
    ...hadTime(calls, warmRounds),
    ...calls.filter((each) => !alike.has(each)).flatMap((each) => failsAlways(each, baselineName)),
    ...cold,
    ...calls.flatMap(failsWhenWarm),
    ...failsSometimes(
      calls.filter(({ check }) => doubtful.includes(check)),
      baselineName,
      note,
    ),
    ...calls.flatMap((each) => looksDifferent(each, baselineName)),
    ...isSlower(calls, baselineName, note),
    ...(await findBrokenBaseline({ calls, alike, baselineName, history, note })),
  ];
}

function hadTime(calls: readonly CheckCalls[], warmRounds: number): readonly CheckFailure[] {
  const missing = calls.filter(({ newVersion }) => newVersion.length === 0).map(({ check }) => check.name);
  const repeated = calls.some(({ check }) => isRepeatable(check));
  if (missing.length === 0 && (warmRounds > 0 || !repeated)) return [];
  const count = calls.reduce((sum, { newVersion, baseline }) => sum + newVersion.length + baseline.length, 0);
  return [
    {
      check: 'every check is run in time',
      expected: 'each check once in a new environment, then at least once in a warm one',
      received: `time for ${count} calls${missing.length > 0 ? `, none of them for ${missing.join(', ')}` : ''}; give the hook a longer timeout in serverless.yml`,
    },
  ];
}
