import { functionsOf, type RollbackCause } from '../../release/outcome/outcome';
import type { Fault } from '../faults/fault';
import type { EnvironmentObservation } from '../observe/release-observer';
import type { Exposure } from '../observe/traffic';
import type { RehearsedRelease } from '../rehearsal';
import { mustServeAgain } from './expectation';

/** A faulty push's way through the pipeline. */
export interface FaultyRelease {
  readonly fault: Fault;
  readonly release: RehearsedRelease;
  /** from the beginning of the last environment's Deploy until traffic after it was watched */
  readonly exposure: Exposure;
}

/** How a release was stopped. */
export interface Stop {
  /** in which environment */
  readonly environment: string;
  readonly by: RollbackCause;
  /** the hook that failed, @default it was no hook, or its name could not be read */
  readonly hook?: string;
  /** percent of traffic that the new version had been given */
  readonly weight: number;
  /** ISO 8601 */
  readonly at?: string;
  /** from the first request that met the fault, @default no request had met it by then */
  readonly secondsAfterFirst?: number;
}

/** What became of a fault. */
export interface FaultOutcome {
  readonly name: string;
  readonly line: string;
  readonly expected: Fault['expected'];
  /** stopped by CodeDeploy; let through to everybody; or the release ended in another way, and tells nothing */
  readonly was: 'caught' | 'passed' | 'neither';
  /** @default it was not stopped */
  readonly stop?: Stop;
  readonly exposure: Exposure;
  /** of all requests, those wrongly served, 0 to 1; 0 without requests */
  readonly wrongShare: number;
  /** what was not as it ought to be, in words */
  readonly differences: readonly string[];
}

export function judgeFault({ fault, release, exposure }: FaultyRelease): FaultOutcome {
  const { name, line, expected } = fault;
  const stop = stopOf(release, exposure);
  const last = release.environments.at(-1);
  const was = stop ? 'caught' : last?.outcome?.type === 'released' ? 'passed' : 'neither';
  const differences = {
    caught: () => [
      ...(expected === 'passed' ? [`taken back ${howStopped(stop!)}, but ought to pass: not the release's fault`] : []),
      ...release.environments.flatMap((each) => mustServeAgain(scope(each, fault))),
    ],
    passed: () => (expected === 'caught' ? [`reached everybody, but ought to be caught: ${howExposed(exposure)}`] : []),
    neither: () => [`the release ended neither caught nor passed: ${endOf(release.environments)}`],
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

/** What goes on for both versions does not end with a release that is taken back. */
function scope(observation: EnvironmentObservation, fault: Fault): EnvironmentObservation {
  return fault.scope === 'both' ? { ...observation, traffic: undefined } : observation;
}

function endOf(environments: readonly EnvironmentObservation[]): string {
  const reached = environments.filter(({ outcome }) => outcome);
  const { environment, outcome } = reached.at(-1) ?? {};
  if (!outcome) return 'no environment was reached';
  const reason = 'reason' in outcome && outcome.reason ? `, ${outcome.reason}` : '';
  return `${environment} ${outcome.type}${reason}`;
}

/** @returns e.g. `in prod by alarm shop-errors at 10 %, 62 s after the first request that met it` */
export function howStopped({ environment, by, hook, weight, secondsAfterFirst }: Stop): string {
  const cause = {
    alarm: () => (by.type === 'alarm' ? `${by.alarms.length > 1 ? 'alarms' : 'alarm'} ${by.alarms.join(', ')}` : ''),
    hook: () => (by.type === 'hook' ? `hook ${hook ?? by.lifecycleEvent} (${by.lifecycleEvent})` : ''),
    person: () => 'a person',
    deployment: () => (by.type === 'deployment' ? `CodeDeploy (${by.code}: ${by.message})` : ''),
  }[by.type]();
  const after =
    secondsAfterFirst === undefined ? '' : `, ${Math.round(secondsAfterFirst)} s after the first request that met it`;
  return `in ${environment} by ${cause} at ${weight} %${after}`;
}

/** @returns e.g. `12 of 4100 requests wrongly served (0.29 %), 14 met the fault` */
export function howExposed({ requests, wrong, met }: Exposure): string {
  const share = requests > 0 ? ` (${((wrong / requests) * 100).toFixed(2)} %)` : '';
  return `${wrong} of ${requests} requests wrongly served${share}, ${met} met the fault`;
}
