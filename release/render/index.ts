/** What the rest of the repository renders of an outcome; every function is pure. */
export { FAILURE_LIMIT, failureMessage } from './failure-message';
export { lifecycleReport } from './lifecycle-report';
export { render } from './log';
export { notice, SUBJECT_LIMIT } from './notice';
export { type ReleaseVariables, releaseVariables, shellExports } from './shell-variables';
export { SUMMARY_LIMIT, summary } from './summary';
export { duration, headline } from './wording';
