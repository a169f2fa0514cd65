import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** GNU has sha256sum, macOS shasum. */
const SCRIPT = `#!/bin/sh
for path; do
  [ -f "$path" ] && continue
  echo "codebuild-hash-files: no file $path; the rehearsal knows no patterns and no options, only paths" >&2
  exit 2
done
sums() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
sums "$@" | sums | cut -c 1-64
`;

/**
 * Makes the command that cache keys are built with: a SHA-256 over files of the source (CodeBuild user guide, "Amazon S3
 * caching"). Which digest AWS's own one gives is not documented; here only that it changes with the files matters.
 *
 * @param directory made if it is not there
 */
export async function installHashFiles(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'codebuild-hash-files');
  await writeFile(file, SCRIPT);
  await chmod(file, 0o755);
}
