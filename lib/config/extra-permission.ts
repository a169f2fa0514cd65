import { z } from 'zod';
import { matching } from './matching';
import { ACTION, ARN } from './permission-reach';
import { withoutBraces, wrongPlaceholder } from './placeholders';

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

const conditionText = z.string().superRefine(checkPlaceholders);

const conditionValue = z.union(
  [conditionText, z.array(conditionText).min(1, { error: 'contains no value; write at least one' })],
  {
    error: 'is not a value of a condition; write a string or a list of strings',
  },
);

/** An empty condition limits nothing, which its author cannot have meant. */
const condition = z
  .record(
    z.string().regex(OPERATOR),
    z
      .record(z.string(), conditionValue, {
        error: 'is not a condition; write it as { "lambda:FunctionArn": "arn:{partition}:…" }',
      })
      .refine(contains, {
        error: 'limits nothing; write a condition key, such as { "lambda:FunctionArn": "arn:{partition}:…" }',
      }),
    {
      error: ({ code }) =>
        code === 'invalid_key'
          ? 'is not a condition operator; write one such as "ArnLike" or "StringEquals"'
          : 'is not a condition; write it as { "ArnLike": { "lambda:FunctionArn": "arn:{partition}:…" } }',
    },
  )
  .refine(contains, {
    error:
      'limits nothing; write a condition, such as { "ArnLike": { "lambda:FunctionArn": "arn:{partition}:…" } }, or remove it',
  });

const resource = matching(
  ARN,
  'is not the ARN of a resource; write one such as "arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*"',
).superRefine((text, context) => {
  checkPlaceholders(text, context);
  if (!/\s/.test(withoutBraces(text))) return;
  const message = 'contains a blank; remove it, or write "?" for a blank in the name of a resource';
  context.addIssue({ code: 'custom', input: text, message });
});

export const extraPermission = z.strictObject(
  {
    actions: z
      .array(
        matching(ACTION, 'is not an action without wildcards; write each in full, such as "dynamodb:CreateTable"'),
        { error: 'is not a list of actions; write it as ["dynamodb:CreateTable"]' },
      )
      .min(1, { error: 'contains no action; write at least one or remove the permission' }),
    resources: z
      .array(resource, { error: 'is not a list of ARNs; write it as ["arn:{partition}:…"]' })
      .min(1, { error: 'contains no ARN; write at least one or remove the permission' }),
    condition: condition.optional(),
  },
  { error: 'is not a permission; write an object with "actions" and "resources"' },
);

function checkPlaceholders(text: string, context: z.RefinementCtx): void {
  const message = wrongPlaceholder(text);
  if (message !== undefined) context.addIssue({ code: 'custom', input: text, message });
}

function contains(value: object): boolean {
  return Object.keys(value).length > 0;
}

/** The keys of a permission in the configuration. */
export const EXTRA_PERMISSION_KEYS = [
  'actions',
  'resources',
  'condition',
] as const satisfies readonly (keyof ExtraPermission)[];
