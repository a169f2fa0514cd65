import { spawn } from 'node:child_process';

/** What ended a command. */
export type CommandEnd =
  | { readonly type: 'exited'; readonly status: number }
  | { readonly type: 'signalled'; readonly signal: string };

/** Runs npm in a directory. Its output goes where that of this process goes. */
export function runNpm(args: readonly string[], directory: string): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    spawn('npm', args, { cwd: directory, stdio: 'inherit' })
      .on('error', reject)
      .on('exit', (status, signal) => {
        resolve(signal ? { type: 'signalled', signal } : { type: 'exited', status: status ?? 1 });
      });
  });
}
