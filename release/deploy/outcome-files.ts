import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Failed, ReleaseOutcome } from '../outcome/outcome';
import { lifecycleReport, releaseVariables, shellExports } from '../render';

/** What `release conclude` leaves for the commands after it, and for CodeBuild. */
export interface HandoverFiles {
  /** for a shell to source */
  readonly variables: string;
  /** in JUnit's format */
  readonly report: string;
}

/** Leaves both files, their directories made as needed. */
export function handOver(outcome: ReleaseOutcome, { variables, report }: HandoverFiles): void {
  write(report, lifecycleReport(outcome));
  write(variables, shellExports({ ...releaseVariables(outcome) }));
}

/** @returns what to tell when the conclusion itself has failed: a release nobody knows the end of is not a success */
export function nobodyKnows(stackName: string, error: unknown): Failed {
  return {
    type: 'failed',
    phase: 'unread',
    stackName,
    stackStatus: 'UNKNOWN',
    reason: error instanceof Error ? error.message : String(error),
    remedy: 'look at the stack in the CloudFormation console before anything is released again',
  };
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
