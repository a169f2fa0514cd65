import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exit } from '../../scratch/child-process';
import type { Scratch } from '../../scratch/scratch';

export interface BuildShellProps {
  readonly scratch: Scratch;
  /** the shell's path, or its name in PATH, e.g. `bash` */
  readonly shell: string;
  /** directory of its own for the state that passes from command to command */
  readonly state: string;
  /** where the first command runs */
  readonly directory: string;
  /** what the first command finds in its environment */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Runs the commands of a build as CodeBuild's agent does with version 0.2: each as a script in a fresh shell, which first
 * takes over the environment and the working directory of the command before. Variables pass on whether exported or not
 * (`set -a`); functions, aliases and options do not; after `exit` nothing does.
 *
 * AWS documents only "the same instance of the default shell". That it is one script a command shows in published build
 * logs (errors name `/codebuild/output/tmp/script.sh: line 4`, the line a first command would have here) and in their
 * environments (`CODEBUILD_LAST_EXIT` is set and exported).
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

  /** Runs one command. Its standard error joins its standard output, in their order. */
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
      // All else is in the file: what a command unsets has to stay unset. Of these, HOME is what the guard finds it by.
      environment: { PATH: this.#props.environment.PATH ?? '', HOME: this.#props.environment.HOME ?? '' },
      onLine,
      signal: this.#props.signal,
    });
    this.#groups.push(exit.group);
    return exit;
  }

  /**
   * @param word e.g. `npm-$(codebuild-hash-files package-lock.json)`
   * @param tools a directory of commands that only this expansion finds
   * @returns what the shell expands it to, as within double quotes
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

  /** @returns the variables of these names, without those that are not set */
  async variables(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const values: Record<string, string> = {};
    for (const name of names) {
      if (await this.expand(`\${${name}+set}`)) values[name] = await this.expand(`\${${name}}`);
    }
    return values;
  }

  /** Ends what the commands left running, as the end of a build ends its container. */
  async close(): Promise<void> {
    await this.#props.scratch.end(this.#groups);
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
