import { parseArgs } from 'node:util';
import type { Sizes } from './sizes';

/** What is to be compared. */
export interface Options {
  readonly sizes: Sizes;
  /** names of rows; none: all */
  readonly only: readonly string[];
  /** names of configurations; none: all */
  readonly configurations: readonly string[];
  /** where to write; @default docs/, and nowhere with --quick */
  readonly out?: string;
}

export type CommandLine =
  | { readonly type: 'compare'; readonly options: Options }
  | { readonly type: 'help' }
  /** all of them */
  | { readonly type: 'mistaken'; readonly mistakes: readonly string[] };

/** What may be named. */
export interface Known {
  readonly rows: readonly string[];
  readonly configurations: readonly string[];
}

const MOST_SEEDS = 10_000;

const VALUES = ['seeds', 'only', 'configuration', 'out'] as const;
const FLAGS = ['quick', 'help'] as const;

export function readOptions(args: readonly string[], known: Known): CommandLine {
  const mistakes: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  // Not strict: that would throw at the first mistake.
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries([
      ...VALUES.map((name) => [name, { type: 'string' as const }]),
      ...FLAGS.map((name) => [name, { type: 'boolean' as const }]),
    ]),
  });
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push(`'${token.value}' is no option`);
    if (token.kind !== 'option') continue;
    if ((VALUES as readonly string[]).includes(token.name)) {
      if (values.has(token.name)) mistakes.push(`'${token.rawName}' is given more than once; join names by commas`);
      if (!token.value) mistakes.push(`'${token.rawName}' wants a value`);
      values.set(token.name, token.value ?? '');
    } else if (!(FLAGS as readonly string[]).includes(token.name)) {
      mistakes.push(`'${token.rawName}' is no option`);
    } else if (token.value !== undefined) {
      mistakes.push(`'${token.rawName}' takes no value, but was given '${token.value}'`);
    } else {
      flags.add(token.name);
    }
  }
  const seeds = values.get('seeds');
  if (seeds && !(/^[1-9]\d*$/.test(seeds) && Number(seeds) <= MOST_SEEDS)) {
    mistakes.push(`'--seeds ${seeds}' is no whole number from 1 to ${MOST_SEEDS}`);
  }
  const only = namesIn('only', values.get('only'), known.rows, mistakes);
  const configurations = namesIn('configuration', values.get('configuration'), known.configurations, mistakes);
  if (mistakes.length > 0) return { type: 'mistaken', mistakes };
  if (flags.has('help')) return { type: 'help' };
  const quick = flags.has('quick');
  const out = values.get('out');
  const sizes = { quick, ...(seeds && { seeds: Number(seeds) }) };
  return { type: 'compare', options: { sizes, only, configurations, ...(out && { out }) } };
}

/** @returns the names in their order; what is wrong with them goes to the mistakes, the list of those that there are once */
function namesIn(option: string, text = '', known: readonly string[], mistakes: string[]): readonly string[] {
  if (text === '') return [];
  const named = text.split(',').map((name) => name.trim());
  const unknown = named.filter((name) => !known.includes(name));
  const twice = new Set(named.filter((name, index) => named.indexOf(name) < index));
  mistakes.push(...[...new Set(unknown)].map((name) => `'--${option} ${name}' is none of those that there are`));
  if (unknown.length > 0) mistakes.push(`for --${option} there are ${known.join(', ')}`);
  mistakes.push(...[...twice].map((name) => `'--${option} ${name}' is given more than once`));
  return named;
}
