import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { explainSlsFailure } from './sls-failure';

const execute = promisify(execFile);

/** Milliseconds. */
const TIMEOUT = 120_000;

/** Extensions of the file `serverless`, in the order in which osls looks for them (`lib/cli/resolve-configuration-path.js`). */
const EXTENSIONS = ['yml', 'yaml', 'json', 'js', 'mjs', 'cjs', 'ts'];

const SLS = require.resolve('serverless/bin/serverless.js');

/** Version of osls. */
export const SLS_VERSION: string = require('serverless/package.json').version;

interface RunSlsOptions {
  /** The command with its arguments, e.g. `['print', '--format', 'json']`. */
  readonly command: readonly string[];
  /** Absolute path of the directory with serverless.yml. */
  readonly serviceDirectory: string;
  readonly stage: string;
  /** @default - the service's own region */
  readonly region?: string;
  /**
   * Passed to the service as its parameter `deploymentType`.
   *
   * @default - the service's own default for this stage
   */
  readonly deploymentType?: string;
  /**
   * Environment variables in addition to those of this process.
   *
   * @default - none
   */
  readonly env?: Readonly<Record<string, string>>;
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly killed: boolean;
}

/**
 * Runs an sls command in the service's directory. It starts the installed program itself, which is faster than npx.
 *
 * @returns Its standard output.
 * @throws Error with the output of sls when it fails or takes longer than two minutes.
 */
export async function runSls(options: RunSlsOptions): Promise<string> {
  requireConfiguration(options.serviceDirectory);
  const args = [...options.command, '--stage', options.stage];
  if (options.region !== undefined) args.push('--region', options.region);
  if (options.deploymentType !== undefined) args.push(`--param=deploymentType=${options.deploymentType}`);
  try {
    const { stdout } = await execute(process.execPath, [SLS, ...args], {
      cwd: options.serviceDirectory,
      env: { ...process.env, ...options.env },
      maxBuffer: 64 * 1024 * 1024,
      timeout: TIMEOUT,
    });
    return stdout;
  } catch (cause) {
    const { stdout = '', stderr = '', message, killed } = cause as Error & Partial<Output>;
    const output = [stdout, stderr].map((text) => text.trim()).filter((text) => text !== '');
    const what = killed ? 'was stopped after two minutes' : 'failed';
    const explanation = explainSlsFailure(output.join('\n'));
    const text = [output.join('\n') || message, ...(explanation === undefined ? [] : [explanation])].join('\n');
    throw new Error(`sls ${args.join(' ')} ${what}:\n${text}`, { cause });
  }
}

/** @throws Error when osls would not find the service's configuration, with the names that come near. */
function requireConfiguration(directory: string): void {
  if (!existsSync(directory)) {
    // Otherwise Node would report that it cannot be started itself.
    throw new Error(
      `'${directory}' is not a directory; write the one that holds serverless.yml as "serviceDirectory" in cdk.json`,
    );
  }
  if (EXTENSIONS.some((extension) => existsSync(join(directory, `serverless.${extension}`)))) return;
  const near = readdirSync(directory).filter((name) => /^serverless.*\.(ya?ml|json|[cm]?js|ts)$/.test(name));
  const remedy =
    near.length > 0 ? `rename ${near.join(' or ')}` : 'write the directory that does as "serviceDirectory" in cdk.json';
  throw new Error(
    `'${directory}' holds no serverless.yml, nor serverless.${EXTENSIONS.slice(1).join(', .')}; ${remedy}`,
  );
}
