import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Scratch } from '../../scratch/scratch';

/** One path of a buildspec's cache. */
export interface CachePath {
  /** as the buildspec has it */
  readonly pattern: string;
  /** the directory it stands for in this build, absolute */
  readonly directory: string;
}

export interface CacheRequest {
  /** the project's cache, see `CodeBuildProject.cache` */
  readonly cache: string;
  /** the evaluated key; undefined for the one entry that projects without keys overwrite each time */
  readonly key: string | undefined;
  readonly fallbackKeys: readonly string[];
  readonly paths: readonly CachePath[];
  /** where the build's source lies */
  readonly sourceDirectory: string;
  /** find nothing, whatever there is: the buildspec only saves */
  readonly ignore: boolean;
}

/**
 * Fills a path that nothing is cached for from elsewhere, as if an earlier build had left it.
 *
 * @returns whether it did
 */
export type CacheSeed = (path: CachePath, sourceDirectory: string) => Promise<boolean>;

/** What a build found: its key's entry, another key's with that prefix, what a seed left, or nothing. */
export type CacheFind =
  | { readonly type: 'hit'; readonly key: string | undefined }
  | { readonly type: 'fallback'; readonly key: string }
  | { readonly type: 'seeded' }
  | { readonly type: 'miss' };

/** A build's use of the cache, from restoring to saving. */
export interface CacheLease {
  readonly find: CacheFind;
  /**
   * Gives back what was borrowed, and keeps what is new.
   *
   * @param installed whether the build came past its first two phases; before that, what lies in the paths may be half of
   *   something
   * @param save whether the buildspec wants anything new kept
   */
  end(installed: boolean, save: boolean): Promise<void>;
}

interface Entry {
  readonly cache: string;
  readonly key: string | undefined;
  readonly patterns: string;
  /** holds one directory for each path, named by its number */
  readonly directory: string;
  lent: boolean;
}

/**
 * CodeBuild's S3 cache, for the builds of one rehearsal. A key's entry is made once and never changed; fallback keys find
 * the newest entry that starts with them (CodeBuild user guide, "Amazon S3 caching").
 *
 * An entry is not copied but lent: its directories move into the build and back. So what a build writes into them in
 * place, the next build sees, and while one build has an entry, another finds nothing. That is the price of installing
 * 37,000 files in no time.
 */
export class BuildCache {
  readonly #entries: Entry[] = [];
  #count = 0;

  readonly #scratch: Scratch;
  readonly #seed: CacheSeed | undefined;

  constructor(scratch: Scratch, seed?: CacheSeed) {
    this.#scratch = scratch;
    this.#seed = seed;
  }

  async restore(request: CacheRequest): Promise<CacheLease> {
    const { cache, key, paths } = request;
    const patterns = paths.map(({ pattern }) => pattern).join('\n');
    const usable = this.#entries.filter(
      (one) => one.cache === cache && one.patterns === patterns && !one.lent && !request.ignore,
    );
    const exact = usable.find((one) => one.key === key);
    if (exact) return this.#lend(exact, paths);
    const find: CacheFind = request.ignore ? { type: 'miss' } : await this.#substitute(request, usable);
    return {
      find,
      end: async (installed, save) => {
        const known = this.#entries.some((one) => one.cache === cache && one.patterns === patterns && one.key === key);
        if (installed && save && !known) await this.#keep({ cache, key, patterns }, paths);
      },
    };
  }

  async #lend(entry: Entry, paths: readonly CachePath[]): Promise<CacheLease> {
    entry.lent = true;
    for (const [index, path] of paths.entries()) await move(join(entry.directory, String(index)), path.directory);
    const before = await fingerprints(paths);
    return {
      find: { type: 'hit', key: entry.key },
      end: async (installed) => {
        entry.lent = false;
        if (!installed && (await fingerprints(paths)) !== before) {
          this.#entries.splice(this.#entries.indexOf(entry), 1);
          return;
        }
        for (const [index, path] of paths.entries()) await move(path.directory, join(entry.directory, String(index)));
      },
    };
  }

  async #substitute(request: CacheRequest, usable: readonly Entry[]): Promise<CacheFind> {
    for (const prefix of request.key === undefined ? [] : request.fallbackKeys) {
      const entry = usable.findLast((one) => one.key?.startsWith(prefix));
      if (!entry) continue;
      for (const [index, path] of request.paths.entries()) {
        await copyDirectory(this.#scratch, join(entry.directory, String(index)), path.directory);
      }
      return { type: 'fallback', key: entry.key! };
    }
    let seeded = false;
    for (const path of request.paths) seeded = ((await this.#seed?.(path, request.sourceDirectory)) ?? false) || seeded;
    return { type: seeded ? 'seeded' : 'miss' };
  }

  async #keep(entry: Pick<Entry, 'cache' | 'key' | 'patterns'>, paths: readonly CachePath[]): Promise<void> {
    this.#count += 1;
    const directory = await this.#scratch.directory('cache', String(this.#count));
    for (const [index, path] of paths.entries()) await move(path.directory, join(directory, String(index)));
    this.#entries.push({ ...entry, directory, lent: false });
  }
}

/**
 * Copies a directory with everything in it, unless it is not there.
 *
 * @param to made if it is not there
 */
export async function copyDirectory(scratch: Scratch, from: string, to: string): Promise<void> {
  if (!(await exists(from))) return;
  await mkdir(to, { recursive: true });
  // 37,000 files: 1.4 s by cp, 8 s by Node's own.
  await scratch.capture({
    file: 'cp',
    arguments: ['-a', `${from}/.`, to],
    cwd: '/',
    environment: { PATH: process.env.PATH ?? '', HOME: scratch.path },
  });
}

/** Moves a directory in place of another, unless it is not there. */
async function move(from: string, to: string): Promise<void> {
  if (!(await exists(from))) return;
  await rm(to, { recursive: true, force: true });
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
}

/** Changes when a path's directory is replaced, or gets or loses an entry. */
async function fingerprints(paths: readonly CachePath[]): Promise<string> {
  const all = paths.map(async ({ directory }) => {
    const found = await stat(directory).catch(() => undefined);
    return found ? `${found.ino}/${found.mtimeMs}` : 'none';
  });
  return (await Promise.all(all)).join(' ');
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
