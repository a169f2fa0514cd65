import { parsePolicy } from '../../aws-rules/access/policy';
import { AwsError, Unsupported } from '../errors';
import type { Properties } from '../resource-type';

/** A statement of a bus's resource policy, in IAM's grammar. */
export type BusStatement = Readonly<Record<string, unknown>>;

/**
 * @param busArn The resource of a statement that names none.
 * @returns The statement of an AWS::Events::EventBusPolicy.
 * @throws AwsError ValidationException when IAM would refuse it; Unsupported for the separate property Condition.
 */
export function readStatement({ Statement, Action, Principal, Condition }: Properties, busArn: string): BusStatement {
  if (Condition !== undefined)
    throw new Unsupported('AWS::Events::EventBusPolicy with Condition', 'put it into Statement');
  const statement: BusStatement = Statement ?? {
    Effect: 'Allow',
    Action,
    Principal: Principal === '*' ? '*' : { AWS: `arn:aws:iam::${Principal}:root` },
  };
  try {
    parsePolicy({ Version: '2012-10-17', Statement: statement });
  } catch (error) {
    throw new AwsError('ValidationException', (error as Error).message);
  }
  return { Resource: busArn, ...statement };
}

/** @returns The policy of a bus with these statements by id; undefined when there are none. */
export function busPolicy(statements: ReadonlyMap<string, BusStatement>): object | undefined {
  if (statements.size === 0) return undefined;
  const Statement = [...statements].map(([Sid, statement]) => ({ Sid, ...statement }));
  return { Version: '2012-10-17', Statement };
}
