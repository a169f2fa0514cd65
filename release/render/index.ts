/** The ways to tell an outcome; each is pure. */
export { FAILURE_LIMIT, failureMessage } from './failure';
export { render } from './log';
export { type Notice, notice, SUBJECT_LIMIT } from './notice';
export { SUMMARY_LIMIT, type Summary, summary } from './summary';
export { duration, headline, renderCause } from './words';
