import { join } from 'node:path';
import { Refusal } from '../refusal';
import type { CachePath } from './cache';

/** Home directory of the builds' user in CodeBuild's images. */
const HOME = '/root';

/**
 * Finds the directories of a buildspec's cache paths. A path is a directory relative to the source or in /root, with
 * one or two levels of stars after it or none.
 *
 * @throws Refusal when a path is another file pattern or a directory elsewhere.
 */
export function cachePaths(patterns: readonly string[], sourceDirectory: string, home: string): readonly CachePath[] {
  const problems = patterns.flatMap((value, index) => {
    const directory = root(value);
    if (!directory || /[*?[\]{}$]/.test(directory)) {
      return [{ path: `cache.paths[${index}]`, value, remedy: 'must be a directory, optionally followed by /**/*' }];
    }
    if (directory.startsWith('/') && !directory.startsWith(`${HOME}/`)) {
      return [{ path: `cache.paths[${index}]`, value, remedy: `must be relative to the source or in ${HOME}` }];
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
