import type { Change } from '../commits';
import type { EnvironmentObservation } from '../observe/release-observer';
import { disagreements } from '../observe/reported-outcomes';
import type { RehearsedRelease } from '../rehearsal';

/** What was pushed, which decides what must become of it. */
export type Push = 'as-it-is' | Change['name'];

/**
 * What a rehearsal is for, held against what happened: a canary that lets a harmless change through, and stops one that
 * only real traffic finds out, at the shift, with the old version serving everything again.
 *
 * @returns what differed, in words; empty when all is as it must be
 */
export function differences(pushes: readonly (readonly [Push, RehearsedRelease])[]): string[] {
  return pushes.flatMap(([push, release]) => {
    const label = `${release.commit.id.slice(0, 7)} (${release.commit.subject})`;
    const found = [...checks[push](release), ...release.environments.flatMap((each) => mustBeToldAlike(each, release))];
    return found.map((difference) => `${label}: ${difference}`);
  });
}

type Check = (release: RehearsedRelease) => string[];

const checks: Readonly<Record<Push, Check>> = {
  'as-it-is': (release) => release.environments.flatMap((each) => mustBe(each, 'first-release')),
  harmless: (release) => [
    ...release.environments.flatMap((each) => mustBe(each, 'released')),
    ...release.environments.flatMap(({ environment, traffic }) =>
      traffic && traffic.during.failed + traffic.after.failed > 0
        ? [`${environment}: ${traffic.during.failed + traffic.after.failed} requests failed, expected none`]
        : [],
    ),
  ],
  // What must become of it, its fault says.
  faulty: () => [],
  harmful: ({ environments }) => {
    const target = environments.find(({ traffic }) => traffic);
    if (!target) return ['no environment has traffic, so nothing could find the fault out'];
    return [...mustBe(target, 'rolled-back'), ...mustHaveStoppedTheShift(target), ...mustServeAgain(target)];
  },
};

function mustBe({ environment, outcome }: EnvironmentObservation, type: string): string[] {
  const actual = outcome?.type ?? 'not reached';
  return actual === type ? [] : [`${environment}: the release ended as ${actual}, expected ${type}`];
}

function mustHaveStoppedTheShift({ environment, outcome }: EnvironmentObservation): string[] {
  if (outcome?.type !== 'rolled-back') return [];
  return outcome.functions.flatMap(({ functionName, cause, weightReached }) => {
    if (!cause) return [];
    if (cause.type !== 'alarm')
      return [`${environment}: ${functionName} was stopped by ${cause.type}, expected an alarm`];
    return weightReached > 0 && weightReached < 100
      ? []
      : [`${environment}: ${functionName} had ${weightReached} % when it was stopped, expected a part of the traffic`];
  });
}

/** @returns what is wrong after a rollback: it must leave the old version alone, and no failure */
export function mustServeAgain({ environment, outcome, serving, traffic }: EnvironmentObservation): string[] {
  if (outcome?.type !== 'rolled-back') return [];
  const wrong = outcome.functions.flatMap(({ functionName, from }) => {
    const now = serving.find((each) => each.functionName === functionName);
    return now?.version === from && Object.keys(now.weights).length === 0
      ? []
      : [`${environment}: ${functionName} does not serve v${from} alone after the rollback`];
  });
  const failed = traffic?.after.failed ?? 0;
  return failed > 0 ? [...wrong, `${environment}: ${failed} requests failed after the rollback, expected none`] : wrong;
}

/** Whatever became of it: each part of the pipeline says the same, and people are told. */
function mustBeToldAlike(
  { environment, outcome, verdicts }: EnvironmentObservation,
  { execution, notifications }: RehearsedRelease,
): string[] {
  if (!outcome || !verdicts) return [];
  const deployed = execution.actions.some(
    ({ action, result }) => action.type === 'CodeBuild' && action.stage === environment && result.type === 'succeeded',
  );
  const told = notifications.filter(
    ({ attributes }) => attributes.environment === environment && attributes.outcome === outcome.type,
  );
  return [
    ...disagreements(outcome, verdicts, deployed).map((each) => `${environment}: ${each}`),
    ...(told.length === 1 ? [] : [`${environment}: ${told.length} messages say ${outcome.type}, expected one`]),
  ];
}
