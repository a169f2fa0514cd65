import { MINUTE } from './timing';

/**
 * How requests fail. A request that throws, crashes or times out is an error to Lambda and a 5xx to its API. A 5xx that
 * the code answers is a failure to the API only.
 */
export type FailureKind = 'throws' | 'answers 5xx';

/** The traffic that a release meets, and how much of it each version fails. */
export interface Scenario {
  /** Requests per second to the function. */
  readonly requestsPerSecond: number;
  /** Share of the new version's requests that fail, 0 to 1. */
  readonly newFails: number;
  /** Share of the old version's requests that fail, 0 to 1. */
  readonly oldFails: number;
  /**
   * Requests per second to other functions of the same API. None of them fails.
   *
   * @default 0
   */
  readonly otherRequestsPerSecond?: number | undefined;
}

/** Requests of a period by version and result: their means, or one draw. */
export interface Requests {
  readonly newFailed: number;
  readonly newFine: number;
  readonly oldFailed: number;
  readonly oldFine: number;
  /** Requests to other functions of the same API. */
  readonly others: number;
}

/**
 * @param newSeconds Seconds of all traffic that the new version gets in the minute.
 * @returns The mean numbers of requests in the minute.
 */
export function meansOf(newSeconds: number, scenario: Scenario): Requests {
  const { requestsPerSecond, newFails, oldFails, otherRequestsPerSecond = 0 } = scenario;
  const toNew = requestsPerSecond * newSeconds;
  const toOld = requestsPerSecond * (MINUTE - newSeconds);
  return {
    newFailed: toNew * newFails,
    newFine: toNew * (1 - newFails),
    oldFailed: toOld * oldFails,
    oldFine: toOld * (1 - oldFails),
    others: otherRequestsPerSecond * MINUTE,
  };
}
