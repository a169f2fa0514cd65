import { routingNamed, shiftMinutes } from '../../aws-rules/traffic-shift';
import { type FunctionRelease, isOver } from '../outcome/function-release';
import { functionsOf, type InProgress, type ReleaseOutcome } from '../outcome/outcome';
import { cut } from './shorten';
import { counted, errorRate, headline } from './wording';

/** Characters that CodePipeline allows in an action's summary (CodePipeline API reference, ExecutionDetails). */
export const SUMMARY_LIMIT = 2_048;

/** How far a release is, on one line. */
interface Summary {
  readonly text: string;
  /** 0 to 100; 100 only when the release has ended. */
  readonly percentComplete: number;
}

/** @param now Milliseconds since the epoch. */
export function summary(outcome: ReleaseOutcome, now: number): Summary {
  if (outcome.type !== 'in-progress') return { text: oneLine(headline(outcome)), percentComplete: 100 };
  return { text: oneLine(progress(outcome, now)), percentComplete: percentComplete(functionsOf(outcome), now) };
}

function oneLine(text: string): string {
  return cut(text.replaceAll('\n', ' '), SUMMARY_LIMIT);
}

function progress(outcome: InProgress, now: number): string {
  const { functions, direction, stackStatus } = outcome;
  const [only] = functions;
  if (direction === 'rolling-back') return headline(outcome);
  if (!only) return `no traffic shifted yet · stack ${stackStatus}`;
  const shifts = functions.length === 1 ? shiftProgress(only, now) : shiftCounts(functions);
  return [shifts, alarmStates(functions), errorRates(functions)].filter(Boolean).join(' · ');
}

/** @returns How far one shift is, e.g. `10 % on v7 for 3 of 5 min`. */
export function shiftProgress(release: FunctionRelease, now: number): string {
  const { to, status, lifecycleEvents, weightNow, weightReached, deploymentType } = release;
  if (status === 'Succeeded') return `v${to} serves 100 %`;
  if (isOver(release)) return `v${to} was stopped`;
  const event = lifecycleEvents.find((each) => each.status === 'InProgress');
  const weight = weightNow ?? weightReached;
  if (event?.name === 'BeforeAllowTraffic') return `${weight} % on v${to}, pre-traffic hook running`;
  if (event?.name === 'AfterAllowTraffic') return `${weight} % on v${to}, post-traffic hook running`;
  const total = shiftMinutes(routingNamed(deploymentType));
  if (event?.name !== 'AllowTraffic' || total === 0) return `${weight} % on v${to}`;
  const minutes = Math.min(total, Math.max(0, Math.floor((now - Date.parse(event.began ?? '')) / 60_000) || 0));
  return `${weight} % on v${to} for ${minutes} of ${total} min`;
}

function shiftCounts(functions: readonly FunctionRelease[]): string {
  const done = functions.filter(({ status }) => status === 'Succeeded').length;
  const weights = functions.filter((each) => !isOver(each)).map((each) => each.weightNow ?? each.weightReached);
  const [least, most] = [Math.min(...weights), Math.max(...weights)];
  const shifting = `${weights.length} shifting at ${least === most ? least : `${least} to ${most}`} %`;
  return [`${done} of ${functions.length} functions at 100 %`, ...(weights.length > 0 ? [shifting] : [])].join(', ');
}

/** @returns E.g. `2 alarms OK` or `1 of 2 alarms in ALARM: shop-errors`. */
function alarmStates(functions: readonly FunctionRelease[]): string {
  const states = new Map(functions.flatMap(({ alarms = [] }) => alarms.map(({ name, state }) => [name, state])));
  if (states.size === 0) return '';
  const inState = (wanted: string) => [...states].filter(([, state]) => state === wanted).map(([name]) => name);
  const firing = inState('ALARM');
  if (firing.length > 0) return `${firing.length} of ${counted(states.size, 'alarm')} in ALARM: ${firing.join(', ')}`;
  const ok = inState('OK').length;
  const silent = inState('INSUFFICIENT_DATA').length;
  const unknown = states.size - ok - silent;
  const rest = [...(silent > 0 ? [`${silent} without data`] : []), ...(unknown > 0 ? [`${unknown} unknown`] : [])];
  return rest.length > 0
    ? `${counted(states.size, 'alarm')}: ${ok} OK, ${rest.join(', ')}`
    : `${counted(ok, 'alarm')} OK`;
}

/** @returns E.g. `0.0 % errors (v6: 0.1 %)`. */
function errorRates(functions: readonly FunctionRelease[]): string {
  const known = functions.filter(({ traffic }) => traffic);
  const sum = (side: 'from' | 'to') => ({
    calls: known.reduce((total, { traffic }) => total + traffic![side].calls, 0),
    errors: known.reduce((total, { traffic }) => total + traffic![side].errors, 0),
  });
  const [to, from] = [sum('to'), sum('from')];
  if (known.length === 0) return '';
  if (to.calls === 0) return 'no invocations yet';
  const previous = functions.length === 1 ? `v${functions[0]!.from}` : 'previous versions';
  return `${errorRate(to)} errors${from.calls > 0 ? ` (${previous}: ${errorRate(from)})` : ''}`;
}

/** The hooks before and after the shift count as 5 % each; the rest is the time that the traffic takes to shift. */
function percentComplete(functions: readonly FunctionRelease[], now: number): number {
  if (functions.length === 0) return 0;
  const parts = functions.map((release): number => {
    if (isOver(release)) return 99;
    const event = release.lifecycleEvents.find(({ status }) => status === 'InProgress');
    if (event?.name === 'AfterAllowTraffic') return 95;
    if (event?.name !== 'AllowTraffic') return event ? 2 : 0;
    const total = shiftMinutes(routingNamed(release.deploymentType)) * 60_000;
    const share = total > 0 ? (now - Date.parse(event.began ?? '')) / total : 1;
    return 5 + 90 * Math.min(1, Math.max(0, share || 0));
  });
  return Math.floor(parts.reduce((sum, part) => sum + part, 0) / parts.length);
}
