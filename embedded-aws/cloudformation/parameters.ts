import { AwsError } from '../errors';
import type { Ssm } from '../ssm/ssm';
import type { ParameterValue } from './intrinsics';
import type { ParameterDefinition, StackTemplate } from './template';

/** A parameter in a caller's request. */
export interface ParameterInput {
  readonly key: string;
  /** @default - The previous value with `usePrevious`, else the template's default. */
  readonly value?: string;
  /** @default false */
  readonly usePrevious?: boolean;
}

/** Values of a template's parameters. */
export interface ResolvedParameters {
  /** Values as given; for a parameter of an SSM type, its name in the parameter store. */
  readonly given: Readonly<Record<string, string>>;
  /** Values of `Ref`. */
  readonly values: Readonly<Record<string, ParameterValue>>;
}

/** Parameter types that are supported; any other is refused by name. */
export const PARAMETER_TYPES = [
  'String',
  'Number',
  'CommaDelimitedList',
  'List<Number>',
  'AWS::SSM::Parameter::Value<String>',
];

/**
 * @param previous Values with which the stack was last deployed.
 * @throws AwsError ValidationError with CloudFormation's text, naming all missing or unknown parameters at once.
 */
export function resolveParameters(
  template: StackTemplate,
  inputs: readonly ParameterInput[],
  previous: Readonly<Record<string, string>>,
  ssm: Ssm,
): ResolvedParameters {
  const unknown = inputs.map(({ key }) => key).filter((key) => !Object.hasOwn(template.parameters, key));
  if (unknown.length > 0) {
    throw new AwsError('ValidationError', `Parameters: [${unknown.join(', ')}] do not exist in the template`);
  }
  const given: Record<string, string> = {};
  for (const [key, definition] of Object.entries(template.parameters)) {
    const input = inputs.find((item) => item.key === key);
    const value = input?.usePrevious ? previous[key] : (input?.value ?? definition.default);
    if (value !== undefined) given[key] = value;
  }
  const missing = Object.keys(template.parameters).filter((key) => !Object.hasOwn(given, key));
  if (missing.length > 0) {
    throw new AwsError('ValidationError', `Parameters: [${missing.join(', ')}] must have values`);
  }
  const values = Object.entries(given).map(([key, value]) => {
    const definition = template.parameters[key]!;
    check(key, value, definition);
    return [key, convert(value, definition, ssm)];
  });
  return { given, values: Object.fromEntries(values) };
}

function check(key: string, value: string, definition: ParameterDefinition): void {
  const { allowedValues, allowedPattern, constraintDescription } = definition;
  const fail = (rule: string) => {
    throw new AwsError(
      'ValidationError',
      constraintDescription ? `Parameter '${key}' ${constraintDescription}` : `Parameter '${key}' must ${rule}`,
    );
  };
  if (allowedValues && !allowedValues.includes(value)) fail(`be one of AllowedValues`);
  if (allowedPattern && !new RegExp(`^(?:${allowedPattern})$`).test(value)) fail(`match pattern ${allowedPattern}`);
  if (definition.type === 'Number' && Number.isNaN(Number(value))) fail('be a number');
}

function convert(value: string, { type }: ParameterDefinition, ssm: Ssm): ParameterValue {
  if (type === 'CommaDelimitedList' || type === 'List<Number>') return value.split(',').map((item) => item.trim());
  if (!type.startsWith('AWS::SSM::')) return value;
  const found = ssm.get(value);
  if (found) return found.value;
  throw new AwsError('ValidationError', `Unable to fetch parameters [${value}] from parameter store for this account.`);
}
