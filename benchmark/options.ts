import type { CommandSpec, OptionSpecs, OptionValues } from '../cli/command-spec';
import { oneOf, text, wholeNumber } from '../cli/parsers';
import type { SampleSize } from './comparison';

/** What to compare. */
export interface BenchmarkOptions {
  readonly size: SampleSize;
  /** Names of the kinds of releases to play. Empty means all. */
  readonly only: readonly string[];
  /** Names of the configurations to compare. Empty means all. */
  readonly configurations: readonly string[];
  /** Directory to write to. @default - docs/; nothing is written for a part of the comparison */
  readonly out?: string;
}

/** The names that may be chosen from. */
interface KnownNames {
  readonly kinds: readonly string[];
  readonly configurations: readonly string[];
}

const MOST_SEEDS = 10_000;

/** `npm run bench:safety`. */
export function benchmarkCommand({ kinds, configurations }: KnownNames) {
  const options = {
    quick: {
      type: 'flag',
      description: 'fewer releases, at most two minutes on two cores; writes nothing without --out',
    },
    seeds: {
      type: 'value',
      placeholder: 'N',
      description: 'number of releases in every cell',
      parse: wholeNumber({ from: 1, to: MOST_SEEDS, example: 100 }),
      defaultText: '20 to 1200, depending on the cell',
    },
    only: {
      type: 'list',
      placeholder: 'KIND',
      separator: ',',
      description: 'play only these kinds of releases; prints the table, writes nothing without --out',
      parse: oneOf('a kind of release', kinds),
    },
    configuration: {
      type: 'list',
      placeholder: 'NAME',
      separator: ',',
      description: 'compare only these configurations; prints the table, writes nothing without --out',
      parse: oneOf('a configuration', configurations),
    },
    out: { type: 'value', placeholder: 'DIR', description: 'write safety.md and safety.json to DIR', parse: text },
  } as const satisfies OptionSpecs;

  return {
    call: 'npm run bench:safety --',
    description:
      'Plays releases with every fault, and good ones, with the published canary configurations and with the ' +
      'configurations of this repository, in virtual time, and writes what stops which to docs/safety.md and docs/safety.json.',
    options,
    notes: [`kinds of releases: ${kinds.join(', ')}`, `configurations: ${configurations.join(', ')}`],
    exitStatus: { 0: 'our configuration stops what it must and lets good releases pass', 1: 'it does not' },
    examples: [
      { line: 'npm run bench:safety' },
      { line: 'npm run bench:safety -- --quick --only throws-always,wrong-body' },
      { line: 'npm run bench:safety -- --only throws', fails: "'--only throws' is not a kind of release" },
    ],
  } satisfies CommandSpec<typeof options>;
}

/** The values that {@link benchmarkCommand} reads from a command line. */
type BenchmarkValues = OptionValues<ReturnType<typeof benchmarkCommand>['options']>;

export function benchmarkOptions({ quick, seeds, only, configuration, out }: BenchmarkValues): BenchmarkOptions {
  return {
    size: { quick, ...(seeds === undefined ? {} : { seeds }) },
    only,
    configurations: configuration,
    ...(out === undefined ? {} : { out }),
  };
}
