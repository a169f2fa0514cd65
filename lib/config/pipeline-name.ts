import { createHash } from 'node:crypto';

/** Maximum length of an environment's name in characters, a choice of this repository. */
export const ENVIRONMENT_NAME_LIMIT = 24;

/**
 * Maximum length of a pipeline's name in characters. The longest names made from it are the role
 * `<name>-<environment>-deploy-action`, of 64 characters at most (IAM), and the connection `<name>-github`, of 32
 * (CodeConnections).
 */
export const PIPELINE_NAME_LIMIT = Math.min(
  64 - `--deploy-action`.length - ENVIRONMENT_NAME_LIMIT,
  32 - '-github'.length,
);

const HASH_LENGTH = 6;

/**
 * @param repository `owner/repo`. GitHub's names are case-insensitive, so case makes no difference here either.
 * @returns The name of a repository's pipeline, unless the configuration sets one: owner and repository, shortened, and
 * a hash, so that two repositories never have the same.
 */
export function defaultPipelineName(repository: string): string {
  const whole = repository.toLowerCase();
  const [owner = '', name = ''] = whole.split('/').map((part) => trimmed(part.replace(/[^a-z0-9]+/g, '-')));
  const room = PIPELINE_NAME_LIMIT - HASH_LENGTH - 1;
  const ownerPart = trimmed(owner.slice(0, Math.max(6, room - 1 - name.length)));
  const readable = trimmed(`${ownerPart}-${name}`.slice(0, room));
  // A stack's name begins with a letter (CloudFormation).
  const named = /^[a-z]/.test(readable) ? readable : trimmed(`p${readable}`.slice(0, room));
  return `${named}-${hash(whole)}`;
}

const trimmed = (text: string): string => text.replace(/^-+|-+$/g, '');

/** @returns Letters and digits that follow from a text. */
function hash(text: string): string {
  const number = createHash('sha256').update(text).digest().readBigUInt64BE();
  return number.toString(36).padStart(HASH_LENGTH, '0').slice(-HASH_LENGTH);
}
