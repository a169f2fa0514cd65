import type { ModelledService, ResolvedConfiguration } from './modelled-service';
import { HORIZON } from './played-release';
import { type Chunk, playAll } from './pool';
import { hasExposure, type Row } from './release-kinds';
import { releasesOf, type Sizes } from './sizes';
import { mean, median, type Share, shareOf } from './statistics';
import type { ReleaseSummary } from './summary';

/** Requests that came to harm, over the same stretch of time for every configuration. */
export interface Exposure {
  readonly median: number;
  readonly mean: number;
  /** of what a flat deploy harms, by the means; above 1 is more than that; @default that harms none either */
  readonly ofFlat?: number;
}

/** One row under one configuration. */
export interface Cell {
  readonly row: string;
  readonly configuration: string;
  readonly releases: number;
  /** of all releases, those that CodeDeploy took back */
  readonly stopped: Share;
  /** what stopped them, most frequent first; shares of those stopped */
  readonly by: readonly { readonly what: string; readonly share: number }[];
  /** checks that failed, where a hook stopped a release; most frequent first */
  readonly checks: readonly { readonly what: string; readonly share: number }[];
  /** median of the virtual seconds until the old version had all traffic again, @default none was stopped */
  readonly secondsToRollback?: number;
  /** median percent of traffic that the new version had when it was stopped, @default none was stopped */
  readonly weightWhenStopped?: number;
  /** @default the row is of good releases, which harm nobody */
  readonly exposure?: Exposure;
}

export interface Comparison {
  readonly rows: readonly Row[];
  readonly configurations: readonly ResolvedConfiguration[];
  readonly service: ModelledService;
  /** seconds over which exposure is counted */
  readonly horizon: number;
  readonly cells: readonly Cell[];
  /** mean number of requests that a flat deploy harms, by row */
  readonly flat: Readonly<Record<string, number>>;
}

export interface CompareProps {
  readonly rows: readonly Row[];
  readonly configurations: readonly ResolvedConfiguration[];
  /** what all are measured by */
  readonly flat: ResolvedConfiguration;
  readonly service: ModelledService;
  readonly sizes: Sizes;
  readonly workers: number;
  readonly onProgress: (done: number, all: number) => void;
}

/** Releases that a process plays before it is asked again. */
const CHUNK = 20;

/** Plays every cell. The same props give the same comparison, however many workers there are. */
export async function compare(props: CompareProps): Promise<Comparison> {
  const { rows, configurations, flat, service, sizes, workers, onProgress } = props;
  const faulty = rows.filter(hasExposure);
  const cells = rows.flatMap((row) =>
    configurations.map(({ name }) => ({ row, configuration: name, releases: releasesOf(row, name, sizes) })),
  );
  const measures = faulty.map((row) => {
    const releases = cells.filter((cell) => cell.row === row).map((cell) => cell.releases);
    return { row, configuration: flat.name, releases: Math.max(...releases) };
  });
  const all = [...cells, ...measures];
  const chunks = all.flatMap(({ row, configuration, releases }) =>
    Array.from({ length: Math.ceil(releases / CHUNK) }, (_, index): Chunk => {
      const from = index * CHUNK + 1;
      return { type: 'play', row: row.name, configuration, from, to: Math.min(releases, from + CHUNK - 1) };
    }),
  );
  const known = [...configurations, flat];
  const results = await playAll(chunks, { service, configurations: known, workers, onProgress });
  const released = (row: string, configuration: string) =>
    results.flatMap((each, place) => {
      const chunk = chunks[place]!;
      return chunk.row === row && chunk.configuration === configuration ? each : [];
    });
  const flatOf = new Map(faulty.map(({ name }) => [name, released(name, flat.name)]));
  return {
    rows,
    configurations,
    service,
    horizon: HORIZON / 1000,
    cells: cells.map(({ row, configuration }) =>
      cellOf(row.name, configuration, released(row.name, configuration), flatOf.get(row.name)),
    ),
    flat: Object.fromEntries([...flatOf].map(([row, each]) => [row, mean(each.map(({ harmed }) => harmed)) ?? 0])),
  };
}

/** @param flat what a flat deploy does with the same seeds, undefined where that does not matter */
export function cellOf(
  row: string,
  configuration: string,
  releases: readonly ReleaseSummary[],
  flat: readonly ReleaseSummary[] | undefined,
): Cell {
  const stopped = releases.filter(({ caught }) => caught);
  const seconds = median(stopped.flatMap(({ secondsToRollback = [] }) => secondsToRollback));
  const weight = median(stopped.map((each) => each.weight));
  return {
    row,
    configuration,
    releases: releases.length,
    stopped: shareOf(stopped.length, releases.length),
    by: sharesOf(stopped.map(({ by = 'unknown' }) => by)),
    checks: sharesOf(stopped.flatMap(({ checks }) => checks ?? [])),
    ...(seconds !== undefined && { secondsToRollback: rounded(seconds) }),
    ...(weight !== undefined && { weightWhenStopped: weight }),
    ...(flat && { exposure: exposureOf(releases, flat.slice(0, releases.length)) }),
  };
}

function exposureOf(releases: readonly ReleaseSummary[], flat: readonly ReleaseSummary[]): Exposure {
  const harmed = releases.map((each) => each.harmed);
  const average = mean(harmed) ?? 0;
  const whole = mean(flat.map((each) => each.harmed)) ?? 0;
  return {
    median: median(harmed) ?? 0,
    mean: rounded(average),
    ...(whole > 0 && { ofFlat: Math.round((average / whole) * 1e5) / 1e5 }),
  };
}

function sharesOf(what: readonly string[]): readonly { readonly what: string; readonly share: number }[] {
  const counts = new Map<string, number>();
  for (const each of what) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([each, count]) => ({ what: each, share: Math.round((count / what.length) * 1000) / 1000 }));
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
