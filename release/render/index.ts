/** The ways to tell an outcome; each is pure. */
export { FAILURE_LIMIT, failureMessage } from './failure-message';
export { lifecycleReport } from './lifecycle-report';
export { render } from './log';
export { type Notice, notice, SUBJECT_LIMIT } from './notice';
export { type ReleaseVariables, releaseVariables, shellExports } from './shell-variables';
export { SUMMARY_LIMIT, type Summary, summary } from './summary';
export { duration, headline, renderCause } from './wording';
