import type { CommandSpec, FlagOption, ListOption, ValueOption } from './command-spec';

/** Columns of the usage text. */
const WIDTH = 120;

/** Spaces before options, between their columns, and before examples. */
const GAP = 2;

type Option = FlagOption | ValueOption | ListOption;

const HELP: FlagOption = { type: 'flag', description: 'print this text' };

/** @returns the text of `--help`, without a line end */
export function usage(command: Omit<CommandSpec, 'check'>): string {
  const options = Object.entries({ ...command.options, help: HELP });
  const failing = Math.max(0, ...command.examples.filter(({ fails }) => fails).map(({ line }) => line.length));
  return [
    firstLine(command),
    wrap(command.description),
    ...(command.actions ? [table(Object.entries(command.actions))] : []),
    table(options.map(([name, option]) => [signature(name, option), description(option)])),
    ...(command.notes ?? []).map((note) => wrap(note)),
    `exit status:\n${table(Object.entries({ ...command.exitStatus, 2: 'the call is wrong; nothing was done' }))}`,
    `examples:\n${command.examples.map((each) => exampleLine(each, failing)).join('\n')}`,
  ].join('\n\n');
}

/** @returns the first line of the usage text, which says how the command is called */
export function firstLine({ call, synopsis, actions }: Pick<CommandSpec, 'call' | 'synopsis' | 'actions'>): string {
  return `usage: ${call} ${synopsis ?? (actions ? Object.keys(actions).join(' | ') : '[options]')}`;
}

/** @returns an option as it is typed, such as `--seed N` */
export function signature(name: string, option: Option): string {
  if (option.type === 'flag') return `--${name}`;
  if (option.type === 'value') return `--${name} ${'bare' in option ? `[${option.placeholder}]` : option.placeholder}`;
  return `--${name} ${option.placeholder}${option.separator ? `[${option.separator}${option.placeholder}]` : ''}`;
}

function description(option: Option): string {
  if (option.type !== 'value') return option.description;
  const byDefault = option.defaultText ?? (option.default === undefined ? undefined : String(option.default));
  return byDefault === undefined ? option.description : `${option.description} [${byDefault}]`;
}

function exampleLine({ line, fails }: CommandSpec['examples'][number], width: number): string {
  return ' '.repeat(GAP) + (fails ? `${line.padEnd(width)}  fails: ${fails}` : line);
}

/** @returns two columns, of which the second is wrapped */
function table(rows: readonly (readonly [string, string])[]): string {
  const first = Math.max(...rows.map(([left]) => left.length));
  const indent = GAP + first + GAP;
  return rows
    .map(([left, right]) => {
      const text = wrap(right, WIDTH - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);
      return `${' '.repeat(GAP)}${left.padEnd(first)}${' '.repeat(GAP)}${text}`;
    })
    .join('\n');
}

function wrap(text: string, width = WIDTH): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
