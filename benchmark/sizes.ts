import type { Row } from './release-kinds';

/** How many releases a cell has. */
export interface Sizes {
  /** @default by the row and the configuration */
  readonly seeds?: number;
  readonly quick: boolean;
}

/** From this many requests a second on, a release takes ten times as long to play. */
const BUSY = 100;

/** The claim of under one good release in a hundred, by an interval: that many, of this row and configuration. */
const CLAIM = { row: 'good-0.1-percent-at-100', configuration: 'ours', releases: 1_200 };

/** @returns releases of a cell: the more, the closer its interval */
export function releasesOf(row: Row, configuration: string, { seeds, quick }: Sizes): number {
  if (seeds !== undefined) return seeds;
  const busy = row.requestsPerSecond >= BUSY || row.name === 'traffic-100';
  if (quick) return busy ? 6 : 20;
  if (row.name === CLAIM.row && configuration === CLAIM.configuration) return CLAIM.releases;
  if (row.table === 'good-releases') return busy ? 40 : 100;
  return busy ? 20 : 40;
}
