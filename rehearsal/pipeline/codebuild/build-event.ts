import type { TestReport } from './reports';

/** The phases of a build that can be told apart here, in CodeBuild's words. */
export type BuildPhase = 'DOWNLOAD_SOURCE' | 'INSTALL' | 'PRE_BUILD' | 'BUILD' | 'POST_BUILD' | 'UPLOAD_ARTIFACTS';

/** What happens in a build, as it happens. */
export type BuildEvent =
  | { readonly type: 'phase-started'; readonly phase: BuildPhase }
  | { readonly type: 'phase-ended'; readonly phase: BuildPhase; readonly failure: BuildFailure | undefined }
  | { readonly type: 'command-started'; readonly phase: BuildPhase; readonly command: string }
  /** not run because whoever rehearses said so */
  | { readonly type: 'command-skipped'; readonly phase: BuildPhase; readonly command: string }
  /** one line of a command's output */
  | { readonly type: 'output'; readonly phase: BuildPhase; readonly line: string }
  /** something about the build that is no command's output */
  | { readonly type: 'note'; readonly text: string };

/** Why a phase failed. */
export interface BuildFailure {
  readonly phase: BuildPhase;
  /** CodeBuild's phase context status code, e.g. `COMMAND_EXECUTION_ERROR` */
  readonly code: string;
  readonly message: string;
}

/** What became of a build. */
export interface BuildResult {
  /** `project:uuid` */
  readonly id: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** the first failure; undefined if the build succeeded */
  readonly failure: BuildFailure | undefined;
  /** the variables that the buildspec exports, after its last command */
  readonly exported: Readonly<Record<string, string>>;
  readonly reports: readonly TestReport[];
  /** the commands that were skipped */
  readonly skipped: readonly string[];
}

/** @returns a failed build as the CodePipeline console shows it on the action */
export function consoleMessage({ status, failure }: BuildResult): string {
  const { phase, code, message } = failure!;
  return `Build terminated with state: ${status}. Phase: ${phase}, Code: ${code}, Message: ${message}`;
}
