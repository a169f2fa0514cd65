import { access, copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Scratch } from '../scratch/scratch';
import { copyDirectory } from './codebuild/cache';

/**
 * The artifacts of one execution: each a directory that the action which made it fills once, and that others only get
 * copies of, as they get copies of an archive from the artifact bucket.
 */
export class Artifacts {
  readonly #scratch: Scratch;
  readonly #executionId: string;

  /** @param executionId the execution they belong to */
  constructor(scratch: Scratch, executionId: string) {
    this.#scratch = scratch;
    this.#executionId = executionId;
  }

  /** Makes an artifact. @returns the directory to fill */
  create(name: string): Promise<string> {
    return this.#scratch.directory('artifacts', this.#executionId, name);
  }

  /**
   * @returns the absolute path of something in an artifact, which is for reading only
   * @throws Error if it is not there
   */
  async path(name: string, path = '.'): Promise<string> {
    const absolute = join(this.#scratch.path, 'artifacts', this.#executionId, name, path);
    await access(absolute).catch((cause) => {
      throw new Error(`no ${path === '.' ? 'such artifact' : path} in artifact ${name}`, { cause });
    });
    return absolute;
  }

  /** Copies an artifact into a directory, which is made if it is not there. */
  async copyTo(name: string, directory: string): Promise<void> {
    await copyDirectory(this.#scratch, await this.path(name), directory);
  }
}

/**
 * Copies files of one directory into another. What a link leads to is copied in its place.
 *
 * @param flat leave out the directories they lie in
 */
export async function copyFiles(paths: readonly string[], from: string, to: string, flat: boolean): Promise<void> {
  for (const path of paths) {
    const target = join(to, flat ? basename(path) : path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(from, path), target);
  }
}
