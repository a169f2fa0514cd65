import { parseArgs } from 'node:util';

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
}

/** A command line, as it was meant. */
export type CommandLine =
  | { readonly type: 'rehearse'; readonly options: Options }
  | { readonly type: 'help' }
  /** all of them */
  | { readonly type: 'mistaken'; readonly mistakes: readonly string[] };

const FLAGS = ['quick', 'hold', 'json', 'keep', 'help'] as const;

export function readOptions(args: readonly string[]): CommandLine {
  const given = new Set<string>();
  const mistakes: string[] = [];
  let seed = '1';
  // Not strict: that would throw at the first mistake.
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: { seed: { type: 'string' }, ...Object.fromEntries(FLAGS.map((flag) => [flag, { type: 'boolean' }])) },
  });
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push(`'${token.value}' is no option`);
    if (token.kind !== 'option') continue;
    if (token.name === 'seed') {
      seed = token.value ?? '';
      if (!isWholeNumber(seed)) mistakes.push(`'--seed ${seed}' is not a whole number`);
    } else if (!(FLAGS as readonly string[]).includes(token.name)) {
      mistakes.push(`'${token.rawName}' is no option`);
    } else if (token.value !== undefined) {
      mistakes.push(`'${token.rawName}' takes no value, but was given '${token.value}'`);
    } else {
      given.add(token.name);
    }
  }
  if (mistakes.length > 0) return { type: 'mistaken', mistakes };
  if (given.has('help')) return { type: 'help' };
  const flag = (name: (typeof FLAGS)[number]) => given.has(name);
  const options = { quick: flag('quick'), hold: flag('hold'), json: flag('json'), keep: flag('keep') };
  return { type: 'rehearse', options: { ...options, seed: Number(seed) } };
}

function isWholeNumber(text: string): boolean {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
}
