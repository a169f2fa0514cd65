import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { linkPackages } from '../../rehearsal/scratch/linked-packages';
import type { PackagedTemplate } from './template';

const root = resolve(__dirname, '../..');
const sls = join(root, 'node_modules/serverless/bin/serverless.js');
/** Directory in which sls keeps its compiled schema of serverless.yml; without it every run takes 2 s more. */
const schemaCache = join(root, 'node_modules/.cache/sls');
/** Milliseconds. A failed build leaves esbuild running, and sls waits for it. */
const LONGEST_RUN = 60_000;
const directories: string[] = [];

export interface Packaged {
  readonly exitCode: number;
  /** Standard output, to which sls writes its errors. */
  readonly stdout: string;
  readonly template: PackagedTemplate;
  /** Directory of the package. */
  readonly directory: string;
  zip(functionName: string): Buffer;
}

/**
 * Runs `sls package` on a copy of a service, because two concurrent runs in one directory disturb each other. Its
 * environment has neither credentials nor a home directory nor an AWS configuration.
 */
export async function packageService(
  source: string,
  { args = [], env = {} }: { args?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<Packaged> {
  const directory = await copyOf(source);
  const { exitCode, stdout } = await run([sls, 'package', ...args], directory, env);
  const output = join(directory, '.serverless');
  const template = join(output, 'cloudformation-template-update-stack.json');
  return {
    exitCode,
    stdout,
    template: existsSync(template) ? JSON.parse(readFileSync(template, 'utf8')) : { Resources: {} },
    directory: output,
    zip: (functionName) => readFileSync(join(output, `${functionName}.zip`)),
  };
}

/** Unpacks a function's zip and calls its handler as Lambda does: in a separate process, without other packages. */
export async function invokeBundle(
  zip: Buffer,
  file: string,
  { event, env }: { event: unknown; env: Readonly<Record<string, string>> },
): Promise<void> {
  const directory = temporaryDirectory();
  for (const [path, content] of Object.entries(unzipSync(zip))) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  const context = '{ getRemainingTimeInMillis: () => 30_000 }';
  const script = `require('./${file}').handler(${JSON.stringify(event)}, ${context})`;
  const { exitCode, stdout } = await run(['--enable-source-maps', '-e', script], directory, env);
  if (exitCode !== 0) throw new Error(`${file} ended with ${exitCode}: ${stdout}`);
}

export function removeDirectories(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
}

/** @returns A copy of the service in a new checkout, with this repository's packages and its canary-guard. */
async function copyOf(service: string): Promise<string> {
  const checkout = temporaryDirectory();
  await linkPackages(root, checkout);
  symlinkSync(join(root, 'canary-guard'), join(checkout, 'canary-guard'));
  const directory = join(checkout, 'service');
  cpSync(service, directory, { recursive: true, filter: (path) => !basename(path).startsWith('.') });
  return directory;
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'package-service-'));
  directories.push(directory);
  return directory;
}

function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
  const environment = {
    PATH: process.env.PATH,
    HOME: join(cwd, 'no-home'),
    SLS_SCHEMA_CACHE_BASE_DIR: schemaCache,
    ...env,
  };
  return new Promise<{ exitCode: number; stdout: string }>((done) => {
    execFile(process.execPath, args, { cwd, env: environment, timeout: LONGEST_RUN }, (error, stdout) => {
      done({ exitCode: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout });
    });
  });
}
