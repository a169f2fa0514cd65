import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../pipeline/assembly';
import { machineEnvironment } from '../pipeline/codebuild/build-environment';
import type { Commit, GitRepository } from '../scratch/git';
import { linkPackages } from '../scratch/linked-packages';
import { linkOwnPackages } from '../scratch/own-packages';
import type { Scratch } from '../scratch/scratch';

/** Account and region when the configuration leaves them to the shell that deploys. */
const DEFAULT_HOME: Required<Home> = { accountId: '111122223333', region: 'us-east-1', partition: 'aws' };

interface SynthesisProps {
  readonly repository: GitRepository;
  readonly commit: Commit;
  /** Directory whose `node_modules` contains the CDK. */
  readonly installed: string;
  readonly scratch: Scratch;
  /** Called with what a person should know before a longer wait. */
  readonly onNotice: (text: string) => void;
}

/** A synthesised app, as `cdk deploy PipelineStack` would deploy it. */
interface Synthesis {
  /** Checkout of the commit, with its packages. */
  readonly source: string;
  /** Directory of the cloud assembly. */
  readonly directory: string;
  /** Account and region to which the pipeline would be deployed. */
  readonly home: Required<Home>;
}

/**
 * Synthesises the app of a commit, as a person does before deploying the pipeline: with all packages installed.
 *
 * @throws Error with the error message of the app, e.g. with every mistake in cdk.json.
 */
export async function synthesise(props: SynthesisProps): Promise<Synthesis> {
  const { repository, commit, installed, scratch } = props;
  const source = await scratch.directory('synthesis');
  await repository.export(commit.id, source);
  const modules = join(installed, 'node_modules');
  // CDK's own rules double the time of a synthesis; this repository's tests and `cdk deploy` check them.
  const environment = {
    ...machineEnvironment(process.env),
    HOME: await scratch.directory('home'),
    CDK_VALIDATION: 'false',
  };
  await linkPackages(installed, source);
  const missing = await linkOwnPackages(installed, source);
  if (missing.length > 0) await installService(source, environment, props);
  const directory = join(scratch.path, 'cdk.out');
  await scratch.capture({
    file: process.execPath,
    arguments: [join(modules, 'aws-cdk', 'bin', 'cdk'), 'synth', '--quiet', '--output', directory],
    cwd: source,
    environment,
  });
  return { source, directory, home: await readHome(directory) };
}

/** Name of the script in package.json that installs the packages of the service. */
const INSTALL_SERVICE = 'install:service';

/**
 * Lets the commit's own script install what the work tree does not have: it knows which directory is the service's. What it
 * prints is passed on at once, because npm may take a while.
 *
 * @throws Error with the script's error messages.
 */
async function installService(
  source: string,
  environment: Readonly<Record<string, string>>,
  { scratch, onNotice }: SynthesisProps,
): Promise<void> {
  const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8').catch(() => '{}'));
  if (manifest.scripts?.[INSTALL_SERVICE] === undefined) return;
  const errors: string[] = [];
  const exit = await scratch.run({
    file: 'npm',
    arguments: ['run', '--silent', INSTALL_SERVICE],
    cwd: source,
    environment,
    onLine: (line, stream) => {
      if (stream === 'stderr') errors.push(line);
      else if (line !== '') onNotice(line);
    },
  });
  if (exit.type !== 'exited' || exit.code !== 0) {
    throw new Error(`npm run ${INSTALL_SERVICE} failed in a checkout of the commit:\n${errors.join('\n')}`);
  }
}

/** Reads account and region from the assembly: `aws://account/region`, with `unknown-…` for what is not configured. */
async function readHome(directory: string): Promise<Required<Home>> {
  const manifest = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8'));
  const [, accountId = '', region = ''] =
    /^aws:\/\/([^/]+)\/(.+)$/.exec(manifest.artifacts?.PipelineStack?.environment ?? '') ?? [];
  return {
    ...DEFAULT_HOME,
    ...(/^\d{12}$/.test(accountId) ? { accountId } : {}),
    ...(region && !region.startsWith('unknown-') ? { region } : {}),
  };
}
