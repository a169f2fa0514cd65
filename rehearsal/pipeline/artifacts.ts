import { access, copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Scratch } from '../scratch/scratch';
import { copyDirectory } from './codebuild/cache';

/**
 * The artifacts of one execution. Each is a directory that one action fills; other actions get copies of it, as they
 * get copies of an archive from the artifact bucket.
 */
export class Artifacts {
  readonly #scratch: Scratch;
  readonly #executionId: string;

  /** @param executionId Id of the execution to which the artifacts belong. */
  constructor(scratch: Scratch, executionId: string) {
    this.#scratch = scratch;
    this.#executionId = executionId;
  }

  /**
   * Creates an artifact.
   *
   * @returns The directory to fill.
   */
  create(name: string): Promise<string> {
    return this.#scratch.directory('artifacts', this.#executionId, name);
  }

  /**
   * @param path Path in the artifact. @default "."
   * @returns The absolute path of a file or directory in the artifact, which must not be changed.
   * @throws Error when it does not exist.
   */
  async path(name: string, path = '.'): Promise<string> {
    const absolute = join(this.#scratch.path, 'artifacts', this.#executionId, name, path);
    await access(absolute).catch((cause) => {
      throw new Error(path === '.' ? `no artifact ${name}` : `no file ${path} in artifact ${name}`, { cause });
    });
    return absolute;
  }

  /** Copies an artifact into a directory, which is created if it does not exist. */
  async copyTo(name: string, directory: string): Promise<void> {
    await copyDirectory(this.#scratch, await this.path(name), directory);
  }
}

/**
 * Copies files of one directory into another. Links are replaced by the files to which they lead.
 *
 * @param flat Whether to leave out the directories in the files' paths.
 */
export async function copyFiles(paths: readonly string[], from: string, to: string, flat: boolean): Promise<void> {
  for (const path of paths) {
    const target = join(to, flat ? basename(path) : path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(from, path), target);
  }
}
