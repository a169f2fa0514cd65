import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Reads lines `+ pid` and `- pid`. When its input ends, the parent process is gone, and the processes still listed are
 * killed.
 */
const SCRIPT = `
trap '' INT TERM HUP
pids=' '
while read -r sign pid; do
  case "$sign" in
    +) pids="$pids$pid " ;;
    -) case "$pids" in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }" ;; esac ;;
  esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
`;

/**
 * Kills execution environments whose parent process was killed before it could end them. An idle runtime exits by
 * itself when its Runtime API is gone, but not one whose handler never yields; this shell ends both.
 */
export class Reaper {
  #shell: ChildProcess | undefined;

  adopt(pid: number): void {
    this.#shell ??= this.#start();
    this.#send(`+ ${pid}`);
  }

  /** Removes a process that has ended, because the system may reuse its id. */
  release(pid: number): void {
    this.#send(`- ${pid}`);
  }

  async close(): Promise<void> {
    const shell = this.#shell;
    if (!shell) return;
    this.#shell = undefined;
    const gone = new Promise((resolve) => shell.once('close', resolve));
    shell.stdin?.end();
    if (shell.exitCode === null && shell.pid !== undefined) await gone;
  }

  #send(line: string): void {
    if (this.#shell?.stdin?.writable) this.#shell.stdin.write(`${line}\n`);
  }

  #start(): ChildProcess {
    const shell = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], env: { PATH: process.env.PATH } });
    // Without `sh`, idle runtimes still exit when their Runtime API is gone.
    shell.on('error', () => {});
    shell.stdin?.on('error', () => {});
    return shell;
  }
}
