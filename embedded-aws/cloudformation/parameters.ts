import { AwsError } from '../errors';
import type { Ssm } from '../ssm/ssm';
import type { ParameterValue } from './intrinsics';
import type { ParameterDefinition, StackTemplate } from './template';

/** A parameter as a caller gives it. */
export interface ParameterInput {
  readonly key: string;
  /** @default - The previous or default value. */
  readonly value?: string;
  /** @default false */
  readonly usePrevious?: boolean;
}

/** A template's parameters with their values. */
export interface ResolvedParameters {
  /** As given; of a parameter that is looked up in SSM, the name in the parameter store. */
  readonly given: Readonly<Record<string, string>>;
  /** As `Ref` gives them. */
  readonly values: Readonly<Record<string, ParameterValue>>;
}

/** The parameter types that are known; every other is refused by name. */
export const PARAMETER_TYPES = [
  'String',
  'Number',
  'CommaDelimitedList',
  'List<Number>',
  'AWS::SSM::Parameter::Value<String>',
];

/**
 * @param previous What the stack was deployed with.
 * @throws AwsError ValidationError with CloudFormation's text, all missing or unknown parameters in one.
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
    const input = inputs.find((each) => each.key === key);
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
  if (type === 'CommaDelimitedList' || type === 'List<Number>') return value.split(',').map((each) => each.trim());
  if (!type.startsWith('AWS::SSM::')) return value;
  const found = ssm.get(value);
  if (found) return found.value;
  throw new AwsError('ValidationError', `Unable to fetch parameters [${value}] from parameter store for this account.`);
}
