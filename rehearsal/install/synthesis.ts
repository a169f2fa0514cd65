import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../pipeline/assembly';
import { machineEnvironment } from '../pipeline/codebuild/build-environment';
import type { Commit, GitRepository } from '../scratch/git';
import { linkPackages } from '../scratch/linked-packages';
import type { Scratch } from '../scratch/scratch';

/** Stands in where the configuration leaves the account or the region to the person who deploys. */
const ANYWHERE: Required<Home> = { accountId: '111122223333', region: 'us-east-1', partition: 'aws' };

export interface SynthesisProps {
  readonly repository: GitRepository;
  readonly commit: Commit;
  /** whose `node_modules` hold the CDK */
  readonly installed: string;
  readonly scratch: Scratch;
}

/** A synthesised app, as `cdk deploy PipelineStack` would deploy it. */
export interface Synthesis {
  /** the cloud assembly */
  readonly directory: string;
  /** where the pipeline would be deployed */
  readonly home: Required<Home>;
}

/**
 * Synthesises the app of a commit: what somebody does once, before the first push.
 *
 * @throws Error with the app's own words, e.g. every mistake in cdk.json
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
    // CDK's own rules cost as much again; this repository's tests and `cdk deploy` ask them.
    environment: { ...machineEnvironment(process.env), HOME: await scratch.directory('home'), CDK_VALIDATION: 'false' },
  });
  return { directory, home: await readHome(directory) };
}

/** The assembly names the pipeline's place as `aws://account/region`, with `unknown-…` for what is left open. */
async function readHome(directory: string): Promise<Required<Home>> {
  const manifest = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8'));
  const [, accountId = '', region = ''] =
    /^aws:\/\/([^/]+)\/(.+)$/.exec(manifest.artifacts?.PipelineStack?.environment ?? '') ?? [];
  return {
    ...ANYWHERE,
    ...(/^\d{12}$/.test(accountId) ? { accountId } : {}),
    ...(region && !region.startsWith('unknown-') ? { region } : {}),
  };
}
