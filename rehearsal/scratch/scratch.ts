import { constants, existsSync } from 'node:fs';
import { access, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, type Exit, endGroup, groupLives, runCommand } from './child-process';
import { ProcessGuard } from './process-guard';

interface ScratchProps {
  /**
   * Directory in which the scratch directory is created. It should be on a disk: installed packages take 600 MB.
   *
   * @default - TMPDIR if set, else /var/tmp (on disk even where /tmp is in memory), else the system's temporary
   * directory
   */
  readonly parent?: string;
  /**
   * Whether to leave the directory at the end, for inspection.
   *
   * @default false
   */
  readonly keep?: boolean;
  /**
   * Milliseconds of real time between SIGTERM and SIGKILL at the end.
   *
   * @default 2000
   */
  readonly grace?: number;
}

/** Thrown when a command was ended because the scratch is closed, or is to be started after that. */
export class ScratchClosed extends Error {
  constructor(command: string) {
    super(`cannot run ${command}: the scratch directory is closing`);
    this.name = 'ScratchClosed';
  }
}

/**
 * Everything outside of its own process that a rehearsal uses: one directory, and the processes that it starts. All are
 * removed when the scratch is closed, and also when the rehearsal dies without closing it.
 *
 * The directory is never inside the repository: Node looks for packages in all parent directories, and a build must not
 * find those of the user's work tree.
 */
export class Scratch {
  readonly #guard: ProcessGuard;
  #closing: Promise<void> | undefined;
  #interrupted = false;

  private constructor(
    /** Absolute path of the directory, with all symbolic links resolved. */
    readonly path: string,
    /** Whether the directory stays when the scratch is closed. */
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

  /**
   * Creates a directory in the scratch directory, with its parents, unless it exists.
   *
   * @returns Its absolute path.
   */
  async directory(...name: readonly string[]): Promise<string> {
    const path = join(this.path, ...name);
    await mkdir(path, { recursive: true });
    return path;
  }

  /** Removes a directory and its content, write-protected files included. */
  async remove(directory: string): Promise<void> {
    await rm(directory, { recursive: true, force: true }).catch(async () => {
      const environment = { PATH: process.env.PATH ?? '', HOME: this.path };
      await this.capture({ file: 'chmod', arguments: ['-R', 'u+rwx', directory], cwd: this.path, environment });
      await rm(directory, { recursive: true, force: true });
    });
  }

  /**
   * Runs a command until its first process ends. Its background processes run on until {@link end} or {@link close}.
   *
   * @throws ScratchClosed when the scratch is closed.
   * @throws Error when the command cannot be started.
   */
  async run(command: Command): Promise<Exit> {
    if (this.#closing) return this.#closed(command);
    const exit = await runCommand(command, (group) => this.#guard.watch(group));
    if (this.#closing) return this.#closed(command);
    if (!groupLives(exit.group)) this.#guard.forget(exit.group);
    return exit;
  }

  /** After a signal, the promise stays pending, so that the end of the command is not reported as a failure. */
  #closed(command: Command): Promise<never> {
    if (this.#interrupted) return new Promise(() => {});
    throw new ScratchClosed(command.file);
  }

  /**
   * Runs a command and collects its output.
   *
   * @returns Its standard output.
   * @throws Error with its standard error unless it exits with status 0.
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

  /** Ends a process that was started elsewhere, with `detached: true`, when the scratch is closed. */
  adopt(group: number): void {
    this.#guard.watch(group);
  }

  /** Ends the processes that are left of these process groups. */
  async end(groups: readonly number[]): Promise<void> {
    await Promise.all(
      groups.filter(groupLives).map(async (group) => {
        await endGroup(group);
        if (!groupLives(group)) this.#guard.forget(group);
      }),
    );
  }

  /** Ends all processes, and removes the directory unless it is kept. May be called more than once. */
  async close(): Promise<void> {
    this.#closing ??= this.#guard.release();
    await this.#closing;
    if (!this.kept && existsSync(this.path)) {
      throw new Error(`cannot remove the scratch directory ${this.path}; remove it by hand`);
    }
  }

  /**
   * Closes the scratch on SIGINT, SIGTERM or SIGHUP, and then ends the process with that signal, so that the parent
   * process sees it. Commands that are running then never return.
   *
   * @param before Called with the signal before anything is ended.
   * @returns A function that removes the signal handlers.
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
        remove();
        process.kill(process.pid, signal);
      }
    };
    const remove = () => {
      for (const signal of signals) process.off(signal, stop);
    };
    for (const signal of signals) process.on(signal, stop);
    return remove;
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
