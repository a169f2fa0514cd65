/**
 * The table in which an environment's releases are written down, one beside each service's stack. The pipeline makes it,
 * Deploy, the Canary action and the notifier write in it, and everybody may read there how a release ended.
 */
export const LEDGER = {
  /** string: `release` or `told` */
  partitionKey: 'kind',
  /** string: of a release when it began and its build's id, so that they are in order; of `told` what was told */
  sortKey: 'id',
  /** number: seconds since the epoch after which an item may go */
  expires: 'expires',
} as const;

/** @param stackName the service's */
export function ledgerTableName(stackName: string): string {
  return `${stackName}-releases`;
}
