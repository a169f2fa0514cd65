import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { linkEntries } from './linked-packages';
import { isInstalled, nestedModules, readInstalled, readLockFile, recordInstalled } from './lock-file';

/**
 * Lends a checkout the packages that the work tree has in other directories than the root's `node_modules`: those of
 * services with lock files of their own, if they are exactly the ones in the lock file of the checkout, and those that npm
 * installs for workspace packages.
 *
 * @param installed The work tree.
 * @param checkout Directory that has the packages of the root already.
 * @returns The directories with a lock file of their own, relative to the repository, whose packages the work tree does
 * not have. They have no `node_modules` in the checkout.
 */
export async function linkOwnPackages(installed: string, checkout: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const directory of await directoriesOf(checkout)) {
    const lock = await readLockFile(join(checkout, directory));
    if (!lock) continue;
    const nested = nestedModules(lock).map((modules) => join(directory, modules));
    if (directory === '') {
      await link(nested);
      continue;
    }
    const found = await readInstalled(join(installed, directory));
    if (found && isInstalled(lock, found)) {
      await link([join(directory, 'node_modules'), ...nested]);
      await recordInstalled(join(checkout, directory), lock);
    } else {
      missing.push(directory);
    }
  }
  return missing;

  async function link(modules: readonly string[]): Promise<void> {
    for (const path of modules) {
      const present = await stat(join(installed, path)).catch(() => undefined);
      if (present) await linkEntries(installed, join(installed, path), join(checkout, path));
    }
  }
}

/** @returns The directories of a checkout, relative to it, beginning with itself: an empty text. */
async function directoriesOf(checkout: string): Promise<readonly string[]> {
  const found = [''];
  for (const parent of found) {
    for (const entry of await readdir(join(checkout, parent), { withFileTypes: true })) {
      if (entry.isDirectory() && entry.name !== 'node_modules') found.push(join(parent, entry.name));
    }
  }
  return found;
}
