import type { PlayedRelease } from './played-release';

/** What the comparison keeps of one release. */
export interface ReleaseSummary {
  readonly caught: boolean;
  /** names of the alarms, or the hook, @default it was not caught */
  readonly by?: string;
  /** checks of a hook that failed, joined, @default it was no hook */
  readonly checks?: string;
  readonly weight: number;
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
