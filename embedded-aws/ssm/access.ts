import { type AccessRules, need } from '../access/need';
import { arn, type Scope } from '../scope';

/** @returns ARN of a parameter; a name's leading slash is not repeated in it. */
export function parameterArn(scope: Scope, name: string): string {
  return arn('ssm', scope, `parameter/${name.replace(/^\//, '')}`);
}

/**
 * Permissions that the operations of the parameter store need.
 *
 * Source: Service Authorization Reference, AWS Systems Manager.
 */
export const SSM_ACCESS: AccessRules = {
  GetParameter: ({ Name }, caller) => need('ssm:GetParameter', parameterArn(caller, String(Name))),
  GetParameters: ({ Names = [] }, caller) =>
    need(
      'ssm:GetParameters',
      Names.map((name: string) => parameterArn(caller, name)),
    ),
};
