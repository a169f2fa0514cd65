import type { ServicePackages } from '../service/service-packages';
import type { BuildSpecFile } from './build-spec-file';

/**
 * @returns The content of buildspec.yml with the service's own packages in its cache: their directories among the paths,
 * and their lock file in the key, because the entry of a key is never changed (CodeBuild user guide, "Amazon S3 caching").
 * buildspec.yml cannot name them itself: only cdk.json has the directory of the service. Unchanged if it has no cache.
 */
export function withServicePackages(buildSpec: BuildSpecFile, { lockFile, modules }: ServicePackages): BuildSpecFile {
  const { key, paths } = (buildSpec.cache ?? {}) as { readonly key?: string; readonly paths?: readonly string[] };
  if (paths === undefined || modules.length === 0) return buildSpec;
  return {
    ...buildSpec,
    cache: {
      ...buildSpec.cache,
      ...(key === undefined || lockFile === undefined ? {} : { key: `${key}-$(codebuild-hash-files ${lockFile})` }),
      paths: [...paths, ...modules.map((directory) => `${directory}/**/*`)],
    },
  };
}
