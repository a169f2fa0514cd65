import type { Random } from '../../random';
import type { Scope } from '../../scope';
import type { HttpApi } from '../http-api';

/** The state that API Gateway's resource types work on. */
export interface ApiGatewayResourceContext {
  readonly scope: Scope;
  readonly random: Random;
  readonly apis: Map<string, HttpApi>;
  /**
   * Lets virtual time pass.
   *
   * @param duration Milliseconds.
   */
  readonly sleep: (duration: number) => Promise<void>;
  /** @returns The current instant, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** Virtual milliseconds of a stack operation on any of these resources. */
export const TIME = 1_000;

/** Alphabet of API Gateway's ids. */
export const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
