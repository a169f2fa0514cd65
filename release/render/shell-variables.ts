import { functionsOf, type ReleaseOutcome } from '../outcome/outcome';
import { cut } from './shorten';
import { headline } from './wording';

/** What a shell and CodePipeline are told of a release. None starts with AWS_, which CodeBuild would not export. */
export interface ReleaseVariables {
  /** the outcome's type */
  readonly RELEASE_OUTCOME: ReleaseOutcome['type'];
  /** where it failed; `none` unless the outcome is `failed` */
  readonly RELEASE_FAILED_PHASE: string;
  /** what happened in one line, at most 1,000 characters */
  readonly RELEASE_HEADLINE: string;
  /** ids of CodeDeploy's deployments, comma separated, as many as 1,000 characters hold; `none` if there are none */
  readonly RELEASE_DEPLOYMENTS: string;
}

const LIMIT = 1_000;

/** No value is empty or has a line end. */
export function releaseVariables(outcome: ReleaseOutcome): ReleaseVariables {
  const deployments = functionsOf(outcome)
    .map(({ deploymentId }) => deploymentId)
    .reduce((list, id) => (list.length + 1 + id.length > LIMIT ? list : [list, id].filter(Boolean).join(',')), '');
  return {
    RELEASE_OUTCOME: outcome.type,
    RELEASE_FAILED_PHASE: outcome.type === 'failed' ? outcome.phase : 'none',
    RELEASE_HEADLINE: cut(
      headline(outcome)
        .replaceAll(/[\s\p{Cc}]+/gu, ' ')
        .trim(),
      LIMIT,
    ),
    RELEASE_DEPLOYMENTS: deployments || 'none',
  };
}

/** @returns lines for a POSIX shell to source; a value may hold anything but NUL */
export function shellExports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}
