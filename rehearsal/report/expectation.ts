import type { ReleaseOutcome } from '../../release/outcome/outcome';
import type { Change } from '../commits';
import type { EnvironmentObservation } from '../observe/release-observer';
import { disagreements } from '../observe/reported-outcomes';
import type { RehearsedRelease } from '../rehearsal';

/** What was pushed. It decides which outcome is expected. */
export type Push = 'as-it-is' | Change['name'];

/**
 * Compares what happened with what is expected of a canary: that a harmless change is released, and that a change which
 * only real traffic reveals is stopped during the shift, after which the old version serves all traffic again.
 *
 * @returns One message for each difference.
 */
export function differences(pushes: readonly (readonly [Push, RehearsedRelease])[]): string[] {
  return pushes.flatMap(([push, release]) => {
    const label = `${release.commit.id.slice(0, 7)} (${release.commit.subject})`;
    const found = [...CHECKS[push](release), ...release.environments.flatMap((each) => reportProblems(each, release))];
    return found.map((difference) => `${label}: ${difference}`);
  });
}

type Check = (release: RehearsedRelease) => string[];

const CHECKS: Readonly<Record<Push, Check>> = {
  'as-it-is': (release) => release.environments.flatMap((each) => outcomeProblems(each, 'first-release')),
  harmless: (release) => [
    ...release.environments.flatMap((each) => outcomeProblems(each, 'released')),
    ...release.environments.flatMap(({ environment, traffic }) =>
      traffic && traffic.during.failed + traffic.after.failed > 0
        ? [`${environment}: failed requests: ${traffic.during.failed + traffic.after.failed}, expected 0`]
        : [],
    ),
  ],
  // The fault defines what is expected, see judgeFault.
  faulty: () => [],
  harmful: ({ environments }) => {
    const target = environments.find(({ traffic }) => traffic);
    if (!target) return ['no environment has traffic, so no alarm can detect the harmful change'];
    return [...outcomeProblems(target, 'rolled-back'), ...stopProblems(target), ...baselineProblems(target)];
  },
};

function outcomeProblems({ environment, outcome }: EnvironmentObservation, expected: ReleaseOutcome['type']): string[] {
  if (!outcome) return [`${environment}: the push did not reach this environment, expected ${expected}`];
  return outcome.type === expected ? [] : [`${environment}: the outcome is ${outcome.type}, expected ${expected}`];
}

/** @returns Messages when the release was not stopped by an alarm during the shift. */
function stopProblems({ environment, outcome }: EnvironmentObservation): string[] {
  if (outcome?.type !== 'rolled-back') return [];
  return outcome.functions.flatMap(({ functionName, cause, weightReached }) => {
    if (!cause) return [];
    if (cause.type !== 'alarm') {
      return [`${environment}: ${functionName} was stopped by ${cause.type}, expected an alarm`];
    }
    return weightReached > 0 && weightReached < 100
      ? []
      : [
          `${environment}: ${functionName} was stopped at ${weightReached} % of the traffic, expected between 0 % and 100 %`,
        ];
  });
}

/** @returns Messages when, after a rollback, the old version does not serve all traffic or requests still fail. */
export function baselineProblems({ environment, outcome, serving, traffic }: EnvironmentObservation): string[] {
  if (outcome?.type !== 'rolled-back') return [];
  const notRestored = outcome.functions.flatMap(({ functionName, from }) => {
    const now = serving.find((each) => each.functionName === functionName);
    return now?.version === from && Object.keys(now.weights).length === 0
      ? []
      : [`${environment}: v${from} of ${functionName} does not serve all traffic after the rollback`];
  });
  const failed = traffic?.after.failed ?? 0;
  if (failed === 0) return notRestored;
  return [...notRestored, `${environment}: failed requests after the rollback: ${failed}, expected 0`];
}

/** @returns Messages when parts of the pipeline report different outcomes, or there is not one notification. */
function reportProblems(
  { environment, outcome, reported }: EnvironmentObservation,
  { execution, notifications }: RehearsedRelease,
): string[] {
  if (!outcome || !reported) return [];
  const deployed = execution.actions.some(
    ({ action, result }) => action.type === 'CodeBuild' && action.stage === environment && result.type === 'succeeded',
  );
  const matching = notifications.filter(
    ({ attributes }) => attributes.environment === environment && attributes.outcome === outcome.type,
  );
  return [
    ...disagreements(outcome, reported, deployed).map((each) => `${environment}: ${each}`),
    ...(matching.length === 1
      ? []
      : [`${environment}: notifications with the outcome ${outcome.type}: ${matching.length}, expected 1`]),
  ];
}
