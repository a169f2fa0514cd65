import { MINUTE } from './timing';

/**
 * How requests fail. One that throws, crashes or times out is an error to Lambda and a 5xx to its API; a 5xx that the code
 * answers itself is one to the API alone.
 */
export type Failure = 'throws' | 'answers 5xx';

/** A release to compute the chance for. */
export interface Scenario {
  /** Requests a second that the function answers. */
  readonly requestsPerSecond: number;
  /** Shares of requests that fail, 0 to 1. */
  readonly newFails: number;
  readonly oldFails: number;
  /** Requests a second to the same API that other functions answer, all of them well. @default 0 */
  readonly otherRequestsPerSecond?: number | undefined;
}

/** Requests of a stretch of time by version and outcome; their means, or one draw of them. */
export interface Requests {
  readonly newFailed: number;
  readonly newFine: number;
  readonly oldFailed: number;
  readonly oldFine: number;
  /** Of other functions of the same API. */
  readonly others: number;
}

/** @returns the means of a minute of which the new version has all the traffic of so many seconds */
export function meansOf(newSeconds: number, scenario: Scenario): Requests {
  const { requestsPerSecond, newFails, oldFails, otherRequestsPerSecond = 0 } = scenario;
  const requests = requestsPerSecond * newSeconds;
  const before = requestsPerSecond * (MINUTE - newSeconds);
  return {
    newFailed: requests * newFails,
    newFine: requests * (1 - newFails),
    oldFailed: before * oldFails,
    oldFine: before * (1 - oldFails),
    others: otherRequestsPerSecond * MINUTE,
  };
}
