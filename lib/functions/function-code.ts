import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const REPOSITORY = join(__dirname, '../..');

/**
 * One of this repository's TypeScript files with all that it imports, as a Lambda function's code. The AWS SDK is in it:
 * what was tested runs, not what the runtime brings that day.
 *
 * Made by esbuild in this process and not by NodejsFunction, which writes source maps relative to the directory of the
 * assembly: the same sources would have another hash in each clone, and each of those would update the function.
 *
 * @param entry relative to the repository
 */
export function functionCode(entry: string): Code {
  return Code.fromAsset(REPOSITORY, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used, for what esbuild can't do here it can't do there. The command tells CDK's cache one entry from another.
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

/** The `Handler` of the function that the code is for. */
export function handlerOf(entry: string): string {
  return `${basename(entry, '.ts')}.handler`;
}

function bundle(entry: string, directory: string): void {
  const { outputFiles } = buildSync({
    absWorkingDir: REPOSITORY,
    entryPoints: [entry],
    // Nothing is written there; what is written says its sources as seen from there.
    outdir: REPOSITORY,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20', // the rehearsal runs the functions on Node 20 too
    format: 'cjs',
    mainFields: ['module', 'main'], // the SDK's ES modules: half the size
    minify: true,
    keepNames: true, // an error's name is told
    sourcemap: true,
    sourcesContent: false,
    // A clone may have borrowed its node_modules by a link: the name counts, not where it leads.
    preserveSymlinks: true,
    // Without this it would take what it doesn't say here from the tsconfig.json that it finds.
    tsconfigRaw: {},
    logLevel: 'silent', // what goes wrong is in the error
  });
  for (const { path, contents } of outputFiles) {
    const file = join(directory, basename(path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
}
