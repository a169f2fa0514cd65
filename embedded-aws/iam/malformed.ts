import { malformedPolicy, type StoredPolicyKind } from '../../aws-rules/access/malformed-policy';
import { AwsError } from '../errors';

/** @throws AwsError MalformedPolicyDocument, with the first mistake, as IAM sends it. */
export function checkWellFormed(document: object, kind: StoredPolicyKind): void {
  const [message] = malformedPolicy(document, kind);
  if (message !== undefined) throw new AwsError('MalformedPolicyDocument', message);
}
