import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Uses sha256sum on Linux and shasum on macOS. */
const SCRIPT = `#!/bin/sh
for path; do
  [ -f "$path" ] && continue
  echo "codebuild-hash-files: no file $path; a rehearsal supports paths only, no patterns or options" >&2
  exit 2
done
sums() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
sums "$@" | sums | cut -c 1-64
`;

/**
 * Installs the command `codebuild-hash-files`, which calculates a hash of files for cache keys (CodeBuild user guide,
 * "Amazon S3 caching"). The algorithm on AWS is not documented; the hash only has to change with the files.
 *
 * @param directory Created if it does not exist.
 */
export async function installHashFiles(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'codebuild-hash-files');
  await writeFile(file, SCRIPT);
  await chmod(file, 0o755);
}
