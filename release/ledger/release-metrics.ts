/** CloudWatch namespace of the release metrics. */
export const RELEASE_NAMESPACE = 'Releases';

/** The only dimension: the service's stack. */
export const RELEASE_DIMENSION = 'Stack';

/** Names of the metrics. Each has at most one value per release. */
export const RELEASE_METRICS = {
  /** Count: 1 for each release that succeeded, the first release included. */
  releases: 'Releases',
  /** Count: 1 for each release that was rolled back. */
  rollbacks: 'Rollbacks',
  /** Count: 1 for each release that failed otherwise. */
  failures: 'Failures',
  /**
   * 1 for a release that was rolled back or failed, 0 for one that succeeded: its average is the change failure rate.
   */
  changeFailed: 'ChangeFailed',
  /** Seconds from the commit until it serves all traffic. */
  leadTime: 'LeadTime',
  /** Seconds from the end of the first failed release until the next one that succeeded. */
  timeToRestore: 'TimeToRestore',
} as const;
