import type { TestReport } from './reports';

/** The rehearsed phases of a build, in CodeBuild's terms. */
export type BuildPhase = 'DOWNLOAD_SOURCE' | 'INSTALL' | 'PRE_BUILD' | 'BUILD' | 'POST_BUILD' | 'UPLOAD_ARTIFACTS';

/** An event of a build. */
export type BuildEvent =
  | { readonly type: 'phase-started'; readonly phase: BuildPhase }
  | { readonly type: 'phase-ended'; readonly phase: BuildPhase; readonly failure: BuildFailure | undefined }
  | { readonly type: 'command-started'; readonly phase: BuildPhase; readonly command: string }
  /** A command was skipped because of an option of the rehearsal. */
  | { readonly type: 'command-skipped'; readonly phase: BuildPhase; readonly command: string }
  /** One line of a command's output. */
  | { readonly type: 'output'; readonly phase: BuildPhase; readonly line: string }
  /** A remark of the rehearsal about the build. */
  | { readonly type: 'note'; readonly text: string };

/** Why a phase failed. */
export interface BuildFailure {
  readonly phase: BuildPhase;
  /** CodeBuild's status code of the phase context, e.g. `COMMAND_EXECUTION_ERROR`. */
  readonly code: string;
  readonly message: string;
}

/** How a build ended. */
export interface BuildResult {
  /** Id, as `project:uuid`. */
  readonly id: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** The first failure. Undefined if the build succeeded. */
  readonly failure: BuildFailure | undefined;
  /** The variables that the buildspec exports, after its last command. */
  readonly exported: Readonly<Record<string, string>>;
  readonly reports: readonly TestReport[];
  /** The commands that were skipped. */
  readonly skipped: readonly string[];
}

/** @returns The error message that the CodePipeline console shows for a failed build. */
export function consoleMessage({ status, failure }: BuildResult): string {
  const { phase, code, message } = failure!;
  return `Build terminated with state: ${status}. Phase: ${phase}, Code: ${code}, Message: ${message}`;
}
