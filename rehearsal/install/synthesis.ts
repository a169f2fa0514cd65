import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../pipeline/assembly';
import { machineEnvironment } from '../pipeline/codebuild/build-environment';
import type { Commit, GitRepository } from '../scratch/git';
import { linkPackages } from '../scratch/linked-packages';
import type { Scratch } from '../scratch/scratch';

/** Account and region when the configuration leaves them to the shell that deploys. */
const DEFAULT_HOME: Required<Home> = { accountId: '111122223333', region: 'us-east-1', partition: 'aws' };

interface SynthesisProps {
  readonly repository: GitRepository;
  readonly commit: Commit;
  /** Directory whose `node_modules` contains the CDK. */
  readonly installed: string;
  readonly scratch: Scratch;
}

/** A synthesised app, as `cdk deploy PipelineStack` would deploy it. */
interface Synthesis {
  /** Directory of the cloud assembly. */
  readonly directory: string;
  /** Account and region to which the pipeline would be deployed. */
  readonly home: Required<Home>;
}

/**
 * Synthesises the app of a commit, as a person does before deploying the pipeline.
 *
 * @throws Error with the error message of the app, e.g. with every mistake in cdk.json.
 */
export async function synthesise({ repository, commit, installed, scratch }: SynthesisProps): Promise<Synthesis> {
  const source = await scratch.directory('synthesis');
  await repository.export(commit.id, source);
  const modules = join(installed, 'node_modules');
  await linkPackages(installed, source);
  const directory = join(scratch.path, 'cdk.out');
  await scratch.capture({
    file: process.execPath,
    arguments: [join(modules, 'aws-cdk', 'bin', 'cdk'), 'synth', '--quiet', '--output', directory],
    cwd: source,
    // CDK's own rules double the time of a synthesis; this repository's tests and `cdk deploy` check them.
    environment: { ...machineEnvironment(process.env), HOME: await scratch.directory('home'), CDK_VALIDATION: 'false' },
  });
  return { directory, home: await readHome(directory) };
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
