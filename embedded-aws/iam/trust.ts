import { isTextOperator, meetsTextCondition } from '../../aws-rules/wildcard';
import { Unsupported } from '../errors';

/** The caller that assumes a role. */
export type Principal =
  | {
      readonly type: 'service';
      readonly name: string;
      /**
       * ARN of the resource on whose behalf the service calls.
       *
       * @default - the service does not say
       */
      readonly sourceArn?: string;
    }
  | {
      readonly type: 'aws';
      readonly accountId: string;
      /** ARN of the user or role, never of the session of an assumed role. */
      readonly arn: string;
    };

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  /** Values that are allowed, by operator and condition key. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A role's trust policy. */
export interface TrustPolicy {
  readonly Statement: Statement | readonly Statement[];
}

/**
 * Whether a trust policy allows `sts:AssumeRole` to a principal: by service, account, ARN or `*`, under conditions on
 * its ARN or on a service's source. A principal that is allowed by its account also needs a permission of its own in
 * AWS, which is not checked, because permissions are not enforced.
 *
 * @throws Unsupported for a condition on anything but `aws:PrincipalArn`, `aws:SourceArn` and `aws:SourceAccount`.
 */
export function trusts(policy: TrustPolicy, principal: Principal): boolean {
  const matching = list(policy.Statement).filter(
    (statement) =>
      list(statement.Action).some(isAssumeRole) && names(statement, principal) && meets(statement, principal),
  );
  return matching.some(({ Effect }) => Effect === 'Allow') && matching.every(({ Effect }) => Effect === 'Allow');
}

function meets({ Condition = {} }: Statement, principal: Principal): boolean {
  return Object.entries(Condition).every(([operator, expected]) =>
    Object.entries(expected).every(([key, values]) => {
      const known = isTextOperator(operator) ? KEYS[key.toLowerCase()] : undefined;
      if (!known) throw new Unsupported(`the condition ${operator} on ${key} in a trust policy`);
      const actual = known(principal);
      return actual !== undefined && meetsTextCondition(operator, actual, list(values));
    }),
  );
}

/** The condition keys that are known for a principal (IAM user guide, "global condition context keys"). */
const KEYS: Readonly<Record<string, (principal: Principal) => string | undefined>> = {
  'aws:principalarn': (principal) => (principal.type === 'aws' ? principal.arn : undefined),
  'aws:sourcearn': (principal) => (principal.type === 'service' ? principal.sourceArn : undefined),
  'aws:sourceaccount': (principal) => (principal.type === 'service' ? principal.sourceArn?.split(':')[4] : undefined),
};

function isAssumeRole(action: string): boolean {
  return ['*', 'sts:*', 'sts:assumerole'].includes(action.toLowerCase());
}

function names({ Principal: named }: Statement, principal: Principal): boolean {
  if (named === '*') return true;
  if (principal.type === 'service') return list(named?.Service).includes(principal.name);
  const account = [principal.accountId, `arn:aws:iam::${principal.accountId}:root`, '*'];
  return list(named?.AWS).some((allowed) => allowed === principal.arn || account.includes(allowed));
}

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
