import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { copyFiles } from '../artifacts';
import type { BuildFailure } from './build-event';
import type { ArtifactFiles, Buildspec } from './buildspec';
import { findFiles } from './file-patterns';

/** One output artifact of a build and what the buildspec says is in it. */
export interface OutputArtifact {
  readonly name: string;
  /** the directory to fill */
  readonly directory: string;
  /** undefined if the buildspec says nothing about it */
  readonly files: ArtifactFiles | undefined;
}

/**
 * @returns what a buildspec puts into an output artifact of the action: the secondary artifact of that name, or if the
 *   action has only this one, the primary artifact (CodePipeline user guide, CodeBuild action reference)
 */
export function artifactFiles({ artifacts }: Buildspec, name: string, only: boolean): ArtifactFiles | undefined {
  const secondary = artifacts['secondary-artifacts'][name];
  if (secondary || !only || !artifacts.files) return secondary;
  return { ...artifacts, files: artifacts.files };
}

/** Fills a build's output artifacts. @returns why CodeBuild would fail to, undefined if it would not */
export async function uploadArtifacts(
  outputs: readonly OutputArtifact[],
  sourceDirectory: string,
): Promise<Omit<BuildFailure, 'phase'> | undefined> {
  for (const { name, directory, files } of outputs) {
    if (!files) return clientError(`no definition for artifact ${name} in the buildspec`);
    const base = join(sourceDirectory, files['base-directory']);
    const found = await stat(base).catch(() => undefined);
    if (!found?.isDirectory())
      return clientError(`no matching base directory path found for ${files['base-directory']}`);
    const paths = await findFiles(base, files.files, files['exclude-paths']);
    if (paths.length === 0) return clientError(`no matching artifact paths found in ${name}`);
    await copyFiles(paths, base, directory, files['discard-paths']);
  }
  return undefined;
}

function clientError(message: string): Omit<BuildFailure, 'phase'> {
  return { code: 'CLIENT_ERROR', message };
}
