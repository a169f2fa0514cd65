import { constants, existsSync } from 'node:fs';
import { access, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, type Exit, endGroup, groupLives, runCommand } from './child-process';
import { ProcessGuard } from './process-guard';

export interface ScratchProps {
  /**
   * Directory below which the scratch directory is made. It should be on a disk: installed packages take 600 MB.
   *
   * @default TMPDIR if set, else /var/tmp (which is a disk where /tmp is memory), else the system's temporary directory
   */
  readonly parent?: string;
  /** leave the directory at the end, for a look at what happened. @default false */
  readonly keep?: boolean;
  /** how long a child may take to heed SIGTERM at the end, in real milliseconds, @default 2000 */
  readonly grace?: number;
}

/** Thrown at whoever waits for a command that the closing of the scratch has ended, or starts one after it. */
export class ScratchClosed extends Error {
  constructor(command: string) {
    super(`the scratch directory is closing: ${command} has no place to run any more`);
    this.name = 'ScratchClosed';
  }
}

/**
 * Everything a rehearsal leaves in the world while it runs: one directory and the processes it started. All are gone when
 * it is closed, and also when the rehearsal dies without closing it.
 *
 * It is never made inside the repository: Node looks for packages in every directory above, and a build must not find
 * those of the person who rehearses.
 */
export class Scratch {
  readonly #guard: ProcessGuard;
  #closing: Promise<void> | undefined;
  #interrupted = false;

  private constructor(
    /** absolute, with every symbolic link resolved */
    readonly path: string,
    /** whether the directory stays when the scratch is closed */
    readonly kept: boolean,
    grace: number,
  ) {
    this.#guard = new ProcessGuard({ directory: path, keep: kept, grace });
  }

  static async open(props: ScratchProps = {}): Promise<Scratch> {
    const parent = props.parent ?? (await defaultParent());
    await mkdir(parent, { recursive: true });
    const path = await realpath(await mkdtemp(join(parent, 'rehearsal-')));
    return new Scratch(path, props.keep ?? false, props.grace ?? 2_000);
  }

  /** Makes a directory of that name, and those above it, unless it is there. @returns its absolute path */
  async directory(...name: readonly string[]): Promise<string> {
    const path = join(this.path, ...name);
    await mkdir(path, { recursive: true });
    return path;
  }

  /** Removes a directory with everything in it, what is write-protected included. */
  async remove(directory: string): Promise<void> {
    await rm(directory, { recursive: true, force: true }).catch(async () => {
      const environment = { PATH: process.env.PATH ?? '', HOME: this.path };
      await this.capture({ file: 'chmod', arguments: ['-R', 'u+rwx', directory], cwd: this.path, environment });
      await rm(directory, { recursive: true, force: true });
    });
  }

  /**
   * Runs a command until its first process ends. What it leaves running in the background lives until {@link end} or
   * {@link close}.
   *
   * @throws ScratchClosed when the scratch closes; Error if the command cannot be started
   */
  async run(command: Command): Promise<Exit> {
    if (this.#closing) return this.#closed(command);
    const exit = await runCommand(command, (group) => this.#guard.watch(group));
    if (this.#closing) return this.#closed(command);
    if (!groupLives(exit.group)) this.#guard.forget(exit.group);
    return exit;
  }

  /** When a signal ends the rehearsal, nobody is to take the end of a command for its failure, or to report an error. */
  #closed(command: Command): Promise<never> {
    if (this.#interrupted) return new Promise(() => {});
    throw new ScratchClosed(command.file);
  }

  /**
   * Runs a command and collects its output.
   *
   * @returns what it wrote to standard output
   * @throws Error with what it wrote to standard error, unless it ends with 0
   */
  async capture(command: Command): Promise<string> {
    const out: string[] = [];
    const err: string[] = [];
    const onLine = (line: string, stream: 'stdout' | 'stderr') => (stream === 'stdout' ? out : err).push(line);
    const exit = await this.run({ ...command, onLine });
    if (exit.type === 'exited' && exit.code === 0) return out.join('\n');
    const how = exit.type === 'exited' ? `exit status ${exit.code}` : exit.type;
    throw new Error(`${[command.file, ...command.arguments].join(' ')}: ${how}\n${err.join('\n')}`);
  }

  /** Takes charge of a child process started elsewhere with `detached: true`: it ends when the scratch does. */
  adopt(group: number): void {
    this.#guard.watch(group);
  }

  /** Ends what is left of these process groups. */
  async end(groups: readonly number[]): Promise<void> {
    await Promise.all(
      groups.filter(groupLives).map(async (group) => {
        await endGroup(group);
        if (!groupLives(group)) this.#guard.forget(group);
      }),
    );
  }

  /** Ends every process, and removes the directory unless it is kept. May be called more than once. */
  async close(): Promise<void> {
    this.#closing ??= this.#guard.release();
    await this.#closing;
    if (!this.kept && existsSync(this.path)) throw new Error(`cannot remove the scratch directory ${this.path}`);
  }

  /**
   * Closes the scratch when the rehearsal is told to stop (SIGINT, SIGTERM or SIGHUP), and then lets the signal end it, so
   * that whoever waits for it learns what happened. Commands that run then never return.
   *
   * @param before told the signal before anything ends
   * @returns takes it back
   */
  closeOnSignals(before?: (signal: NodeJS.Signals) => void): () => void {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const stop = async (signal: NodeJS.Signals) => {
      if (this.#closing) return;
      this.#interrupted = true;
      before?.(signal);
      try {
        await this.close();
      } finally {
        takeBack();
        process.kill(process.pid, signal);
      }
    };
    const takeBack = () => {
      for (const signal of signals) process.off(signal, stop);
    };
    for (const signal of signals) process.on(signal, stop);
    return takeBack;
  }
}

async function defaultParent(): Promise<string> {
  if (process.env.TMPDIR) return process.env.TMPDIR;
  const usable = await access('/var/tmp', constants.W_OK).then(
    () => true,
    () => false,
  );
  return usable ? '/var/tmp' : tmpdir();
}
