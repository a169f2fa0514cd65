import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the packages were made from. */
interface PackageOrigin {
  /** Directory of the service, relative to the repository. */
  readonly serviceDirectory: string;
  /** SHA-256 of each file by its path, relative to the repository. */
  readonly files: Readonly<Record<string, string>>;
}

/** Name of the file next to the packages. */
const FILE = 'origin.json';

/** Number of changed files that a message names. */
const SHOWN = 3;

/** Directories that hold what commands make. */
const MADE = ['node_modules', 'cdk.out', 'reports', 'coverage'];

/** The preflight reads the declared traffic from the service, not from its packages. */
const NOT_PACKAGED = ['traffic.json'];

/**
 * Records in the directory of the packages what they were made from, so that a later command does not take them for those
 * of another directory or commit.
 *
 * @param repository Absolute path of the directory with cdk.json.
 * @param packages Absolute path of the directory with one package for each environment.
 */
export function recordOrigin(repository: string, packages: string, serviceDirectory: string): void {
  const origin: PackageOrigin = { serviceDirectory, files: filesOf(repository, serviceDirectory) };
  writeFileSync(join(packages, FILE), `${JSON.stringify(origin, undefined, 2)}\n`);
}

/** Removes the record before the packages change, so that an interrupted command leaves none that is wrong. */
export function forgetOrigin(packages: string): void {
  rmSync(join(packages, FILE), { force: true });
}

/**
 * @returns Why the packages may not be those of the service as it is. Undefined if they are. Files that have been added to
 * the service do not count: a file that uses them has changed too.
 * @throws Error when the packages are those of another directory.
 */
export function staleness(repository: string, packages: string, serviceDirectory: string): string | undefined {
  const file = join(packages, FILE);
  if (!existsSync(file)) return "the last 'npm run package' did not end well; run it again";
  const origin: PackageOrigin = JSON.parse(readFileSync(file, 'utf8'));
  if (origin.serviceDirectory !== serviceDirectory) {
    throw new Error(
      `the packages were made from '${origin.serviceDirectory}', and "serviceDirectory" in cdk.json is ` +
        `'${serviceDirectory}'; run 'npm run package'`,
    );
  }
  const now = filesOf(repository, serviceDirectory);
  const changed = Object.keys(origin.files).filter((path) => origin.files[path] !== now[path]);
  if (changed.length === 0) return undefined;
  const more = changed.length > SHOWN ? ` and ${changed.length - SHOWN} more` : '';
  return `the packages were made before ${changed.slice(0, SHOWN).join(', ')}${more} changed; run 'npm run package'`;
}

function filesOf(repository: string, serviceDirectory: string): Record<string, string> {
  const paths = ['cdk.json', ...pathsIn(repository, serviceDirectory)];
  const hash = (path: string) =>
    createHash('sha256')
      .update(readFileSync(join(repository, path)))
      .digest('hex');
  return Object.fromEntries(paths.map((path) => [path, hash(path)]));
}

function pathsIn(repository: string, directory: string): string[] {
  return readdirSync(join(repository, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      return entry.name.startsWith('.') || MADE.includes(entry.name) ? [] : pathsIn(repository, path);
    }
    return entry.isFile() && !NOT_PACKAGED.includes(entry.name) ? [path] : [];
  });
}
