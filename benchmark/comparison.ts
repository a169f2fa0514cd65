import type { ModelledService, ResolvedConfiguration } from './modelled-service';
import { HORIZON } from './played-release';
import { type Chunk, playAll } from './pool';
import { isHarmful, type ReleaseKind } from './release-kinds';
import type { ReleaseSummary } from './release-summary';
import { mean, median, type Proportion, proportion } from './statistics';

/** Requests that releases harm, over the same stretch of time for every configuration. */
interface HarmedRequests {
  /** Median of the releases. */
  readonly median: number;
  /** Mean of the releases. */
  readonly mean: number;
  /** Share of what a flat deploy harms, by the means; above 1 is more than that. @default - a flat deploy harms none either */
  readonly ofFlat?: number;
}

/** A name and its share of the cases. */
interface Frequency {
  readonly what: string;
  /** 0 to 1. */
  readonly share: number;
}

/** Releases of one kind under one configuration. */
export interface Cell {
  /** Name of the kind. */
  readonly row: string;
  /** Name of the configuration. */
  readonly configuration: string;
  readonly releases: number;
  /** Releases that CodeDeploy rolled back. */
  readonly stopped: Proportion;
  /** What stopped them, most frequent first. */
  readonly by: readonly Frequency[];
  /** Checks that failed in releases that a hook stopped, most frequent first. */
  readonly checks: readonly Frequency[];
  /** Median of the virtual seconds until the old version served all traffic again. @default - none was stopped */
  readonly secondsToRollback?: number;
  /** Median percent of traffic that the new version had when it was stopped. @default - none was stopped */
  readonly weightWhenStopped?: number;
  /** @default - the kind is of good releases, which harm no requests */
  readonly exposure?: HarmedRequests;
}

export interface SafetyComparison {
  readonly kinds: readonly ReleaseKind[];
  readonly configurations: readonly ResolvedConfiguration[];
  readonly service: ModelledService;
  /** Seconds over which harm is counted. */
  readonly horizon: number;
  readonly cells: readonly Cell[];
  /** Mean number of requests that a flat deploy harms, by the name of the kind. */
  readonly flat: Readonly<Record<string, number>>;
}

/** Decides how many releases a cell has. */
export interface SampleSize {
  /** Number of releases in every cell. @default - by kind and configuration */
  readonly seeds?: number;
  /** Whether few releases are enough. */
  readonly quick: boolean;
}

interface CompareProps {
  readonly kinds: readonly ReleaseKind[];
  readonly configurations: readonly ResolvedConfiguration[];
  /** The deploy that all are compared with: all traffic at once. */
  readonly flat: ResolvedConfiguration;
  readonly service: ModelledService;
  readonly size: SampleSize;
  /** Number of processes. */
  readonly workers: number;
  /** Called after each chunk of releases with the number of chunks that are done, and of all. */
  readonly onProgress: (done: number, all: number) => void;
}

/** Releases in one message to a worker. */
const CHUNK = 20;

/** Plays every cell. The same props give the same comparison, whatever the number of workers. */
export async function compare(props: CompareProps): Promise<SafetyComparison> {
  const { kinds, configurations, flat, service, size, workers, onProgress } = props;
  const harmful = kinds.filter(isHarmful);
  const cells = kinds.flatMap((kind) =>
    configurations.map(({ name }) => ({ kind, configuration: name, releases: releasesOf(kind, name, size) })),
  );
  const flatCells = harmful.map((kind) => {
    const releases = cells.filter((cell) => cell.kind === kind).map((cell) => cell.releases);
    return { kind, configuration: flat.name, releases: Math.max(...releases) };
  });
  const chunks = [...cells, ...flatCells].flatMap(({ kind, configuration, releases }) =>
    Array.from({ length: Math.ceil(releases / CHUNK) }, (_, index): Chunk => {
      const from = index * CHUNK + 1;
      return { type: 'play', kind: kind.name, configuration, from, to: Math.min(releases, from + CHUNK - 1) };
    }),
  );
  const known = [...configurations, flat];
  const results = await playAll(chunks, { service, configurations: known, workers, onProgress });
  const releasesFor = (kind: string, configuration: string) =>
    results.flatMap((releases, index) => {
      const chunk = chunks[index]!;
      return chunk.kind === kind && chunk.configuration === configuration ? releases : [];
    });
  const flatOf = new Map(harmful.map(({ name }) => [name, releasesFor(name, flat.name)]));
  return {
    kinds,
    configurations,
    service,
    horizon: HORIZON / 1000,
    cells: cells.map(({ kind, configuration }) =>
      cellOf(kind.name, configuration, releasesFor(kind.name, configuration), flatOf.get(kind.name)),
    ),
    flat: Object.fromEntries(
      [...flatOf].map(([kind, releases]) => [kind, mean(releases.map(({ harmed }) => harmed)) ?? 0]),
    ),
  };
}

/** From this many requests a second on, a release takes ten times as long to play. */
const BUSY = 100;

/** The claim that fewer than 1 % of good releases are stopped needs so many of them to have an interval below 1 %. */
const CLAIM = { kind: 'good-0.1-percent-at-100', configuration: 'ours', releases: 1_200 };

function releasesOf(kind: ReleaseKind, configuration: string, { seeds, quick }: SampleSize): number {
  if (seeds !== undefined) return seeds;
  const isBusy = kind.requestsPerSecond >= BUSY || kind.name === 'traffic-100';
  if (quick) return isBusy ? 6 : 20;
  if (kind.name === CLAIM.kind && configuration === CLAIM.configuration) return CLAIM.releases;
  if (kind.table === 'good-releases') return isBusy ? 40 : 100;
  return isBusy ? 20 : 40;
}

/** @param flat Releases of a flat deploy with the same seeds, undefined for kinds of good releases. */
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
    stopped: proportion(stopped.length, releases.length),
    by: frequencies(stopped.map(({ by = 'unknown' }) => by)),
    checks: frequencies(stopped.flatMap(({ checks }) => checks ?? [])),
    ...(seconds !== undefined && { secondsToRollback: rounded(seconds) }),
    ...(weight !== undefined && { weightWhenStopped: weight }),
    ...(flat && { exposure: harmedRequests(releases, flat.slice(0, releases.length)) }),
  };
}

function harmedRequests(releases: readonly ReleaseSummary[], flat: readonly ReleaseSummary[]): HarmedRequests {
  const harmed = releases.map((each) => each.harmed);
  const average = mean(harmed) ?? 0;
  const averageOfFlat = mean(flat.map((each) => each.harmed)) ?? 0;
  return {
    median: median(harmed) ?? 0,
    mean: rounded(average),
    ...(averageOfFlat > 0 && { ofFlat: Math.round((average / averageOfFlat) * 1e5) / 1e5 }),
  };
}

function frequencies(names: readonly string[]): readonly Frequency[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([what, count]) => ({ what, share: Math.round((count / names.length) * 1000) / 1000 }));
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
