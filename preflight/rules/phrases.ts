/** Parts of the texts of several rules and of the report. */

/** @returns A duration, e.g. `5 minutes`, `90 seconds`. */
export function duration(seconds: number): string {
  if (seconds % 60 !== 0) return `${seconds} seconds`;
  return seconds === 60 ? '1 minute' : `${seconds / 60} minutes`;
}

/** @returns An enumeration, e.g. `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Where an alarm is written in serverless.yml, as serverless-plugin-aws-alerts reads it. */
export const DEFINITION = 'the definition under custom.alerts.definitions';
