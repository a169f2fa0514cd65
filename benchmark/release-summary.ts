import type { PlayedRelease } from './played-release';

/** What the comparison keeps of one release. */
export interface ReleaseSummary {
  readonly caught: boolean;
  /** Names of the alarms, or the hook, that stopped it. @default - it was not stopped */
  readonly by?: string;
  /** Names of the hook's checks that failed, joined. @default - no hook stopped it */
  readonly checks?: string;
  /** Percent of traffic that the new version had been given when it was stopped, or at the end. */
  readonly weight: number;
  /** As in {@link PlayedRelease}. @default - it was not stopped */
  readonly secondsToRollback?: number;
  readonly seconds: number;
  readonly requests: number;
  readonly harmed: number;
  readonly wrong: number;
}

const HOOKS = { BeforeAllowTraffic: 'pre hook', AfterAllowTraffic: 'post hook' } as const;

export function summaryOf({ caught, by, weight, secondsToRollback, seconds, harm }: PlayedRelease): ReleaseSummary {
  return {
    caught,
    ...(by && { by: by.type === 'hook' ? HOOKS[by.event] : by.type === 'alarms' ? by.names.join(' + ') : by.code }),
    ...(by?.type === 'hook' && { checks: by.checks.join(' + ') }),
    weight,
    ...(secondsToRollback !== undefined && { secondsToRollback }),
    seconds,
    requests: harm.requests,
    harmed: harm.harmed,
    wrong: harm.wrong,
  };
}
