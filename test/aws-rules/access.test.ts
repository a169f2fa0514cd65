import { denialMessage } from '../../aws-rules/access/denial';
import {
  type AccessDecision,
  type AccessQuery,
  evaluateAccess,
  type NamedPolicy,
} from '../../aws-rules/access/evaluate';
import { parsePolicy } from '../../aws-rules/access/policy';
import type { AccessPrincipal } from '../../aws-rules/access/principal';
import vectors from './vectors/access.json';

/** A case of the vectors, whose policies are written as in IAM. */
interface AccessCase {
  readonly name: string;
  readonly source: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: AccessQuery['request']['context'];
  readonly identity?: readonly object[];
  readonly boundary?: object;
  readonly resourcePolicy?: object;
  readonly trustPolicy?: object;
  readonly resourceAccount?: string;
  readonly expect: string;
}

const PRINCIPALS = vectors.principals as Readonly<Record<string, AccessPrincipal>>;
const CASES = vectors.cases as unknown as readonly AccessCase[];

function queryOf(given: AccessCase): AccessQuery {
  const named = (name: string, document: object | undefined): NamedPolicy | undefined =>
    document && { name, document: parsePolicy(document) };
  return {
    request: {
      principal: PRINCIPALS[given.principal]!,
      action: given.action,
      resource: given.resource,
      context: given.context ?? {},
    },
    identityPolicies: (given.identity ?? []).map((document, index) => named(`policy-${index}`, document)!),
    boundary: named('boundary', given.boundary),
    resourcePolicy: named('resource policy', given.resourcePolicy),
    trustPolicy: named('trust policy', given.trustPolicy),
    resourceAccount: given.resourceAccount,
  };
}

function text(decision: AccessDecision): string {
  if (decision.allowed) return 'allowed';
  return `denied${decision.explicit ? ' explicitly' : ''}: ${decision.where}`;
}

test.each(CASES)('$name → $expect', (given) => {
  expect(Object.keys(vectors.sources)).toContain(given.source);
  expect(text(evaluateAccess(queryOf(given)))).toBe(given.expect);
});

test('the cases have different names', () => {
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
});

test.each(vectors.messages.cases)('a denial ends in: $expect', ({ where, explicit, action, expect: expected }) => {
  const statement = { Effect: explicit ? 'Deny' : 'Allow', Action: explicit ? action : 'ec2:*', Principal: '*' };
  const policy = { name: 'p', document: parsePolicy({ Statement: statement }) };
  const everything = { name: 'all', document: parsePolicy({ Statement: { Effect: 'Allow', Action: '*' } }) };
  const decision = evaluateAccess({
    request: { principal: PRINCIPALS.session!, action, resource: '*', context: {} },
    identityPolicies: where === 'identity' ? [policy] : [everything],
    ...(where === 'boundary' && { boundary: policy }),
    ...(where === 'resource' && { resourcePolicy: policy, resourceAccount: '444455556666' }),
    ...(where === 'trust' && { trustPolicy: policy }),
  });
  expect(decision).toEqual({ allowed: false, where, explicit, reason: expected });
});

test('a denial names principal, action and resource', () => {
  const request = { principal: PRINCIPALS.session!, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context: {} };
  const decision = evaluateAccess({ request, identityPolicies: [] });
  if (decision.allowed) throw new Error('allowed without a policy');
  expect(denialMessage(request, decision)).toBe(
    'User: arn:aws:sts::111122223333:assumed-role/deployer/s1 is not authorized to perform: s3:GetObject ' +
      'on resource: arn:aws:s3:::b/k because no identity-based policy allows the s3:GetObject action',
  );
});

test('an allowed request names the statements that allow it', () => {
  const document = parsePolicy({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' },
      { Sid: 'Read', Effect: 'Allow', Action: 's3:Get*', Resource: '*' },
    ],
  });
  expect(
    evaluateAccess({
      request: { principal: PRINCIPALS.session!, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context: {} },
      identityPolicies: [{ name: 'release', document }],
    }),
  ).toEqual({ allowed: true, by: [{ where: 'identity', policy: 'release', index: 1, sid: 'Read' }] });
});

test('a policy is refused with every mistake', () => {
  expect(() =>
    parsePolicy({
      Version: '2020-01-01',
      Statment: [],
      Statement: [
        { Effect: 'allow', Action: 's3', Resource: 7 },
        { Effect: 'Allow', Action: 's3:*', NotAction: 's3:*', Principal: { CanonicalUser: 'x' } },
        { Effect: 'Allow', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' }, Bool: { a: {} } } },
        { Effect: 'Allow', NotPrincipal: '*', Action: '*' },
      ],
    }),
  ).toThrow(
    "the policy has 11 mistake(s): 'Statment' is not an element of a policy; " +
      'Version is "2020-01-01"; write "2012-10-17"; ' +
      'Statement[0].Effect is "allow"; write "Allow" or "Deny"; ' +
      'Statement[0].Action has "s3"; write service:Action or *; ' +
      'Statement[0].Resource is 7; write a text or a list of texts; ' +
      'Statement[1] has both Action and NotAction; ' +
      'Statement[1].Principal.CanonicalUser is not evaluated; supported are AWS, Service, Federated; ' +
      'Statement[2] has neither Action nor NotAction; ' +
      'Statement[2].Condition.IpAddress is not a condition operator that is evaluated; ' +
      'Statement[2].Condition.Bool.a is {}; write a text or a list of texts; ' +
      'Statement[3].NotPrincipal with "Allow" is not evaluated, because it allows anonymous access',
  );
});

const ASTERISK = `$${'{*}'}`;

test.each([
  ['a key with several values without a set operator', { StringEquals: { 'aws:TagKeys': 'a' } }, 'use ForAllValues'],
  [
    'the policy variable of an asterisk',
    { StringLike: { 'aws:TagKeys': ASTERISK } },
    `the policy variable ${ASTERISK}`,
  ],
])('%s is refused by name', (_, Condition, message) => {
  const document = parsePolicy({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition },
  });
  const request = {
    principal: PRINCIPALS.session!,
    action: 'iam:TagRole',
    resource: '*',
    context: { 'aws:TagKeys': ['a', 'b'] },
  };
  expect(() => evaluateAccess({ request, identityPolicies: [{ name: 'p', document }] })).toThrow(message);
});
