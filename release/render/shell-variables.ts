import { functionsOf, type ReleaseOutcome } from '../outcome/outcome';
import { cut } from './shorten';
import { headline } from './wording';

/**
 * An outcome as variables for a shell and for CodePipeline. No name starts with AWS_, which CodeBuild would not export.
 */
export interface ReleaseVariables {
  /** The outcome's type. */
  readonly RELEASE_OUTCOME: ReleaseOutcome['type'];
  /** Where the release failed; `none` unless the outcome is `failed`. */
  readonly RELEASE_FAILED_PHASE: string;
  /** What happened, in one line of at most 1,000 characters. */
  readonly RELEASE_HEADLINE: string;
  /** Ids of CodeDeploy's deployments, comma separated, as many as fit in 1,000 characters; `none` if there are none. */
  readonly RELEASE_DEPLOYMENTS: string;
}

/** Characters of one variable. */
const VALUE_LIMIT = 1_000;

/** @returns The variables; no value is empty or contains a line break. */
export function releaseVariables(outcome: ReleaseOutcome): ReleaseVariables {
  const deployments = functionsOf(outcome)
    .map(({ deploymentId }) => deploymentId)
    .reduce(
      (list, id) => (list.length + 1 + id.length > VALUE_LIMIT ? list : [list, id].filter(Boolean).join(',')),
      '',
    );
  const line = headline(outcome)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return {
    RELEASE_OUTCOME: outcome.type,
    RELEASE_FAILED_PHASE: outcome.type === 'failed' ? outcome.phase : 'none',
    RELEASE_HEADLINE: cut(line, VALUE_LIMIT),
    RELEASE_DEPLOYMENTS: deployments || 'none',
  };
}

/** @returns Lines for a POSIX shell to source. Values may contain any character but NUL. */
export function shellExports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}
