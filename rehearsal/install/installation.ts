import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import type { VirtualClock } from '../../embedded-aws/clock';
import type { StackResult } from '../../embedded-aws/cloudformation/cloudformation';
import type { Stack } from '../../embedded-aws/cloudformation/stack';
import type { World } from '../../embedded-aws/world';
import type { Home } from '../pipeline/assembly';
import type { DeployedResources } from '../pipeline/intrinsics';
import { bootstrap, bootstrapRoleArn } from './bootstrap';
import { type AssemblyStack, type FileAsset, readStacks } from './cloud-assembly';

interface InstallationProps {
  readonly world: World;
  readonly clock: VirtualClock;
  /** Directory of the cloud assembly. */
  readonly directory: string;
  /** Name of the pipeline's stack. */
  readonly stackName: string;
  readonly home: Required<Home>;
}

/** Modification time of all files in archives, so that the same content gives the same archive. */
const MODIFIED = '1980-01-01T00:00:00';

/**
 * Does what `cdk deploy` of the pipeline's stack does, in virtual time: bootstraps, uploads the assets, and deploys the
 * stacks that the pipeline's stack depends on and then that stack itself.
 *
 * @returns The resources of the pipeline's stack.
 * @throws Error when a stack is refused or does not reach CREATE_COMPLETE; the message has the first failure.
 */
export async function install(props: InstallationProps): Promise<DeployedResources> {
  const { world, clock, directory, stackName, home } = props;
  let last: Stack | undefined;
  for (const stack of await readStacks(directory, stackName, home)) {
    bootstrap(world, stack, home.accountId, clock.date());
    for (const asset of stack.assets) {
      world.buckets.put(asset.bucket, asset.key, await contentOf(asset), clock.date());
    }
    last = await deploy(world, stack);
  }
  return new Map([...last!.resources].map(([logicalId, { physical }]) => [logicalId, physical]));
}

async function deploy(world: World, stack: AssemblyStack): Promise<Stack> {
  const { cloudFormation } = world.region(stack);
  let deployment: StackResult;
  try {
    deployment = await cloudFormation.deploy({
      stackName: stack.name,
      template: stack.template,
      capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      roleArn: bootstrapRoleArn('cfn-exec', stack),
      tags: stack.tags,
      notificationArns: [],
    });
  } catch (cause) {
    throw new Error(`stack ${stack.name} cannot be deployed: ${(cause as Error).message}`, { cause });
  }
  if (deployment.type !== 'failed') return deployment.stack;
  // Resources that fail after the first one were only cancelled.
  const first = deployment.stack.events.all.find(
    ({ logicalId, status }) => logicalId !== stack.name && status.endsWith('_FAILED'),
  );
  const reason = first ? `${first.logicalId} (${first.type}): ${first.reason}` : deployment.reason;
  throw new Error(`stack ${stack.name} ended in ${deployment.status}: ${reason}`);
}

async function contentOf({ path, packaging }: FileAsset): Promise<Buffer> {
  if (packaging === 'file') return readFile(path);
  const files: Zippable = {};
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isDirectory()) files[file.slice(path.length + 1)] = readFileSync(file);
  }
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(zipSync(sorted, { mtime: MODIFIED }));
}
