import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { copyFiles } from '../artifacts';
import type { BuildFailure } from './build-event';
import type { ArtifactFiles, Buildspec } from './buildspec';
import { findFiles } from './file-patterns';

/** An output artifact of a build. */
export interface OutputArtifact {
  readonly name: string;
  /** The directory to fill. */
  readonly directory: string;
  /** The files of the artifact. Undefined if the buildspec does not define it. */
  readonly files: ArtifactFiles | undefined;
}

/**
 * @param only Whether the action has no other output artifact.
 * @returns The files of an output artifact of the action: those of the secondary artifact with that name, or of the
 * primary artifact if it is the action's only one (CodePipeline user guide, CodeBuild action reference).
 */
export function artifactFiles({ artifacts }: Buildspec, name: string, only: boolean): ArtifactFiles | undefined {
  const secondary = artifacts['secondary-artifacts'][name];
  if (secondary || !only || !artifacts.files) return secondary;
  return { ...artifacts, files: artifacts.files };
}

/**
 * Fills a build's output artifacts.
 *
 * @returns The failure that CodeBuild would report. Undefined if it would succeed.
 */
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
