import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const MILLISECONDS_ALLOWED = 120_000;
const SLS = require.resolve('serverless/bin/serverless.js');

export interface RunSlsOptions {
  readonly command: readonly string[];
  readonly serviceDirectory: string;
  readonly stage: string;
  /** @default - the service's own region */
  readonly region?: string;
  /** Passed on as the service's parameter of that name. @default - the service's own default for this stage */
  readonly deploymentType?: string;
  /** Added to this process's environment. @default - nothing */
  readonly env?: Readonly<Record<string, string>>;
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly killed: boolean;
}

/**
 * Runs one sls command in the service's directory; the package's own program, so that no npx looks it up each time.
 *
 * @returns what it wrote to stdout
 * @throws Error with sls's own message, or after two minutes
 */
export async function runSls(options: RunSlsOptions): Promise<string> {
  const args = [...options.command, '--stage', options.stage];
  if (options.region !== undefined) args.push('--region', options.region);
  if (options.deploymentType !== undefined) args.push(`--param=deploymentType=${options.deploymentType}`);
  try {
    const { stdout } = await execute(process.execPath, [SLS, ...args], {
      cwd: options.serviceDirectory,
      env: { ...process.env, ...options.env },
      maxBuffer: 64 * 1024 * 1024,
      timeout: MILLISECONDS_ALLOWED,
    });
    return stdout;
  } catch (cause) {
    const { stdout = '', stderr = '', message, killed } = cause as Error & Partial<Output>;
    const said = [stdout, stderr].map((text) => text.trim()).filter((text) => text !== '');
    const outcome = killed ? 'was ended after two minutes' : 'failed';
    throw new Error(`sls ${args.join(' ')} ${outcome}:\n${said.join('\n') || message}`, { cause });
  }
}
