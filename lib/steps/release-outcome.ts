import type { Failed } from '../../release/outcome/outcome';
import type { ReleaseVariables } from '../../release/render';

/** What `release conclude` leaves, relative to the repository. */
export const OUTCOME_FILES = { variables: '.release/outcome.env', report: 'reports/lifecycle.xml' } as const;

/** What a Deploy exports to CodePipeline. */
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
 * CodePipeline shows of a build only the text of the command that failed. So there is one for every way to fail, each
 * with the words for it, and no comment, because CodeBuild does not say what it puts behind a command.
 */
export const OUTCOME_COMMANDS: readonly string[] = [
  `. ./${OUTCOME_FILES.variables}`,
  `test "$RELEASE_OUTCOME" != rolled-back || ${fail('ROLLED BACK')}`,
  ...Object.entries(FAILED).map(([phase, words]) => `test "$RELEASE_FAILED_PHASE" != ${phase} || ${fail(words)}`),
  // The only one that knows what success is: it also fails if the variables did not arrive.
  `case "$RELEASE_OUTCOME" in released | unchanged | first-release) ;; *) ${fail('NOT RELEASED')} ;; esac`,
];

function fail(words: string): string {
  return `! echo '${words}; see the end of this build log'`;
}
