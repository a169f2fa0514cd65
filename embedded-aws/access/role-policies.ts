import type { NamedPolicy } from '../../aws-rules/access/evaluate';
import { InvalidPolicy, type PolicyDocument, parsePolicy } from '../../aws-rules/access/policy';
import { AwsError, Unsupported } from '../errors';
import type { Identities, Role } from '../iam/identities';
import { MANAGED_POLICIES } from './managed-policies';

/** What decides about a role's requests. */
export interface RolePolicies {
  readonly identityPolicies: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | undefined;
  /** ARNs of AWS's managed policies that are attached, but not known here. */
  readonly unknown: readonly string[];
}

const parsed = new WeakMap<object, PolicyDocument>();

/**
 * Reads a policy once: policies are replaced, never changed in place.
 *
 * @throws Unsupported for a policy that cannot be evaluated, with every mistake.
 */
export function readPolicy(name: string, document: object): NamedPolicy {
  let policy = parsed.get(document);
  if (!policy) {
    try {
      policy = parsePolicy(document);
    } catch (error) {
      if (!(error instanceof InvalidPolicy)) throw error;
      throw new Unsupported(`the policy ${name}`, error.message);
    }
    parsed.set(document, policy);
  }
  return { name, document: policy };
}

/** @returns The documents on which decisions about a role depend: a decision holds while they are the same objects. */
export function documentsOf(role: Role, iam: Identities): readonly (object | string)[] {
  const { inlinePolicies, managedPolicies, permissionsBoundary } = role;
  const attached = [...managedPolicies, ...(permissionsBoundary === undefined ? [] : [permissionsBoundary])];
  return [
    ...inlinePolicies.values(),
    ...attached.map((arn) => findManaged(arn, iam) ?? arn),
    permissionsBoundary ?? 'no boundary',
  ];
}

/** @throws Unsupported for a policy that cannot be evaluated. */
export function readRolePolicies(role: Role, iam: Identities): RolePolicies {
  const inline = [...role.inlinePolicies].map(([name, document]) => readPolicy(name, document));
  const attached = role.managedPolicies.map((arn) => ({ arn, document: findManaged(arn, iam) }));
  const managed = attached.flatMap(({ arn, document }) => (document ? [readPolicy(arn, document)] : []));
  const { permissionsBoundary: boundaryArn } = role;
  return {
    identityPolicies: [...inline, ...managed],
    boundary: boundaryArn === undefined ? undefined : readBoundary(boundaryArn, iam),
    unknown: attached.flatMap(({ arn, document }) => (document ? [] : [arn])),
  };
}

/** A boundary that does not exist, or is not known, allows nothing. */
function readBoundary(arn: string, iam: Identities): NamedPolicy {
  const document = findManaged(arn, iam);
  return document
    ? readPolicy(arn, document)
    : { name: `${arn} (not known)`, document: { version: '2012-10-17', statements: [] } };
}

function findManaged(arn: string, iam: Identities): object | undefined {
  if (Object.hasOwn(MANAGED_POLICIES, arn)) return MANAGED_POLICIES[arn];
  try {
    return iam.managedPolicy(arn).document;
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
