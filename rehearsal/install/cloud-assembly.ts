import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../pipeline/assembly';

/** A file or directory that a stack needs in S3. */
export interface FileAsset {
  /** Absolute path. */
  readonly path: string;
  /** `zip` for a directory, which is uploaded as an archive. */
  readonly packaging: 'file' | 'zip';
  readonly bucket: string;
  readonly key: string;
}

/** A stack of a cloud assembly, with everything that `cdk deploy` needs. */
export interface AssemblyStack {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  /** The template: its URL once the assets are uploaded, or its text for a support stack in another region. */
  readonly template: { readonly url: string } | { readonly body: string };
  readonly assets: readonly FileAsset[];
  readonly tags: Readonly<Record<string, string>>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly file?: string;
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly stackTemplateAssetObjectUrl?: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string; readonly packaging?: 'file' | 'zip' };
        readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
      }
    >
  >;
  readonly dockerImages?: Readonly<Record<string, unknown>>;
}

/**
 * Reads a stack of a cloud assembly and the stacks that it depends on, in the order in which `cdk deploy` deploys them.
 *
 * @param home Account and region of stacks that do not specify them.
 * @throws Error when there is no such stack, or it has assets that a rehearsal cannot upload.
 */
export async function readStacks(
  directory: string,
  stackName: string,
  home: Required<Home>,
): Promise<readonly AssemblyStack[]> {
  const { artifacts }: { readonly artifacts: Readonly<Record<string, Artifact>> } = await readJson('manifest.json');
  const wanted = Object.entries(artifacts).find(([id, each]) => isStack(each) && nameOf(id, each) === stackName);
  if (!wanted) throw new Error(`the cloud assembly ${directory} has no stack ${stackName}`);
  const read = new Map<string, AssemblyStack>();
  await visit(wanted[0]);
  return [...read.values()];

  async function visit(id: string): Promise<void> {
    const artifact = artifacts[id];
    if (!artifact || !isStack(artifact) || read.has(id)) return;
    for (const dependency of artifact.dependencies ?? []) await visit(dependency);
    read.set(id, await readStack(id, artifact));
  }

  async function readStack(id: string, { environment, dependencies = [], properties = {} }: Artifact) {
    const [, account = '', assemblyRegion = ''] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment ?? '') ?? [];
    const accountId = account.startsWith('unknown-') ? home.accountId : account;
    const region = assemblyRegion.startsWith('unknown-') ? home.region : assemblyRegion;
    const resolve = (text: string) =>
      text
        .replaceAll(placeholder('AccountId'), accountId)
        .replaceAll(placeholder('Region'), region)
        .replaceAll(placeholder('Partition'), home.partition);
    const assets: FileAsset[] = [];
    for (const dependency of dependencies) {
      const { type, properties: { file } = {} } = artifacts[dependency] ?? {};
      if (type === 'cdk:asset-manifest' && file) assets.push(...assetsOf(file, await readJson(file), resolve));
    }
    const { stackTemplateAssetObjectUrl: url, templateFile = '' } = properties;
    return {
      name: nameOf(id, { properties }),
      accountId,
      region,
      template: url
        ? { url: resolve(url).replace(/^s3:\/\/([^/]+)\//, `https://s3.${region}.amazonaws.com/$1/`) }
        : { body: await readFile(join(directory, templateFile), 'utf8') },
      assets,
      tags: properties.tags ?? {},
    };
  }

  function assetsOf(file: string, { files = {}, dockerImages = {} }: AssetManifest, resolve: (text: string) => string) {
    const images = Object.keys(dockerImages);
    if (images.length > 0) {
      throw new Error(
        `${file} has container images, which a rehearsal cannot build or push; use functions with ZIP files`,
      );
    }
    return Object.entries(files).flatMap(([id, { source, destinations }]) => {
      if (source.path === undefined) {
        throw new Error(
          `${file}: asset ${id} is built by a command, which a rehearsal cannot run; build it at synthesis`,
        );
      }
      const path = join(directory, source.path);
      return Object.values(destinations).map(
        ({ bucketName, objectKey }): FileAsset => ({
          path,
          packaging: source.packaging ?? 'file',
          bucket: resolve(bucketName),
          key: resolve(objectKey),
        }),
      );
    });
  }

  async function readJson<T>(file: string): Promise<T> {
    return JSON.parse(await readFile(join(directory, file), 'utf8'));
  }
}

/** @returns CDK's placeholder for a value that is known only at deployment. */
function placeholder(name: string): string {
  return `\${AWS::${name}}`;
}

function isStack({ type }: Artifact): boolean {
  return type === 'aws:cloudformation:stack';
}

function nameOf(id: string, { properties }: Pick<Artifact, 'properties'>): string {
  return properties?.stackName ?? id;
}
