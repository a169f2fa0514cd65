import { isTextOperator, meetsTextCondition } from '../../aws-rules/wildcard';
import { Unsupported } from '../errors';
import type { Properties } from '../resource-type';

/** The sender of an event to a bus of another account. */
export interface Sender {
  readonly accountId: string;
  /** Role of the rule's target. */
  readonly roleArn: string;
  readonly ruleArn: string;
  readonly source: string;
  readonly detailType: string;
}

type Values = string | readonly string[];

/** A statement of a bus's resource policy. */
export interface BusStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*' | Readonly<Record<string, Values>>;
  readonly Action: Values;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Values>>>>;
}

/** Supported condition keys. The last two are EventBridge's (EventBridge user guide, "using IAM policy conditions"). */
const KEYS: Readonly<Record<string, keyof Sender>> = {
  'aws:principalarn': 'roleArn',
  'aws:principalaccount': 'accountId',
  'aws:sourceaccount': 'accountId',
  'aws:sourcearn': 'ruleArn',
  'events:source': 'source',
  'events:detail-type': 'detailType',
};

/**
 * @returns The statement of an AWS::Events::EventBusPolicy.
 * @throws Unsupported for conditions that are not evaluated.
 */
export function readStatement({ Statement, Action, Principal, Condition }: Properties): BusStatement {
  if (Condition !== undefined)
    throw new Unsupported('AWS::Events::EventBusPolicy with Condition', 'put it into Statement');
  const statement: BusStatement = Statement ?? {
    Effect: 'Allow',
    Action,
    Principal: Principal === '*' ? '*' : { AWS: `arn:aws:iam::${Principal}:root` },
  };
  for (const [operator, expected] of Object.entries(statement.Condition ?? {})) {
    for (const key of Object.keys(expected)) {
      if (!isTextOperator(operator) || !KEYS[key.toLowerCase()]) {
        throw new Unsupported(`the condition ${operator} on ${key} in an event bus's policy`);
      }
    }
  }
  return statement;
}

/** @returns Whether a bus's policy allows events from a sender in another account. */
export function admits(statements: readonly BusStatement[], sender: Sender): boolean {
  const matching = statements.filter(
    (statement) =>
      list(statement.Action).some((action) => ['*', 'events:*', 'events:PutEvents'].includes(action)) &&
      names(statement, sender) &&
      meets(statement, sender),
  );
  return matching.some(({ Effect }) => Effect === 'Allow') && matching.every(({ Effect }) => Effect === 'Allow');
}

function names({ Principal }: BusStatement, { accountId, roleArn }: Sender): boolean {
  const known = ['*', accountId, `arn:aws:iam::${accountId}:root`, roleArn];
  return Principal === '*' || list(Principal.AWS).some((principal) => known.includes(principal));
}

function meets({ Condition = {} }: BusStatement, sender: Sender): boolean {
  return Object.entries(Condition).every(([operator, expected]) =>
    Object.entries(expected).every(([key, values]) => {
      const actual = sender[KEYS[key.toLowerCase()]!];
      return meetsTextCondition(operator, actual, list(values));
    }),
  );
}

function list(value: Values | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
