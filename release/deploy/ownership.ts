import { ReleaseError } from '../errors';

/** Tag of a service's stack with the GitHub repository whose pipeline releases it, as "owner/repo". */
export const REPOSITORY_TAG = 'pipeline:repository';

/**
 * Checks that a stack belongs to a repository: two repositories whose services have the same name would otherwise release
 * over one another. A stack without the tag is accepted once; the release tags it. It was deployed by hand, or before stacks
 * were tagged.
 *
 * @param tags Tags of the stack, by key.
 * @param repository As "owner/repo"; GitHub's names are case-insensitive.
 * @throws ReleaseError STACK_OF_ANOTHER when the tag names another repository.
 */
export function checkOwner(
  stackName: string,
  tags: Readonly<Record<string, string>>,
  repository: string | undefined,
): void {
  const owner = tags[REPOSITORY_TAG];
  if (owner === undefined || repository === undefined || owner.toLowerCase() === repository.toLowerCase()) return;
  throw new ReleaseError(
    'STACK_OF_ANOTHER',
    `stack '${stackName}' is released by the repository ${owner} (its tag ${REPOSITORY_TAG}), not by ${repository}`,
    {
      remedy:
        'give the service in serverless.yml or the environment another name; if the repository was renamed, change the ' +
        'tag as the runbook describes',
    },
  );
}
