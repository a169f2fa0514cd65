import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** @returns whether a pattern of a buildspec matches a path: `*` within a directory, `**` across them, `?` one character */
export function matches(pattern: string, path: string): boolean {
  return expression(pattern).test(path);
}

/**
 * Finds files, names that start with a dot included.
 *
 * @param directory where the patterns start
 * @returns paths of files relative to the directory, sorted; a directory that is not there has none
 */
export async function findFiles(
  directory: string,
  patterns: readonly string[],
  excluded: readonly string[] = [],
): Promise<readonly string[]> {
  const wanted = patterns.map(expression);
  const unwanted = excluded.map(expression);
  const found: string[] = [];
  await visit('');
  return found.sort();

  async function visit(below: string): Promise<void> {
    const entries = await readdir(join(directory, below), { withFileTypes: true }).catch((error) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
      throw error;
    });
    for (const entry of entries) {
      const path = below ? `${below}/${entry.name}` : entry.name;
      // A link counts as what it leads to, for the archive holds no links.
      const kind = entry.isSymbolicLink() ? await stat(join(directory, path)) : entry;
      if (kind.isDirectory()) await visit(path);
      else if (wanted.some((one) => one.test(path)) && !unwanted.some((one) => one.test(path))) found.push(path);
    }
  }
}

function expression(pattern: string): RegExp {
  const source = pattern
    .replace(/^\.\//, '')
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    });
  return new RegExp(`^${source.join('')}$`);
}
