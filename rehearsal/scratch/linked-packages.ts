import { mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';

/**
 * Lends a checkout the packages installed elsewhere, by one link per entry of `node_modules`.
 *
 * npm installs a workspace package, and every command in `.bin`, as a relative link. Such a link is made anew, so that it
 * leads to the checkout's own copy: what is committed is what runs, not what is in the lender's work tree. One link to
 * the whole of `node_modules` would resolve those links in the lender's tree.
 *
 * @param installed Repository in which `npm ci` was run.
 * @param checkout Directory that gets a `node_modules`. It must not have one.
 */
export async function linkPackages(installed: string, checkout: string): Promise<void> {
  await linkEntries(installed, join(installed, 'node_modules'), join(checkout, 'node_modules'));
}

/** Makes a directory whose entries are links to those of another one. */
export async function linkEntries(installed: string, from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    if (entry.isSymbolicLink()) {
      const link = await readlink(source);
      const target = resolve(from, link);
      await symlink(isInside(installed, target) ? link : target, join(to, entry.name));
    } else if (entry.name.startsWith('@') || entry.name === '.bin') {
      await linkEntries(installed, source, join(to, entry.name));
    } else {
      await symlink(source, join(to, entry.name));
    }
  }
}

function isInside(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return !isAbsolute(way) && way.split('/')[0] !== '..';
}
