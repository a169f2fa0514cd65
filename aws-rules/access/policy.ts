import { type PolicyCondition, parseConditions } from './condition';

/** Principals of a statement by the kind under which a policy lists them; `"*"` is `AWS: ["*"]`, as in IAM. */
export interface PolicyPrincipals {
  /** Accounts, ARNs or `*`. */
  readonly AWS: readonly string[];
  /** Service principals, e.g. `codedeploy.amazonaws.com`. */
  readonly Service: readonly string[];
  /** Identity providers. None of the principals that are evaluated matches one. */
  readonly Federated: readonly string[];
}

/** A statement of a policy: of each element and its negation, at most one is given. */
export interface PolicyStatement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /**
   * Principals that the statement is about.
   *
   * @default - The identity that the policy is attached to.
   */
  readonly principals?: PolicyPrincipals;
  readonly notPrincipals?: PolicyPrincipals;
  /** Patterns of actions. */
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  /**
   * Patterns of ARNs.
   *
   * @default - Every resource: trust policies have no resources.
   */
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  /** All have to be met. */
  readonly conditions: readonly PolicyCondition[];
}

/** A policy, checked and with every element in one form. */
export interface PolicyDocument {
  /** Only the newer version has policy variables. */
  readonly version: '2008-10-17' | '2012-10-17';
  readonly statements: readonly PolicyStatement[];
}

/** A policy that IAM would refuse, or that cannot be evaluated here. */
export class InvalidPolicy extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`the policy has ${mistakes.length} mistake(s): ${mistakes.join('; ')}`);
    this.name = 'InvalidPolicy';
    this.mistakes = mistakes;
  }
}

const VERSIONS = ['2008-10-17', '2012-10-17'] as const;
const DOCUMENT_ELEMENTS = ['Version', 'Id', 'Statement'];
const STATEMENT_ELEMENTS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

/** `service:Action`, with wildcards behind the colon, or `*`. */
const ACTION = /^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/i;

/**
 * Reads a policy in IAM's JSON grammar, of any kind: identity policy, resource policy, trust policy or boundary.
 *
 * @param document The policy as an object or as JSON text.
 * @throws InvalidPolicy with every mistake. Elements and condition operators that are not evaluated are mistakes too.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicy(document: unknown): PolicyDocument {
  const mistakes: string[] = [];
  const source = typeof document === 'string' ? parseJson(document) : document;
  if (!isRecord(source)) throw new InvalidPolicy([`a policy is an object, not ${JSON.stringify(source)}`]);
  for (const name of Object.keys(source)) {
    if (!DOCUMENT_ELEMENTS.includes(name)) mistakes.push(`'${name}' is not an element of a policy`);
  }
  const version = readVersion(source.Version, mistakes);
  const given = Array.isArray(source.Statement) ? source.Statement : [source.Statement];
  const statements = given.map((statement, index) => readStatement(statement, `Statement[${index}]`, mistakes));
  if (mistakes.length > 0) throw new InvalidPolicy(mistakes);
  return { version, statements };
}

function readVersion(given: unknown, mistakes: string[]): PolicyDocument['version'] {
  // Absence means the old version (IAM user guide, "Version").
  if (given === undefined) return '2008-10-17';
  const version = VERSIONS.find((known) => known === given);
  if (!version) mistakes.push(`Version is ${JSON.stringify(given)}; write "2012-10-17"`);
  return version ?? '2012-10-17';
}

function readStatement(given: unknown, path: string, mistakes: string[]): PolicyStatement {
  if (!isRecord(given)) {
    mistakes.push(`${path} is ${JSON.stringify(given)}; a statement is an object`);
    return { effect: 'Deny', conditions: [] };
  }
  for (const name of Object.keys(given)) {
    if (!STATEMENT_ELEMENTS.includes(name)) mistakes.push(`${path}.${name} is not an element of a statement`);
  }
  const { Sid, Effect } = given;
  if (Effect !== 'Allow' && Effect !== 'Deny') {
    mistakes.push(`${path}.Effect is ${JSON.stringify(Effect)}; write "Allow" or "Deny"`);
  }
  if (given.Action === undefined && given.NotAction === undefined) {
    mistakes.push(`${path} has neither Action nor NotAction`);
  }
  for (const name of ['Action', 'Resource', 'Principal']) {
    if (given[name] !== undefined && given[`Not${name}`] !== undefined) {
      mistakes.push(`${path} has both ${name} and Not${name}`);
    }
  }
  if (given.NotPrincipal !== undefined && Effect === 'Allow') {
    mistakes.push(`${path}.NotPrincipal with "Allow" is not evaluated, because it allows anonymous access`);
  }
  const actions = readActions(given, 'Action', path, mistakes);
  const notActions = readActions(given, 'NotAction', path, mistakes);
  const resources = readTexts(given, 'Resource', path, mistakes);
  const notResources = readTexts(given, 'NotResource', path, mistakes);
  const principals = readPrincipals(given, 'Principal', path, mistakes);
  const notPrincipals = readPrincipals(given, 'NotPrincipal', path, mistakes);
  return {
    ...(typeof Sid === 'string' && { sid: Sid }),
    effect: Effect === 'Allow' ? 'Allow' : 'Deny',
    ...(principals && { principals }),
    ...(notPrincipals && { notPrincipals }),
    ...(actions && { actions }),
    ...(notActions && { notActions }),
    ...(resources && { resources }),
    ...(notResources && { notResources }),
    conditions: parseConditions(given.Condition, `${path}.Condition`, mistakes),
  };
}

type Elements = Readonly<Record<string, unknown>>;

function readActions(given: Elements, name: string, path: string, mistakes: string[]): readonly string[] | undefined {
  const actions = readTexts(given, name, path, mistakes);
  for (const action of actions ?? []) {
    if (!ACTION.test(action)) mistakes.push(`${path}.${name} has ${JSON.stringify(action)}; write service:Action or *`);
  }
  return actions;
}

function readTexts(given: Elements, name: string, path: string, mistakes: string[]): readonly string[] | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  const texts = Array.isArray(value) ? value : [value];
  const wrong = texts.filter((text) => typeof text !== 'string');
  if (wrong.length > 0 || texts.length === 0) {
    mistakes.push(`${path}.${name} is ${JSON.stringify(value)}; write a text or a list of texts`);
  }
  return texts.filter((text): text is string => typeof text === 'string');
}

const KINDS = ['AWS', 'Service', 'Federated'] as const;

function readPrincipals(given: Elements, name: string, path: string, mistakes: string[]): PolicyPrincipals | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  if (value === '*') return { AWS: ['*'], Service: [], Federated: [] };
  if (!isRecord(value)) {
    mistakes.push(`${path}.${name} is ${JSON.stringify(value)}; write "*" or an object with AWS or Service`);
    return undefined;
  }
  for (const kind of Object.keys(value)) {
    if (!KINDS.some((known) => known === kind)) {
      mistakes.push(`${path}.${name}.${kind} is not evaluated; supported are ${KINDS.join(', ')}`);
    }
  }
  const of = (kind: (typeof KINDS)[number]) => readTexts(value, kind, `${path}.${name}`, mistakes) ?? [];
  return { AWS: of('AWS'), Service: of('Service'), Federated: of('Federated') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidPolicy([`not JSON: ${(error as Error).message}`]);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
