import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exit } from '../../scratch/child-process';
import type { Scratch } from '../../scratch/scratch';

interface BuildShellProps {
  readonly scratch: Scratch;
  /** Path of the shell, or its name in PATH, e.g. `bash`. */
  readonly shell: string;
  /** Directory for the state that is passed from command to command. */
  readonly state: string;
  /** Working directory of the first command. */
  readonly directory: string;
  /** Environment of the first command. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Runs the commands of a build like CodeBuild's agent for version 0.2: each as a script in a new shell, which first
 * restores the environment and the working directory of the previous command. Variables are passed on whether exported
 * or not (`set -a`). Functions, aliases and options are not, and after `exit` nothing is.
 *
 * AWS documents only "the same instance of the default shell". Published build logs show that each command is a script:
 * errors name `/codebuild/output/tmp/script.sh: line 4`, which is the line of a first command here too, and
 * `CODEBUILD_LAST_EXIT` is set and exported.
 */
export class BuildShell {
  readonly #groups: number[] = [];
  readonly #script: string;
  readonly #environment: string;
  readonly #directory: string;
  readonly #props: BuildShellProps;

  private constructor(props: BuildShellProps) {
    this.#props = props;
    this.#script = join(props.state, 'script.sh');
    this.#environment = join(props.state, 'env.sh');
    this.#directory = join(props.state, 'dir.txt');
  }

  static async open(props: BuildShellProps): Promise<BuildShell> {
    const shell = new BuildShell(props);
    await mkdir(props.state, { recursive: true });
    await writeFile(shell.#directory, props.directory);
    await writeFile(shell.#environment, '');
    await shell.set(props.environment);
    return shell;
  }

  /** Sets environment variables for the commands to come. */
  async set(variables: Readonly<Record<string, string>>): Promise<void> {
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}\n`);
    await writeFile(this.#environment, lines.join(''), { flag: 'a' });
  }

  /** Runs a command. Standard error is merged into standard output. */
  async run(command: string, onLine: (line: string) => void): Promise<Exit> {
    const prologue = [`. ${quote(this.#environment)}`, `cd "$(cat ${quote(this.#directory)})"`, 'set -a'];
    const epilogue = [
      'CODEBUILD_LAST_EXIT=$?',
      `export -p > ${quote(this.#environment)}`,
      `pwd > ${quote(this.#directory)}`,
      'exit "$CODEBUILD_LAST_EXIT"',
    ];
    await writeFile(this.#script, [...prologue, command, ...epilogue, ''].join('\n'));
    const exit = await this.#props.scratch.run({
      file: '/bin/sh',
      arguments: ['-c', 'exec 2>&1; exec "$0" "$1"', this.#props.shell, this.#script],
      cwd: this.#props.directory,
      // Other variables come from the script, because a variable that a command unsets must stay unset. The process
      // guard needs HOME.
      environment: { PATH: this.#props.environment.PATH ?? '', HOME: this.#props.environment.HOME ?? '' },
      onLine,
      signal: this.#props.signal,
    });
    this.#groups.push(exit.group);
    return exit;
  }

  /**
   * Expands a text like the shell does within double quotes.
   *
   * @param word E.g. `npm-$(codebuild-hash-files package-lock.json)`.
   * @param tools Directory with commands for this expansion only. @default - none
   * @returns The expanded text.
   * @throws Error when a command in it fails.
   */
  async expand(word: string, tools?: string): Promise<string> {
    const file = join(this.#props.state, 'expanded');
    const search = tools === undefined ? '' : `PATH=${quote(tools)}:"$PATH"; `;
    const lines: string[] = [];
    const exit = await this.run(`(${search}cat > ${quote(file)} <<CODEBUILD_WORD\n${word}\nCODEBUILD_WORD\n)`, (line) =>
      lines.push(line),
    );
    if (exit.type !== 'exited' || exit.code !== 0) throw new Error(`cannot expand ${word}: ${lines.join('\n')}`);
    return (await readFile(file, 'utf8')).replace(/\n$/, '');
  }

  /** @returns The variables with these names, without those that are not set. */
  async variables(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const values: Record<string, string> = {};
    for (const name of names) {
      if (await this.expand(`\${${name}+set}`)) values[name] = await this.expand(`\${${name}}`);
    }
    return values;
  }

  /** Ends the background processes of the commands, which on AWS end with the container. */
  async close(): Promise<void> {
    await this.#props.scratch.end(this.#groups);
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
