import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * The shell script of the guard. It reads the process groups to watch from its standard input. The end of the input
 * means that the rehearsal has closed the guard or has died, however that happened.
 *
 * Groups are addressed as `kill -TERM -id`, because dash does not support `--`. Zombies do not count, because the first
 * process of many containers never reaps them. On Linux, a process that has left its group (a daemon) is found by the
 * path of the directory in its environment: every command has its HOME there.
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

interface ProcessGuardProps {
  /** Absolute path of the directory to remove together with the processes. */
  readonly directory: string;
  /** Whether to leave the directory. */
  readonly keep: boolean;
  /** Milliseconds of real time between SIGTERM and SIGKILL. */
  readonly grace: number;
}

/**
 * A small shell process that outlives the rehearsal until it has cleaned up: ended the processes and removed the
 * directory. It does the same after an orderly end as after SIGKILL or a crash, so that tests of one cover the other.
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
      // Without the path of the directory, or the guard would find itself.
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    });
    this.#ended = once(this.#guard, 'exit');
    this.#guard.stdin!.on('error', () => {});
    this.#guard.unref();
    (this.#guard.stdin as unknown as { unref(): void }).unref();
  }

  /**
   * Ends the process group when the guard is released.
   *
   * @param group Id of the process that leads the group.
   */
  watch(group: number): void {
    this.#guard.stdin!.write(`+ ${group}\n`);
  }

  /** Undoes {@link watch} for a group that has ended, because the system may reuse its id. */
  forget(group: number): void {
    if (!this.#released) this.#guard.stdin!.write(`- ${group}\n`);
  }

  /** Ends all watched groups, removes the directory unless it is kept, and waits for both. */
  async release(): Promise<void> {
    if (!this.#released) {
      this.#released = true;
      this.#guard.ref();
      this.#guard.stdin!.end();
    }
    await this.#ended;
  }
}
