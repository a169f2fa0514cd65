import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const REPOSITORY = join(__dirname, '../..');

/**
 * Bundles one of this repository's TypeScript files with everything that it imports as the code of a Lambda function.
 * The AWS SDK is included, so that the tested version runs and not the one of the runtime.
 *
 * It calls esbuild itself because NodejsFunction writes source maps with paths relative to the assembly: the same
 * sources would then have a different hash in each clone, and each synthesis would update the function.
 *
 * @param entry Path of the file, relative to the repository.
 */
export function functionCode(entry: string): Code {
  return Code.fromAsset(REPOSITORY, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used, because local bundling always succeeds or throws. CDK's cache distinguishes entries by the command.
      image: DockerImage.fromRegistry('none'),
      command: [entry],
      local: {
        tryBundle: (directory) => {
          bundle(entry, directory);
          return true;
        },
      },
    },
  });
}

/** @returns The `Handler` of a function with the code of that entry. */
export function handlerOf(entry: string): string {
  return `${basename(entry, '.ts')}.handler`;
}

function bundle(entry: string, directory: string): void {
  const { outputFiles } = buildSync({
    absWorkingDir: REPOSITORY,
    entryPoints: [entry],
    // Nothing is written there: source maps get paths relative to this directory.
    outdir: REPOSITORY,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20', // the rehearsal also runs the functions on Node 20
    format: 'cjs',
    mainFields: ['module', 'main'], // the SDK's ES modules: half the size
    minify: true,
    keepNames: true, // names of errors are shown to people
    sourcemap: true,
    sourcesContent: false,
    // In a clone whose node_modules is a link, paths must not depend on the target of the link.
    preserveSymlinks: true,
    // Prevents esbuild from reading a tsconfig.json.
    tsconfigRaw: {},
    logLevel: 'silent', // the error that is thrown contains the messages
  });
  for (const { path, contents } of outputFiles) {
    const file = join(directory, basename(path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
}
