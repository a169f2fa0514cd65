import { execFileSync } from 'node:child_process';
import { cp, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Copies a repository as it is in the work tree, without ignored files. Uncommitted changes are included, so that a
 * developer tests what is written, not what was committed last.
 */
export async function copyRepository(repository: string, to: string): Promise<void> {
  const listed = execFileSync(
    'git',
    ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: repository, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
  );
  for (const file of new Set(listed.split('\0').filter(Boolean))) {
    const from = join(repository, file);
    // A file that was removed from the work tree is still in the index.
    if (!(await stat(from).catch(() => undefined))) continue;
    await mkdir(dirname(join(to, file)), { recursive: true });
    await cp(from, join(to, file), { verbatimSymlinks: true });
  }
}
