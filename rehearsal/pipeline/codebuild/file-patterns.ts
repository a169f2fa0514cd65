import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';

/**
 * The patterns that CodeBuild documents: `*` matches any characters within a directory, `**` any characters across
 * directories. All other characters are literal, but `?`, which matches one character (not documented). Names that
 * begin with a dot match too, because `**` followed by `/*` "represents all files recursively".
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html `artifacts/files`
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/parallel-test-glob-search.html
 */
const SYNTAX: picomatch.PicomatchOptions = {
  dot: true,
  nobrace: true,
  nobracket: true,
  noextglob: true,
  nonegate: true,
  strictSlashes: true,
};

/**
 * Finds files by the patterns of a buildspec.
 *
 * @param directory Directory to which the patterns are relative. If it does not exist, it has no files.
 * @returns Paths of files relative to the directory, sorted.
 */
export async function findFiles(
  directory: string,
  patterns: readonly string[],
  excluded: readonly string[] = [],
): Promise<readonly string[]> {
  const isIncluded = matcher(patterns);
  const isExcluded = matcher(excluded);
  const found: string[] = [];
  await visit('');
  return found.sort();

  async function visit(parent: string): Promise<void> {
    const entries = await readdir(join(directory, parent), { withFileTypes: true }).catch((error) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
      throw error;
    });
    for (const entry of entries) {
      const path = parent ? `${parent}/${entry.name}` : entry.name;
      // Links are followed, because an artifact's archive contains the files to which they lead.
      const kind = entry.isSymbolicLink() ? await stat(join(directory, path)) : entry;
      if (kind.isDirectory()) await visit(path);
      else if (isIncluded(path) && !isExcluded(path)) found.push(path);
    }
  }
}

function matcher(patterns: readonly string[]): (path: string) => boolean {
  // picomatch has no option for literal parentheses.
  const escaped = patterns.map((pattern) => pattern.replace(/^\.\//, '').replace(/[()]/g, '\\$&'));
  return picomatch(escaped, SYNTAX);
}
