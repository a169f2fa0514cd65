import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * What ends the processes. It reads process groups to watch from its standard input; the input's end means that the
 * rehearsal closes the guard or is no more, however it died. Groups are addressed as `kill -TERM -id`, because dash knows
 * no `--`. Zombies do not count: the first process of many a container never collects them. A process that left its group (a daemon) is found, on Linux, by the directory's path in its environment: every
 * command run there has its HOME inside.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM
directory=$1 keep=$2 grace=$3 groups=
while read -r sign group; do
  case $sign in
    +) groups="$groups $group" ;;
    -) rest=; for one in $groups; do [ "$one" = "$group" ] || rest="$rest $one"; done; groups=$rest ;;
  esac
done
runs() {
  kill -0 "-$1" 2>/dev/null || return 1
  [ -d /proc/self ] || return 0
  cat /proc/[0-9]*/stat 2>/dev/null | sed 's/.*) //' | while read -r state parent group rest; do
    [ "$group" != "$1" ] || [ "$state" = Z ] || echo yes
  done | grep -q yes
}
left() {
  for one in $groups; do runs "$one" && echo "-$one"; done
  [ -d /proc/self ] && grep -lsF "$directory" /proc/[0-9]*/environ 2>/dev/null | sed 's|[^0-9]||g'
}
signal() { for one in $(left); do kill "-$1" "$one" 2>/dev/null; done; }
await() {
  ticks=$1
  while [ "$ticks" -gt 0 ] && [ -n "$(left)" ]; do sleep 0.05; ticks=$((ticks - 1)); done
}
signal TERM
await "$grace"
signal KILL
await 20
[ "$keep" = yes ] || rm -rf "$directory" || { chmod -R u+rwx "$directory"; rm -rf "$directory"; }
`;

export interface ProcessGuardProps {
  /** absolute path of the directory that goes with the processes */
  readonly directory: string;
  /** leave the directory when everything has ended */
  readonly keep: boolean;
  /** how long a process may take to heed SIGTERM before SIGKILL, in real milliseconds */
  readonly grace: number;
}

/**
 * A small shell process that outlives the rehearsal just long enough to clear up after it. Because the orderly end goes
 * the same way as the end after SIGKILL or a crash, what tests prove of the one holds for the other.
 */
export class ProcessGuard {
  readonly #guard: ChildProcess;
  readonly #ended: Promise<unknown>;
  #released = false;

  constructor(props: ProcessGuardProps) {
    const ticks = String(Math.max(1, Math.round(props.grace / 50)));
    this.#guard = spawn('/bin/sh', ['-c', SCRIPT, 'sh', props.directory, props.keep ? 'yes' : 'no', ticks], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      // Nothing that names the directory: the guard must not find itself.
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    });
    this.#ended = once(this.#guard, 'exit');
    this.#guard.stdin!.on('error', () => {});
    this.#guard.unref();
    (this.#guard.stdin as unknown as { unref(): void }).unref();
  }

  /** Has the process group ended when the guard is released. @param group the id of the process that leads it */
  watch(group: number): void {
    this.#guard.stdin!.write(`+ ${group}\n`);
  }

  /** Takes back {@link watch}, for a group of which nothing is left: its id may soon be somebody else's. */
  forget(group: number): void {
    if (!this.#released) this.#guard.stdin!.write(`- ${group}\n`);
  }

  /** Ends every watched group, removes the directory unless it is kept, and waits for both. */
  async release(): Promise<void> {
    if (!this.#released) {
      this.#released = true;
      this.#guard.ref();
      this.#guard.stdin!.end();
    }
    await this.#ended;
  }
}
