import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { OURS, shortcomings } from './bounds';
import { compare } from './comparison';
import { resolveConfiguration } from './modelled-service';
import { type Options, readOptions } from './options';
import { OUR_CONFIGURATIONS, packageService } from './packaged-service';
import { flat, publishedConfigurations } from './published-configurations';
import { rows } from './release-kinds';
import { renderJson, renderMarkdown, renderSummary } from './render';

/** Beside `docs/`, where the comparison stands. */
const DOCS = join(__dirname, '../docs');

/** Processes that play releases. More do not help on the machines of a CI, fewer would be idle there. */
const MOST_WORKERS = 2;

const known = {
  rows: rows.map(({ name }) => name),
  configurations: [...publishedConfigurations.map(({ name }) => name), ...OUR_CONFIGURATIONS],
};

const usage = `usage: npm run bench:safety -- [options]

Plays releases with every fault, and good ones, under the published configurations and this repository's own, in virtual
time, and writes what stops which into docs/safety.md and docs/safety.json.

  --quick              fewer releases, two minutes at the most on two cores; writes nothing without --out
  --seeds N            N releases in every cell  [20 to 1200, by the cell]
  --only ROW[,ROW]     these faults or good releases only; prints the table, writes nothing without --out
  --configuration NAME[,NAME]  these configurations only; as --only
  --out DIR            write safety.md and safety.json there
  --help

rows: ${known.rows.join(', ')}
configurations: ${known.configurations.join(', ')}

exit status: 0 if ours stops what it must and lets good releases pass; 1 if not; 2 if the call is wrong

examples:
  npm run bench:safety
  npm run bench:safety -- --quick --only throws-always,wrong-body
  npm run bench:safety -- --only throws  fails: '--only throws' is none of those that there are, and which there are`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main({ sizes, only, configurations, out }: Options): Promise<number> {
  const began = Date.now();
  const packaged = await packageService();
  const { service } = packaged;
  const all = [
    ...publishedConfigurations.map((each) => resolveConfiguration(each, service)),
    ...packaged.configurations,
  ];
  let told = 0;
  const comparison = await compare({
    rows: chosen(rows, only),
    configurations: chosen(all, configurations),
    flat: resolveConfiguration(flat, service),
    service,
    sizes,
    workers: Math.min(MOST_WORKERS, availableParallelism()),
    onProgress(done, count) {
      const tenths = Math.floor((done / count) * 10);
      if (tenths > told) tell(`${tenths * 10} % played after ${seconds(began)} s`);
      told = tenths;
    },
  });
  const whole = only.length === 0 && configurations.length === 0 && !sizes.quick;
  const directory = out === undefined ? (whole ? DOCS : undefined) : resolve(out);
  if (directory === undefined) {
    say(renderSummary(comparison));
  } else {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'safety.md'), renderMarkdown(comparison));
    writeFileSync(join(directory, 'safety.json'), renderJson(comparison));
    tell(`written: ${join(directory, 'safety.md')} and safety.json`);
  }
  const short = shortcomings(comparison);
  for (const each of short) tell(`✖ ${OURS}, ${each}`);
  tell(`compared in ${seconds(began)} s`);
  return short.length === 0 ? 0 : 1;
}

function chosen<T extends { readonly name: string }>(all: readonly T[], names: readonly string[]): readonly T[] {
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

function seconds(began: number): number {
  return Math.round((Date.now() - began) / 1000);
}

async function start(): Promise<number> {
  const command = readOptions(process.argv.slice(2), known);
  switch (command.type) {
    case 'compare':
      return main(command.options);
    case 'help':
      say(usage);
      return 0;
    case 'mistaken':
      tell(`${command.mistakes.join('\n')}\n\n${usage}`);
      return 2;
  }
}

start().then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    tell(`✖ ${error.message}`);
    process.exitCode = 1;
  },
);
