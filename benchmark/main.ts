import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { runCommand, type Streams, start } from '../cli/run-command';
import { OURS, shortcomings } from './bounds';
import { compare } from './comparison';
import { resolveConfiguration } from './modelled-service';
import { type BenchmarkOptions, benchmarkCommand, benchmarkOptions } from './options';
import { OUR_CONFIGURATIONS, packageService } from './packaged-service';
import { flat, publishedConfigurations } from './published-configurations';
import { releaseKinds } from './release-kinds';
import { renderJson, renderMarkdown, renderSummary } from './render';

/** Where the whole comparison is written to. */
const DOCS = join(__dirname, '../docs');

/** Processes that play releases: CI machines have two cores. */
const MOST_WORKERS = 2;

const known = {
  kinds: releaseKinds.map(({ name }) => name),
  configurations: [...publishedConfigurations.map(({ name }) => name), ...OUR_CONFIGURATIONS],
};

/** @returns the exit status */
async function main(
  { size, only, configurations, out }: BenchmarkOptions,
  { stdout, stderr }: Streams,
): Promise<number> {
  const began = Date.now();
  const progress = (line: string) => stderr.write(`${line}\n`);
  const packaged = await packageService();
  const { service } = packaged;
  const all = [
    ...publishedConfigurations.map((each) => resolveConfiguration(each, service)),
    ...packaged.configurations,
  ];
  let tenthsPlayed = 0;
  const comparison = await compare({
    kinds: chosen(releaseKinds, only),
    configurations: chosen(all, configurations),
    flat: resolveConfiguration(flat, service),
    service,
    size,
    workers: Math.min(MOST_WORKERS, availableParallelism()),
    onProgress(done, count) {
      const tenths = Math.floor((done / count) * 10);
      if (tenths > tenthsPlayed) progress(`${tenths * 10} % played after ${seconds(began)} s`);
      tenthsPlayed = tenths;
    },
  });
  const whole = only.length === 0 && configurations.length === 0 && !size.quick;
  const directory = out === undefined ? (whole ? DOCS : undefined) : resolve(out);
  if (directory === undefined) {
    stdout.write(`${renderSummary(comparison)}\n`);
  } else {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'safety.md'), renderMarkdown(comparison));
    writeFileSync(join(directory, 'safety.json'), renderJson(comparison));
    progress(`written: ${join(directory, 'safety.md')} and safety.json`);
  }
  const unmet = shortcomings(comparison);
  for (const each of unmet) progress(`✖ ${OURS}, ${each}`);
  progress(`compared in ${seconds(began)} s`);
  return unmet.length === 0 ? 0 : 1;
}

function chosen<T extends { readonly name: string }>(all: readonly T[], names: readonly string[]): readonly T[] {
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

function seconds(began: number): number {
  return Math.round((Date.now() - began) / 1000);
}

start((args, streams) =>
  runCommand(benchmarkCommand(known), args, streams, ({ values }) => main(benchmarkOptions(values), streams)),
);
