import { join } from 'node:path';
import { Refusal } from '../refusal';
import type { CachePath } from './cache';

/** The home of the user that builds run as, in CodeBuild's own images. */
const HOME = '/root';

/**
 * Finds the directories that a buildspec's cache paths stand for: `dir`, `dir/*` and with two stars below it, relative to
 * the source or below /root.
 *
 * @throws Refusal if one is a file pattern or lies elsewhere
 */
export function cachePaths(patterns: readonly string[], sourceDirectory: string, home: string): readonly CachePath[] {
  const problems = patterns.flatMap((value, index) => {
    const directory = root(value);
    if (!directory || /[*?[\]{}$]/.test(directory)) {
      return [{ path: `cache.paths[${index}]`, value, remedy: 'name a directory, with nothing but /**/* after it' }];
    }
    if (directory.startsWith('/') && !directory.startsWith(`${HOME}/`)) {
      return [{ path: `cache.paths[${index}]`, value, remedy: `must be relative to the source or below ${HOME}` }];
    }
    return [];
  });
  if (problems.length > 0) throw new Refusal('the cache of a buildspec', problems);
  return patterns.map((pattern) => {
    const directory = root(pattern);
    const inHome = directory.startsWith(`${HOME}/`);
    return {
      pattern,
      directory: inHome ? join(home, directory.slice(HOME.length)) : join(sourceDirectory, directory),
    };
  });
}

function root(pattern: string): string {
  return pattern.replace(/(\/\*{1,2}){1,2}$/, '').replace(/^\.\//, '');
}
