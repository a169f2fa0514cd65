import type { CommandSpec, Mistake, OptionSpecs } from '../cli/command-spec';
import { oneOf, wholeNumber } from '../cli/parsers';
import { faults } from './faults/catalogue';

/** In place of the name of a fault. */
const ALL = 'all';

const FAULT_NAMES = faults.map(({ name }) => name);

const options = {
  quick: { type: 'flag', description: "leave out the builds' tests" },
  seed: {
    type: 'value',
    placeholder: 'N',
    description: 'seed of all random choices (traffic, which requests the canary gets); the same N gives the same run',
    parse: wholeNumber({ from: 0, example: 7 }),
    default: 1,
  },
  hold: {
    type: 'flag',
    description: 'keep the embedded AWS running after the last release, until Ctrl-C, and print its address',
  },
  json: { type: 'flag', description: 'print one JSON document to stdout, and nothing else there' },
  fault: {
    type: 'list',
    placeholder: 'NAME',
    description: `rehearse this fault; repeat it for several, each is a push of its own; '${ALL}' is every fault`,
    parse: oneOf('a fault', [...FAULT_NAMES, ALL]),
  },
  'list-faults': {
    type: 'flag',
    description: 'print each fault, whether it is expected to be caught, and what it does; with --json as JSON',
  },
  keep: { type: 'flag', description: 'leave the scratch directory, and print its path' },
} as const satisfies OptionSpecs;

/** `npm run rehearse`. */
export const rehearseCommand: CommandSpec<typeof options> = {
  call: 'npm run rehearse --',
  description:
    'Sends three commits through the synthesised pipeline on this machine, without AWS: the repository as it is ' +
    'committed, a harmless change, and a harmful one that only real traffic reveals. With faults: the repository as it ' +
    'is committed, and then for each fault a harmless change during which the fault is injected into the last ' +
    'environment, without a change of the source code that it affects.',
  options,
  check: ({ fault = [] }) => conflicts(fault),
  exitStatus: {
    0:
      'the harmless change was released and the harmful one rolled back, with the old version serving all traffic; or ' +
      'each fault was caught or passed as expected',
    1: 'a release ended differently, or the rehearsal could not be run',
  },
  examples: [
    { line: 'npm run rehearse' },
    { line: 'npm run rehearse -- --quick --json > rehearsal.json' },
    { line: 'npm run rehearse -- --hold' },
    { line: 'npm run rehearse -- --quick --fault throws-always --fault dependency-down' },
    { line: 'npm run rehearse -- --list-faults' },
    { line: 'npm run rehearse -- --seed one', fails: "'--seed one' is not a whole number" },
    { line: 'npm run rehearse -- --fault throws', fails: "'--fault throws' is not a fault" },
  ],
};

/** What to rehearse. */
export interface RehearsalOptions {
  /** Whether to leave out the builds' tests. */
  readonly quick: boolean;
  readonly seed: number;
  /** Whether to keep the embedded AWS running after the last release. */
  readonly hold: boolean;
  /** Whether to print one JSON document to stdout. */
  readonly json: boolean;
  /** Whether to leave the scratch directory. */
  readonly keep: boolean;
  /** Names of the faults to rehearse, in this order. Without any, the three usual commits are rehearsed. */
  readonly faults: readonly string[];
}

/** @returns the names of the faults that were chosen, in their order; {@link ALL} is every fault of the catalogue */
export function chosenFaults(names: readonly string[]): readonly string[] {
  return names.includes(ALL) ? FAULT_NAMES : names;
}

function conflicts(names: readonly string[]): readonly Mistake[] {
  if (!names.includes(ALL) || names.length === 1) return [];
  return [
    { problem: `'--fault ${ALL}' includes every other fault`, remedy: `write --fault ${ALL} alone, or leave it out` },
  ];
}
