import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Scratch } from '../../scratch/scratch';

/** One path of a buildspec's cache. */
export interface CachePath {
  /** The path in the buildspec. */
  readonly pattern: string;
  /** Absolute path of the directory in this build. */
  readonly directory: string;
}

interface CacheRequest {
  /** Identifies the project's cache, see `CodeBuildProject.cache`. */
  readonly cache: string;
  /** The evaluated key. Undefined for projects without keys, which have a single entry that each build replaces. */
  readonly key: string | undefined;
  readonly fallbackKeys: readonly string[];
  readonly paths: readonly CachePath[];
  /** Directory of the build's source. */
  readonly sourceDirectory: string;
  /** Whether to find nothing, because the buildspec only saves. */
  readonly ignore: boolean;
}

/**
 * Fills paths that are not cached from another source, as if an earlier build had cached them.
 *
 * @returns Whether it filled any.
 */
export type CacheSeed = (paths: readonly CachePath[], sourceDirectory: string) => Promise<boolean>;

/**
 * What a build found: the entry of its key, an entry that matches a fallback key, the content of a seed, or nothing.
 */
type CacheFind =
  | { readonly type: 'hit'; readonly key: string | undefined }
  | { readonly type: 'fallback'; readonly key: string }
  | { readonly type: 'seeded' }
  | { readonly type: 'miss' };

/** The use of the cache by one build, from restoring to saving. */
export interface CacheLease {
  readonly find: CacheFind;
  /**
   * Returns the entry to the cache, or saves a new one.
   *
   * @param installed Whether the build has completed its first two phases. Before that, the paths may be incomplete.
   * @param save Whether the buildspec allows saving.
   */
  end(installed: boolean, save: boolean): Promise<void>;
}

interface Entry {
  readonly cache: string;
  readonly key: string | undefined;
  readonly patterns: string;
  /** Contains one directory for each path, named by its index. */
  readonly directory: string;
  lent: boolean;
}

/**
 * CodeBuild's S3 cache, for the builds of one rehearsal. The entry of a key is created once and never changed. A
 * fallback key finds the newest entry whose key begins with it (CodeBuild user guide, "Amazon S3 caching").
 *
 * An entry is lent, not copied: its directories are moved into the build and back. So the next build sees changes that
 * a build made to them, and an entry is missing while a build has it. Copying 37,000 files would take too long.
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
    const seeded = await this.#seed?.(request.paths, request.sourceDirectory);
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
 * Copies the content of a directory. Does nothing if the directory does not exist.
 *
 * @param to Created if it does not exist.
 */
export async function copyDirectory(scratch: Scratch, from: string, to: string): Promise<void> {
  if (!(await exists(from))) return;
  await mkdir(to, { recursive: true });
  // For 37,000 files, cp takes 1.4 s and fs.cp 8 s.
  await scratch.capture({
    file: 'cp',
    arguments: ['-a', `${from}/.`, to],
    cwd: '/',
    environment: { PATH: process.env.PATH ?? '', HOME: scratch.path },
  });
}

/** Moves a directory, and replaces an existing one. Does nothing if the directory does not exist. */
async function move(from: string, to: string): Promise<void> {
  if (!(await exists(from))) return;
  await rm(to, { recursive: true, force: true });
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
}

/**
 * @returns A text that changes when the directory of a path is replaced, or an entry is added to it or removed from it.
 */
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
