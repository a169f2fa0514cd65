import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds to wait for output after the process has ended. Background processes may keep the pipe open. */
const DRAIN = 200;

/** Milliseconds that a process group gets to end after SIGTERM. */
const GRACE = 2_000;

export interface Command {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
  /** The complete environment; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Called with each line of output, without its line break.
   *
   * @default - output is discarded
   */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** When aborted, the command and everything that it started is ended. */
  readonly signal?: AbortSignal;
}

/** How a command ended. `group` is the id of its process group, in which background processes may still run. */
export type Exit = { readonly group: number } & (
  | { readonly type: 'exited'; readonly code: number }
  | { readonly type: 'killed'; readonly signal: NodeJS.Signals }
  | { readonly type: 'aborted' }
);

/**
 * Runs a command as the leader of its own process group, with empty standard input.
 *
 * @param onGroup Called with the id of the group as soon as the process has started.
 * @throws Error when the command cannot be started.
 */
export async function runCommand(command: Command, onGroup: (group: number) => void): Promise<Exit> {
  command.signal?.throwIfAborted();
  const child = spawn(command.file, command.arguments, {
    cwd: command.cwd,
    env: { ...command.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const group = child.pid;
  if (group === undefined) {
    const [error] = await once(child, 'error');
    throw new Error(`cannot start ${command.file} in ${command.cwd}`, { cause: error });
  }
  onGroup(group);
  const abort = () => endGroup(group);
  command.signal?.addEventListener('abort', abort);
  try {
    const drained = Promise.all([
      lines(child.stdout, (line) => command.onLine?.(line, 'stdout')),
      lines(child.stderr, (line) => command.onLine?.(line, 'stderr')),
    ]);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    await Promise.race([drained, wait(DRAIN)]);
    release(child);
    if (command.signal?.aborted) {
      await endGroup(group);
      return { type: 'aborted', group };
    }
    return signal ? { type: 'killed', signal, group } : { type: 'exited', code: code ?? 0, group };
  } finally {
    command.signal?.removeEventListener('abort', abort);
  }
}

/** @returns Whether any process of the group still runs. Zombies do not count. */
export function groupLives(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (!existsSync('/proc/self/stat')) return true;
  return readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && isRunningIn(group, entry));
}

function isRunningIn(group: number, id: string): boolean {
  let status: string;
  try {
    status = readFileSync(`/proc/${id}/stat`, 'utf8');
  } catch {
    // The process has ended since the directory was read.
    return false;
  }
  const [state, , processGroup] = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return Number(processGroup) === group && state !== 'Z';
}

/** Ends a process group: SIGTERM, and SIGKILL for the processes that are left after two seconds. */
export async function endGroup(group: number): Promise<void> {
  signalGroup(group, 'SIGTERM');
  for (let waited = 0; groupLives(group) && waited < GRACE; waited += 25) await wait(25);
  signalGroup(group, 'SIGKILL');
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Closes the pipes, which background processes may keep open. */
function release(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}

async function lines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) onLine(line.replace(/\r$/, ''));
  });
  await once(stream, 'close');
  rest += decoder.end();
  if (rest) onLine(rest.replace(/\r$/, ''));
}
