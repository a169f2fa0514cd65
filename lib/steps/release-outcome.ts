import type { Failed } from '../../release/outcome/outcome';
import type { ReleaseVariables } from '../../release/render';

/** The files that `release conclude` writes, relative to the repository root. */
export const OUTCOME_FILES = { variables: '.release/outcome.env', report: 'reports/lifecycle.xml' } as const;

/** The variables that a Deploy exports to CodePipeline. */
export const OUTCOME_VARIABLES: readonly (keyof ReleaseVariables)[] = [
  'RELEASE_OUTCOME',
  'RELEASE_FAILED_PHASE',
  'RELEASE_HEADLINE',
  'RELEASE_DEPLOYMENTS',
];

const FAILED: Readonly<Record<Failed['phase'], string>> = {
  'before-cloudformation': 'FAILED before CloudFormation, no traffic shifted',
  cloudformation: 'FAILED in CloudFormation, no traffic shifted',
  'after-cloudformation': 'FAILED after CloudFormation, the stack was updated',
  unread: 'UNKNOWN, the outcome of this release could not be determined',
};

/**
 * The commands of which one fails unless the release succeeded. Of a failed build, CodePipeline shows only the text of
 * the command that failed. So there is one command for every way to fail, whose text says so. None ends with a comment,
 * because it is not documented what CodeBuild appends to a command.
 */
export const OUTCOME_COMMANDS: readonly string[] = [
  `. ./${OUTCOME_FILES.variables}`,
  `test "$RELEASE_OUTCOME" != rolled-back || ${fail('ROLLED BACK')}`,
  ...Object.entries(FAILED).map(([phase, text]) => `test "$RELEASE_FAILED_PHASE" != ${phase} || ${fail(text)}`),
  // Requires a known success, so it also fails when the variables are not set.
  `case "$RELEASE_OUTCOME" in released | unchanged | first-release) ;; *) ${fail('NOT RELEASED')} ;; esac`,
];

function fail(text: string): string {
  return `! echo '${text}; see the end of this build log'`;
}
