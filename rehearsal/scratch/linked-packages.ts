import { mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Lends a checkout the packages installed elsewhere, by one link per entry of `node_modules`.
 *
 * npm installs a workspace package as a relative link. Such a link is made anew, so that it leads to the checkout's own
 * copy: what a commit holds is what runs, not what the lender's work tree holds. One link to the whole of `node_modules`
 * would resolve those links in the lender's tree.
 *
 * @param installed Repository in which `npm ci` was run.
 * @param checkout Directory that gets a `node_modules`. It must not have one.
 */
export async function linkPackages(installed: string, checkout: string): Promise<void> {
  await linkEntries(join(installed, 'node_modules'), join(checkout, 'node_modules'));
}

async function linkEntries(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), join(to, entry.name));
    } else if (entry.name.startsWith('@')) {
      await linkEntries(source, join(to, entry.name));
    } else {
      await symlink(source, join(to, entry.name));
    }
  }
}
