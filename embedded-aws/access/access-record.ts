import type { AccessDecision, AccessQuery } from '../../aws-rules/access/evaluate';

/** A request that was decided, with everything that the decision depended on. */
export interface DecidedAccess {
  readonly query: AccessQuery;
  readonly decision: AccessDecision;
}

/** Every different request that was decided, in the order of its first occurrence. */
export class AccessRecord {
  readonly #decided: DecidedAccess[] = [];

  add(decided: DecidedAccess): void {
    this.#decided.push(decided);
  }

  get decided(): readonly DecidedAccess[] {
    return this.#decided;
  }
}
