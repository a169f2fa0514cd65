import { z } from 'zod';
import { takesNoResource } from '../../aws-rules/resource-level';
import { matching } from './matching';

/** Actions that are allowed in addition to what the pipeline allows by itself, limited to an environment. */
export interface ExtraPermission {
  readonly actions: readonly string[];
  /**
   * ARNs, with the placeholders {partition}, {region}, {account} and {stack} (the name of the service's stack); `*` for
   * actions that take no resource.
   */
  readonly resources: readonly string[];
  /**
   * A condition as IAM writes it, with the same placeholders.
   *
   * @default - none
   */
  readonly condition?: PermissionCondition;
}

/** By operator, e.g. `ArnLike`, and by condition key. */
type PermissionCondition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** The condition operators of IAM (IAM user guide, "condition operators"). */
const OPERATOR =
  /^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals(IgnoreCase)?|Like)|Numeric((Not)?Equals|(Less|Greater)Than(Equals)?)|Date((Not)?Equals|(Less|Greater)Than(Equals)?)|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?$|^Null$/;

const conditionValue = z.union([z.string(), z.array(z.string()).min(1)], {
  error: 'is not a value of a condition; write a string or a list of strings',
});

const condition = z
  .record(
    z.string(),
    z.record(z.string(), conditionValue, {
      error: 'is not a condition; write it as { "lambda:FunctionArn": "arn:{partition}:…" }',
    }),
    { error: 'is not a condition; write it as { "ArnLike": { "lambda:FunctionArn": "arn:{partition}:…" } }' },
  )
  .superRefine((operators, context) => {
    for (const operator of Object.keys(operators)) {
      if (OPERATOR.test(operator)) continue;
      const message = 'is not a condition operator; write one such as "ArnLike" or "StringEquals"';
      context.addIssue({ code: 'custom', path: [operator], input: operator, message });
    }
  });

const ACTION = /^[a-z0-9-]+:[A-Z][A-Za-z0-9]*$/;

const ARN =
  'is not the ARN of a resource; write one such as "arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*"';

export const extraPermission = z
  .strictObject(
    {
      actions: z
        .array(
          matching(ACTION, 'is not an action without wildcards; write each in full, such as "dynamodb:CreateTable"'),
          { error: 'is not a list of actions; write it as ["dynamodb:CreateTable"]' },
        )
        .min(1, { error: 'contains no action; write at least one or remove the permission' }),
      resources: z
        .array(matching(/^(arn:[^:]+:[a-z0-9-]+:[^:]*:[^:]*:.+|\*)$/, ARN), {
          error: 'is not a list of ARNs; write it as ["arn:{partition}:…"]',
        })
        .min(1, { error: 'contains no ARN; write at least one or remove the permission' }),
      condition: condition.optional(),
    },
    { error: 'is not a permission; write an object with "actions" and "resources"' },
  )
  .superRefine(({ actions, resources }, context) => {
    const limited = actions.filter((action) => ACTION.test(action) && !takesNoResource(action));
    if (limited.length === 0) return;
    for (const [index, resource] of resources.entries()) {
      if (resource !== '*') continue;
      context.addIssue({
        code: 'custom',
        path: ['resources', index],
        input: resource,
        message: `is for actions that take no resource, but ${limited.join(', ')} ${limited.length === 1 ? 'takes' : 'take'} one; write ARNs such as "arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*", and the other actions as a permission of their own`,
      });
    }
  });

/** The keys of a permission in the configuration. */
export const EXTRA_PERMISSION_KEYS = [
  'actions',
  'resources',
  'condition',
] as const satisfies readonly (keyof ExtraPermission)[];
