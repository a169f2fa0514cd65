import { linkPackages } from '../../rehearsal/scratch/linked-packages';
import type { Scratch } from '../../rehearsal/scratch/scratch';

/**
 * Makes a directory a git repository with one commit of all its files, and lends it installed packages.
 *
 * @param installed Repository in which `npm ci` was run.
 */
export async function commitFixture(scratch: Scratch, directory: string, installed: string): Promise<void> {
  const git = async (...args: readonly string[]) =>
    scratch.capture({
      file: 'git',
      arguments: ['-c', 'safe.directory=*', ...args],
      cwd: directory,
      environment: { PATH: process.env.PATH ?? '', HOME: scratch.path, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1' },
    });
  await git('init', '--quiet');
  await git('add', '--all');
  const author = ['-c', 'user.name=Fixture', '-c', 'user.email=fixture@example.invalid'];
  await git(...author, 'commit', '--quiet', '--no-verify', '--message', 'The service as it is');
  await linkPackages(installed, directory);
}
