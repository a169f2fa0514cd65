/**
 * Keys of the table in which an environment's releases are recorded; there is one table per service stack. The pipeline
 * creates it; Deploy, the Canary action and the notifier write to it.
 */
export const LEDGER = {
  /** String: `release` or `told`. Stored in existing tables, so these values must not change. */
  partitionKey: 'kind',
  /**
   * String: for a release its beginning and its build's id, which sorts releases by time; for `told` what was
   * announced.
   */
  sortKey: 'id',
  /** Number: seconds since the epoch after which DynamoDB may delete an item. */
  expires: 'expires',
} as const;

/** @param stackName Name of the service's stack. */
export function ledgerTableName(stackName: string): string {
  return `${stackName}-releases`;
}
