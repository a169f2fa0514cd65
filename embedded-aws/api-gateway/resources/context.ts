import type { Random } from '../../random';
import type { Scope } from '../../scope';
import type { HttpApi } from '../http-api';

/** What API Gateway's resource types work on. */
export interface ApiGatewayResourceContext {
  readonly scope: Scope;
  readonly random: Random;
  readonly apis: Map<string, HttpApi>;
  /** Lets virtual time pass, in milliseconds. */
  readonly sleep: (duration: number) => Promise<void>;
  /** @returns The current instant, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** Virtual milliseconds that any of these resources takes to create, update or delete. */
export const TIME = 1_000;

/** The alphabet of API Gateway's ids. */
export const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
