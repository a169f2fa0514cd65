import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { machineEnvironment } from './pipeline/codebuild/build-environment';
import type { Scratch } from './scratch/scratch';

/** The part of a service's configuration that a rehearsal reads. A function may have no handler, e.g. one of an image. */
export type DeclaredFunctions = Readonly<Record<string, DeclaredFunction>>;

interface DeclaredFunction {
  readonly handler?: string;
  readonly events?: readonly Readonly<Record<string, unknown>>[];
}

interface Configuration {
  readonly functions?: DeclaredFunctions | readonly DeclaredFunctions[];
}

/** In the order in which osls looks for them, with whether the file is data. JSON is YAML too. */
const FILES: readonly (readonly [name: string, data: boolean])[] = [
  ['serverless.yml', true],
  ['serverless.yaml', true],
  ['serverless.json', true],
  ['serverless.js', false],
  ['serverless.mjs', false],
  ['serverless.cjs', false],
  ['serverless.ts', false],
];

/** The file with a service's configuration. */
export interface ConfigurationFile {
  /** Absolute path. */
  readonly path: string;
  /** Whether it can be read without running it. */
  readonly data: boolean;
}

/** @throws Error when the directory has none. */
export function configurationFile(service: string): ConfigurationFile {
  const found = FILES.find(([name]) => existsSync(join(service, name)));
  if (!found) throw new Error(`'${service}' has no ${FILES.map(([name]) => name).join(', ')}; commit one of them`);
  return { path: join(service, found[0]), data: found[1] };
}

/** Reads the functions of a configuration that is data. Variables are not resolved. */
export function readFunctions({ path }: ConfigurationFile): DeclaredFunctions {
  return functionsOf(parse(readFileSync(path, 'utf8'), { logLevel: 'silent' }) ?? {});
}

interface PrintProps {
  readonly scratch: Scratch;
  /** Absolute path of a checkout with all packages. */
  readonly checkout: string;
  /** Directory of the service, relative to the checkout. */
  readonly serviceDirectory: string;
  readonly stage: string;
  readonly region: string;
}

/**
 * Lets sls run a configuration that is a program, and reads the functions from what it prints.
 *
 * @throws Error with the message of sls when it cannot.
 */
export async function printFunctions(props: PrintProps): Promise<DeclaredFunctions> {
  const { scratch, checkout, serviceDirectory, stage, region } = props;
  const sls = join(checkout, 'node_modules/serverless/bin/serverless.js');
  const printed = await scratch.capture({
    file: process.execPath,
    arguments: [sls, 'print', '--format', 'json', '--stage', stage, '--region', region],
    cwd: join(checkout, serviceDirectory),
    environment: { ...machineEnvironment(process.env), HOME: await scratch.directory('home') },
  });
  return functionsOf(JSON.parse(printed));
}

/** A service may have its functions in several files, whose maps sls merges. */
function functionsOf({ functions = {} }: Configuration): DeclaredFunctions {
  return Object.assign({}, ...[functions].flat());
}
