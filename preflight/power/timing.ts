/** All constants are seconds. CloudWatch evaluates once a minute, over windows that end with a whole minute. */
export const MINUTE = 60;
/** From the end of a minute until its metrics are visible (inferred, like POLLING; sources in docs/fidelity.md). */
export const PUBLISHING = 15;
/** Between two times at which CodeDeploy reads its alarms. */
const POLLING = 10;

/** The second of its minute in which the shift begins is random; these represent all of them. */
export const OFFSETS = [5, 15, 25, 35, 45, 55];
/** The second of the minute in which CloudWatch evaluates an alarm is random too. */
export const PHASES = Array.from({ length: MINUTE }, (_, second) => second + 0.5);
/** From an evaluation until CodeDeploy reads the alarm. */
export const LAGS = [1, 3, 5, 7, 9].map((second) => (second * POLLING) / 10);
