import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ReleaseOutcome } from '../outcome/outcome';
import { lifecycleReport } from '../render/lifecycle-report';
import { releaseVariables, shellExports } from '../render/shell-variables';

/** Paths of the files that `release conclude` writes for the commands after it, and for CodeBuild. */
export interface OutcomeFiles {
  /** Variables for a shell to source. */
  readonly variables: string;
  /** Test report in JUnit's format. */
  readonly report: string;
}

/** Writes both files, and creates their directories when they do not exist. */
export function writeOutcomeFiles(outcome: ReleaseOutcome, { variables, report }: OutcomeFiles): void {
  write(report, lifecycleReport(outcome));
  write(variables, shellExports({ ...releaseVariables(outcome) }));
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
