/** Seconds, as all of these. CloudWatch evaluates once a minute, over windows that end with a whole minute. */
export const MINUTE = 60;
/** From the end of a minute until its metrics are seen (inferred, as the next; docs/fidelity.md says from what). */
export const PUBLISHING = 15;
/** Between two looks of CodeDeploy at its alarms. */
const POLLING = 10;

/** Where in its minute the shift begins is as good as random: so many instants stand for all. */
export const OFFSETS = [5, 15, 25, 35, 45, 55];
/** The second of the minute at which CloudWatch evaluates the alarm is too. */
export const PHASES = Array.from({ length: MINUTE }, (_, second) => second + 0.5);
export const LAGS = [1, 3, 5, 7, 9].map((second) => (second * POLLING) / 10);
