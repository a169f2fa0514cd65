/** CloudWatch's namespace of what is counted of releases. */
export const RELEASE_NAMESPACE = 'Releases';

/** The one dimension: the service's stack. */
export const RELEASE_DIMENSION = 'Stack';

/** One value of each a release, as far as it has one. */
export const RELEASE_METRICS = {
  /** count: 1 for each that was released, the first release included */
  releases: 'Releases',
  /** count: 1 for each that was rolled back */
  rollbacks: 'Rollbacks',
  /** count: 1 for each that failed otherwise */
  failures: 'Failures',
  /** 1 for a release that was rolled back or failed, 0 for one that was released: its average is the change failure rate */
  changeFailed: 'ChangeFailed',
  /** seconds from the commit until all traffic is on it */
  leadTime: 'LeadTime',
  /** seconds from the end of the first release that failed until the next that was released */
  timeToRestore: 'TimeToRestore',
} as const;
