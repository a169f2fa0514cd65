import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

/** Where the packages of a service come from, in addition to those of the repository. */
export interface ServicePackages {
  /**
   * The lock file by which `npm ci` installs them in the service's directory, relative to the repository.
   *
   * @default - npm installs them with those of the repository: the service has none of its own, or is a workspace
   */
  readonly lockFile?: string;
  /** The directories of installed packages in the repository besides the root's, e.g. `apps/api/node_modules`. */
  readonly modules: readonly string[];
  /** The service's own version of Serverless Framework, which the pipeline does not use. @default - it has none */
  readonly serverless?: string;
}

/** In the order in which `npm ci` looks for them. */
const LOCK_FILES = ['npm-shrinkwrap.json', 'package-lock.json'];

/** Package managers by their lock files. */
const OTHER_LOCK_FILES: Readonly<Record<string, string>> = {
  'yarn.lock': 'yarn',
  'pnpm-lock.yaml': 'pnpm',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
};

/**
 * Finds out how the packages of the configured service are installed.
 *
 * @param repository Absolute path of the directory with cdk.json.
 * @param serviceDirectory Directory of the service, relative to the repository.
 * @throws Error when a build could not install exactly what was tested, with what to do.
 */
export function servicePackages(repository: string, serviceDirectory: string): ServicePackages {
  const directory = normalize(serviceDirectory).replace(/\/$/, '');
  const has = (name: string) => existsSync(join(repository, directory, name));
  const root = lockedDirectories(repository);
  // The repository's own package.json belongs to the pipeline.
  if (directory === '.' || !has('package.json')) return { modules: root.modules };
  const { dependencies, devDependencies, optionalDependencies } = readJson(repository, join(directory, 'package.json'));
  const packages = { ...optionalDependencies, ...devDependencies, ...dependencies };
  const serverless = packages.serverless ?? packages.osls;
  const own = serverless === undefined ? {} : { serverless };
  const lockFile = LOCK_FILES.find(has);
  if (root.workspaces.includes(directory)) {
    if (lockFile === undefined) return { modules: root.modules, ...own };
    throw new Error(
      `${join(directory, lockFile)}: npm ignores it, because ${directory} is one of the repository's workspaces; remove ` +
        `it, or remove ${directory} from "workspaces" in package.json and run 'npm install'`,
    );
  }
  if (Object.keys(packages).length === 0) return { modules: root.modules };
  if (lockFile !== undefined) {
    const modules = [...root.modules, join(directory, 'node_modules')];
    return { lockFile: join(directory, lockFile), modules, ...own };
  }
  const other = Object.keys(OTHER_LOCK_FILES).find(has);
  const remedy = `run 'npm install' in ${directory} and commit ${join(directory, 'package-lock.json')}`;
  throw new Error(
    other === undefined
      ? `${join(directory, 'package.json')} lists packages, and without a lock file a deploy could run on other versions ` +
          `than the tests; ${remedy}`
      : `${join(directory, other)}: builds install packages with npm, which cannot install by a lock file of ` +
          `${OTHER_LOCK_FILES[other]}; ${remedy} too`,
  );
}

/**
 * Finds out the same, for a command that needs the packages.
 *
 * @throws Error also when they are not installed. Otherwise sls would report the first plugin that it does not find, and
 * recommend to install it in a way that changes the service.
 */
export function requireServicePackages(repository: string, serviceDirectory: string): ServicePackages {
  const packages = servicePackages(repository, serviceDirectory);
  if (packages.lockFile !== undefined && !existsSync(join(repository, serviceDirectory, 'node_modules'))) {
    throw new Error(
      `the packages of the service in '${serviceDirectory}' are not installed; run 'npm run install:service'`,
    );
  }
  return packages;
}

/** What the repository's lock file has besides packages in the root's `node_modules`. */
interface LockedDirectories {
  readonly workspaces: readonly string[];
  /** Where npm puts packages of a workspace whose versions differ from the root's. */
  readonly modules: readonly string[];
}

function lockedDirectories(repository: string): LockedDirectories {
  if (!existsSync(join(repository, 'package-lock.json'))) return { workspaces: [], modules: [] };
  const paths = Object.keys(readJson(repository, 'package-lock.json').packages ?? {});
  const nested = paths.flatMap((path) => /^(?!node_modules\/).*?\/node_modules(?=\/)/.exec(path) ?? []);
  return {
    workspaces: paths.filter((path) => path !== '' && !path.includes('node_modules/')),
    modules: [...new Set(nested)],
  };
}

type Json = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

function readJson(repository: string, file: string): Json {
  try {
    return JSON.parse(readFileSync(join(repository, file), 'utf8')) ?? {};
  } catch (cause) {
    throw new Error(`cannot read ${file}: ${(cause as Error).message}; write it as JSON`, { cause });
  }
}
