import { mistakeLines, readCommandLine } from './command-line';
import type { CommandSpec, OptionSpecs, OptionValues } from './command-spec';
import { firstLine, usage } from './usage';

/** Exit status of a call that is wrong. */
const MISUSE = 2;

/** The part of a stream that a command writes to. */
interface Writable {
  write(text: string): unknown;
}

export interface Streams {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Thrown by a command that finds out only while it runs that the call is wrong, e.g. that a file is not readable. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}

/** What a command line asks for. */
interface Call<O extends OptionSpecs, Action extends string> {
  readonly action: Action;
  readonly values: OptionValues<O>;
}

/**
 * Reads a command line and runs the command.
 *
 * @param run Does what the command is for, and returns its exit status.
 * @returns The exit status: 0 after `--help`, which goes to stdout; 2 for a wrong call, whose mistakes go to stderr.
 */
export async function runCommand<O extends OptionSpecs, Action extends string = never>(
  command: CommandSpec<O, Action>,
  args: readonly string[],
  { stdout, stderr }: Streams,
  run: (call: Call<O, Action>) => Promise<number> | number,
): Promise<number> {
  const line = await readCommandLine(command, args);
  switch (line.type) {
    case 'help':
      stdout.write(`${usage(command)}\n`);
      return 0;
    case 'misuse':
      return misuse(mistakeLines(line.mistakes));
    case 'run':
      try {
        return await run(line);
      } catch (error) {
        if (error instanceof Misuse) return misuse([error.message]);
        throw error;
      }
  }

  function misuse(lines: readonly string[]): number {
    const hint = `\`${command.call} --help\` lists all options and shows examples`;
    stderr.write(`${lines.map((each) => `✖ ${each}\n`).join('')}\n${firstLine(command)}\n${hint}\n`);
    return MISUSE;
  }
}

interface StartOptions {
  /** Whether the causes of an error are printed too. @default false */
  readonly causes?: boolean;
}

/** Runs a command in this process, whose exit status becomes the command's, or 1 when it throws. */
export function start(
  run: (args: readonly string[], streams: Streams) => Promise<number>,
  { causes = false }: StartOptions = {},
): void {
  run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr }).then(
    (status) => {
      process.exitCode = status;
    },
    (error: unknown) => {
      process.stderr.write(`${describeError(error, causes)}\n`);
      process.exitCode = 1;
    },
  );
}

/** @returns the message of an error, and of each of its causes on lines of their own */
export function describeError(error: unknown, causes: boolean): string {
  if (!(error instanceof Error)) return `✖ ${String(error)}`;
  const lines = [`✖ ${error.message}`];
  if (!causes) return lines[0]!;
  for (let { cause } = error; cause instanceof Error; cause = cause.cause) lines.push(`  because: ${cause.message}`);
  return lines.join('\n');
}
