/**
 * What a policy is for, by which IAM's grammar differs: an inline policy of a role, a managed policy, which may be a permissions
 * boundary too, or the trust policy of a role.
 */
export type StoredPolicyKind = 'inline' | 'managed' | 'trust';

const DOCUMENT_ELEMENTS = ['Version', 'Id', 'Statement'];
const VERSIONS = [undefined, '2008-10-17', '2012-10-17'];
const STATEMENT_ELEMENTS = /^(Sid|Effect|(Not)?Principal|(Not)?Action|(Not)?Resource|Condition)$/;

/** The actions of a trust policy; a wildcard is none of them. */
const TRUST_ACTIONS =
  /^sts:(AssumeRole|AssumeRoleWithSAML|AssumeRoleWithWebIdentity|TagSession|SetSourceIdentity|SetContext)$/i;

const SYNTAX = 'Syntax errors in policy.';

/**
 * Checks a policy as IAM does before it stores it. Who a principal is, and which operators and keys a condition has, is not
 * checked.
 *
 * @returns IAM's messages, with the one that IAM sends first; none for a well-formed policy. The vectors name their sources.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function malformedPolicy(document: unknown, kind: StoredPolicyKind): readonly string[] {
  const statements = statementsOf(document);
  if (!statements?.every(isWellFormed)) return [SYNTAX];
  const version = (document as Elements).Version;
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== '');
  return [
    ...(kind === 'managed' && version !== '2012-10-17'
      ? ['Policy document must be version 2012-10-17 or greater.']
      : []),
    ...(statements.some(({ Effect }) => Effect !== 'Allow' && Effect !== 'Deny')
      ? ['The policy failed legacy parsing']
      : []),
    ...(sids.some((sid) => !/^[0-9A-Za-z]*$/.test(String(sid)))
      ? [
          'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
        ]
      : []),
    ...(new Set(sids).size < sids.length ? ['Statement IDs (SID) in a single policy must be unique.'] : []),
    ...statements.flatMap(kind === 'trust' ? trustMistakes : identityMistakes),
  ];
}

type Elements = Readonly<Record<string, unknown>>;

/** @returns The statements; undefined when the document is none, or has none. */
function statementsOf(document: unknown): readonly Elements[] | undefined {
  if (!isRecord(document) || !VERSIONS.includes(document.Version as string | undefined)) return undefined;
  if (Object.keys(document).some((name) => !DOCUMENT_ELEMENTS.includes(name))) return undefined;
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  return statements.length > 0 && statements.every(isRecord) ? statements : undefined;
}

function isWellFormed(statement: Elements): boolean {
  const { Sid = '', Effect, Condition = {} } = statement;
  return (
    Object.keys(statement).every((name) => STATEMENT_ELEMENTS.test(name)) &&
    typeof Sid === 'string' &&
    typeof Effect === 'string' &&
    /^(allow|deny)$/i.test(Effect) &&
    isRecord(Condition) &&
    ['Principal', 'Action', 'Resource'].every(
      (name) => statement[name] === undefined || statement[`Not${name}`] === undefined,
    ) &&
    ['Action', 'NotAction', 'Resource', 'NotResource'].every((name) =>
      listOf(statement[name]).every((each) => typeof each === 'string'),
    )
  );
}

function identityMistakes(statement: Elements): string[] {
  const actions = textsOf(statement, 'Action');
  const resources = textsOf(statement, 'Resource');
  return [
    ...('Principal' in statement || 'NotPrincipal' in statement
      ? ['Policy document should not specify a principal.']
      : []),
    ...(actions.length === 0 ? ['Policy statement must contain actions.'] : []),
    ...(resources.length === 0 ? ['Policy statement must contain resources.'] : []),
    ...resources.flatMap(resourceMistake),
    ...actions.flatMap(actionMistake),
  ];
}

function trustMistakes(statement: Elements): string[] {
  const { Principal } = statement;
  const actions = textsOf(statement, 'Action');
  return [
    ...('Resource' in statement ? ['Has prohibited field Resource'] : []),
    ...('NotResource' in statement ? ['AssumeRole policy must not contain resources.'] : []),
    ...('NotPrincipal' in statement ? ['AssumeRole policy must not contain NotPrincipal field.'] : []),
    ...(Principal === undefined && !('NotPrincipal' in statement) ? ['Missing required field Principal'] : []),
    ...(isRecord(Principal) && Object.values(Principal).every((each) => listOf(each).length === 0)
      ? ['Missing required field Principal cannot be empty!']
      : []),
    ...(actions.length === 0 ? ['Missing required field Action'] : []),
    ...(actions.some((action) => !TRUST_ACTIONS.test(action))
      ? ['AssumeRole policy may only specify STS AssumeRole actions.']
      : []),
  ];
}

function resourceMistake(resource: string): string[] {
  if (resource === '*') return [];
  if (!resource.startsWith('arn:')) return [`Resource ${resource} must be in ARN format or "*".`];
  const [, partition = '', service, ...rest] = resource.split(':');
  // A wildcard is valid: CDK Pipelines grants the self-update "arn:*:iam::…" in every pipeline that it makes.
  if (!/^(\*|aws(-[a-z]+)*)$/.test(partition))
    return [`Partition "${partition}" is not valid for resource "${resource}".`];
  return service === undefined || rest.length === 0 || /[*?]/.test(service)
    ? ['Resource vendor must be fully qualified and cannot contain regexes.']
    : [];
}

function actionMistake(action: string): string[] {
  if (action === '*') return [];
  const [vendor = '', ...names] = action.split(':');
  if (names.length === 0) return ['Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'];
  if (names.length > 1) return ['Actions/Condition can contain only one colon.'];
  return /^[a-z0-9.-]+$/i.test(vendor) ? [] : [`Vendor ${vendor} is not valid`];
}

/** @returns The values of an element or of its negation, which {@link isWellFormed} has found to be text. */
function textsOf(statement: Elements, name: 'Action' | 'Resource'): readonly string[] {
  return listOf(statement[name] ?? statement[`Not${name}`]) as readonly string[];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function isRecord(value: unknown): value is Elements {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
