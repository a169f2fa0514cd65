import { parseArgs } from 'node:util';
import { faultNamed, faults } from './faults/catalogue';

/** What the person who rehearses asks for. */
export interface Options {
  /** leave out the builds' tests */
  readonly quick: boolean;
  readonly seed: number;
  /** keep the embedded AWS up after the last release */
  readonly hold: boolean;
  /** one JSON document on stdout */
  readonly json: boolean;
  /** leave the scratch directory */
  readonly keep: boolean;
  /** names of the faults to rehearse, in their order; none: the usual three pushes */
  readonly faults: readonly string[];
}

/** A command line, as it was meant. */
export type CommandLine =
  | { readonly type: 'rehearse'; readonly options: Options }
  | { readonly type: 'help' }
  | { readonly type: 'list-faults'; readonly json: boolean }
  /** all of them */
  | { readonly type: 'mistaken'; readonly mistakes: readonly string[] };

const FLAGS = ['quick', 'hold', 'json', 'keep', 'help', 'list-faults'] as const;

/** In place of a fault's name. */
const ALL = 'all';

export function readOptions(args: readonly string[]): CommandLine {
  const given = new Set<string>();
  const mistakes: string[] = [];
  const named: string[] = [];
  let seed = '1';
  // Not strict: that would throw at the first mistake.
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: {
      seed: { type: 'string' },
      fault: { type: 'string', multiple: true },
      ...Object.fromEntries(FLAGS.map((flag) => [flag, { type: 'boolean' }])),
    },
  });
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push(`'${token.value}' is no option`);
    if (token.kind !== 'option') continue;
    if (token.name === 'seed') {
      seed = token.value ?? '';
      if (!isWholeNumber(seed)) mistakes.push(`'--seed ${seed}' is not a whole number`);
    } else if (token.name === 'fault') {
      named.push(token.value ?? '');
    } else if (!(FLAGS as readonly string[]).includes(token.name)) {
      mistakes.push(`'${token.rawName}' is no option`);
    } else if (token.value !== undefined) {
      mistakes.push(`'${token.rawName}' takes no value, but was given '${token.value}'`);
    } else {
      given.add(token.name);
    }
  }
  mistakes.push(...mistakesIn(named));
  if (mistakes.length > 0) return { type: 'mistaken', mistakes };
  if (given.has('help')) return { type: 'help' };
  if (given.has('list-faults')) return { type: 'list-faults', json: given.has('json') };
  const flag = (name: (typeof FLAGS)[number]) => given.has(name);
  const options = { quick: flag('quick'), hold: flag('hold'), json: flag('json'), keep: flag('keep') };
  const chosen = named.includes(ALL) ? faults.map(({ name }) => name) : named;
  return { type: 'rehearse', options: { ...options, seed: Number(seed), faults: chosen } };
}

/** @returns what is wrong with the faults that were named; the list of those that there are stands once, behind it */
function mistakesIn(named: readonly string[]): string[] {
  const unknown = named
    .filter((name) => name !== ALL && !faultNamed(name))
    .map((name) => `'--fault ${name}' is no fault`);
  const twice = new Set(named.filter((name, index) => named.indexOf(name) < index));
  const list = `faults are ${faults.map(({ name }) => name).join(', ')}, or ${ALL} for each of them`;
  return [
    ...unknown,
    ...(unknown.length > 0 ? [list] : []),
    ...[...twice].map((name) => `'--fault ${name}' is given more than once`),
    ...(named.includes(ALL) && new Set(named).size > 1 ? [`'--fault ${ALL}' has every other fault in it`] : []),
  ];
}

function isWholeNumber(text: string): boolean {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
}
