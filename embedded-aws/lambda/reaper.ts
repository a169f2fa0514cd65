import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Reads `+ pid` and `- pid`; when its input ends, whoever held it open is gone, and so must be what is still listed.
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
 * Ends the children of a process that was killed before it could end them. A runtime that waits leaves by itself when
 * its Runtime API is gone; one whose handler never lets go of the processor does not notice. This small shell does.
 */
export class Reaper {
  #shell: ChildProcess | undefined;

  adopt(pid: number): void {
    this.#shell ??= this.#start();
    this.#tell(`+ ${pid}`);
  }

  /** Forgets a process that has ended, whose number may be given to another. */
  release(pid: number): void {
    this.#tell(`- ${pid}`);
  }

  async close(): Promise<void> {
    const shell = this.#shell;
    if (!shell) return;
    this.#shell = undefined;
    const gone = new Promise((resolve) => shell.once('close', resolve));
    shell.stdin?.end();
    if (shell.exitCode === null && shell.pid !== undefined) await gone;
  }

  #tell(line: string): void {
    if (this.#shell?.stdin?.writable) this.#shell.stdin.write(`${line}\n`);
  }

  #start(): ChildProcess {
    const shell = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], env: { PATH: process.env.PATH } });
    // Where there is no `sh`, runtimes still end with their Runtime API.
    shell.on('error', () => {});
    shell.stdin?.on('error', () => {});
    return shell;
  }
}
