import { functionsOf, type RollbackCause } from '../../release/outcome/outcome';
import type { Fault } from '../faults/fault';
import type { EnvironmentObservation } from '../observe/release-observer';
import type { Exposure } from '../observe/traffic';
import type { FaultyRelease, RehearsedRelease } from '../rehearsal';
import { baselineProblems } from './expectation';

/** How a release was stopped. */
interface Stop {
  /** Name of the environment in which it was stopped. */
  readonly environment: string;
  readonly by: RollbackCause;
  /**
   * Name of the function of the hook that failed.
   *
   * @default - no hook failed, or its name could not be read
   */
  readonly hook?: string;
  /** Percent of the traffic that the new version had. */
  readonly weight: number;
  /**
   * ISO 8601.
   *
   * @default - unknown
   */
  readonly at?: string;
  /**
   * Seconds since the first request that was affected by the fault.
   *
   * @default - no request was affected before
   */
  readonly secondsAfterFirst?: number;
}

/** How a release ended during which a fault was active. The names of its members are keys of the JSON report. */
export interface FaultOutcome {
  readonly name: string;
  readonly line: string;
  readonly expected: Fault['expected'];
  /**
   * `caught`: stopped by CodeDeploy; `passed`: released; `neither`: ended in another way, which says nothing of the
   * fault.
   */
  readonly was: 'caught' | 'passed' | 'neither';
  /** @default - the release was not stopped */
  readonly stop?: Stop;
  readonly exposure: Exposure;
  /** Share of all requests that were served wrongly, 0 to 1; 0 without requests. */
  readonly wrongShare: number;
  /** Messages on what was not as expected. */
  readonly differences: readonly string[];
}

/** Finds out whether a fault was caught, and whether that is as expected. */
export function judgeFault({ fault, release, exposure }: FaultyRelease): FaultOutcome {
  const { name, line, expected } = fault;
  const stop = stopOf(release, exposure);
  const last = release.environments.at(-1);
  const was = stop ? 'caught' : last?.outcome?.type === 'released' ? 'passed' : 'neither';
  const differences = {
    caught: () => [
      ...(expected === 'passed'
        ? [`rolled back ${howStopped(stop!)}, expected to pass: the release did not cause the fault`]
        : []),
      ...release.environments.flatMap((each) => baselineProblems(withoutTraffic(each, fault))),
    ],
    passed: () => (expected === 'caught' ? [`released, expected to be caught: ${howExposed(exposure)}`] : []),
    neither: () => [`the release was neither caught nor passed: ${lastOutcome(release.environments)}`],
  };
  return {
    name,
    line,
    expected,
    was,
    ...(stop && { stop }),
    exposure,
    wrongShare: exposure.requests > 0 ? exposure.wrong / exposure.requests : 0,
    differences: differences[was]().map((each) => `${name}: ${each}`),
  };
}

function stopOf({ environments }: RehearsedRelease, { firstAt }: Exposure): Stop | undefined {
  for (const { environment, outcome } of environments) {
    if (outcome?.type !== 'rolled-back') continue;
    const stopped = functionsOf(outcome).find(({ cause }) => cause && cause.type !== 'person');
    if (!stopped?.cause) continue;
    const { cause: by, hook, weightReached: weight, ended: at } = stopped;
    const seconds = at && firstAt && (Date.parse(at) - Date.parse(firstAt)) / 1_000;
    return {
      environment,
      by,
      ...(hook?.functionName !== undefined && { hook: hook.functionName }),
      weight,
      ...(at && { at }),
      ...(typeof seconds === 'number' && seconds >= 0 && { secondsAfterFirst: seconds }),
    };
  }
  return undefined;
}

/** Leaves out the traffic for a fault of both versions, because requests still fail after the rollback. */
function withoutTraffic(observation: EnvironmentObservation, fault: Fault): EnvironmentObservation {
  return fault.scope === 'both' ? { ...observation, traffic: undefined } : observation;
}

function lastOutcome(environments: readonly EnvironmentObservation[]): string {
  const reached = environments.filter(({ outcome }) => outcome);
  const { environment, outcome } = reached.at(-1) ?? {};
  if (!outcome) return 'no environment was reached';
  const reason = 'reason' in outcome && outcome.reason ? `, ${outcome.reason}` : '';
  return `${environment} ${outcome.type}${reason}`;
}

/** @returns E.g. `in prod by alarm shop-errors at 10 %, 62 s after the first affected request`. */
export function howStopped({ environment, by, hook, weight, secondsAfterFirst }: Stop): string {
  const cause = {
    alarm: () => (by.type === 'alarm' ? `${by.alarms.length > 1 ? 'alarms' : 'alarm'} ${by.alarms.join(', ')}` : ''),
    hook: () => (by.type === 'hook' ? `hook ${hook ?? by.lifecycleEvent} (${by.lifecycleEvent})` : ''),
    person: () => 'a person',
    deployment: () => (by.type === 'deployment' ? `CodeDeploy (${by.code}: ${by.message})` : ''),
  }[by.type]();
  const after =
    secondsAfterFirst === undefined ? '' : `, ${Math.round(secondsAfterFirst)} s after the first affected request`;
  return `in ${environment} by ${cause} at ${weight} %${after}`;
}

/** @returns E.g. `12 of 4100 requests served wrongly (0.29 %), 14 affected by the fault`. */
export function howExposed({ requests, wrong, met }: Exposure): string {
  const share = requests > 0 ? ` (${((wrong / requests) * 100).toFixed(2)} %)` : '';
  return `${wrong} of ${requests} requests served wrongly${share}, ${met} affected by the fault`;
}
