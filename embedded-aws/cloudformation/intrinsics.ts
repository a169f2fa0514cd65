import { callOf, getAttOf, splitAtDot, substitute } from '../../aws-rules/template-intrinsics';
import { AwsError, Unsupported } from '../errors';
import type { Physical, Properties } from '../resource-type';
import type { StackTemplate } from './template';

export type ParameterValue = string | readonly string[];

/** The values that intrinsic functions refer to. */
export interface Evaluation {
  /** The template's parameters and the pseudo parameters, by name. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly mappings: StackTemplate['mappings'];
  readonly conditions: Readonly<Record<string, boolean>>;
  /**
   * @throws NotYetKnown while the resource, or its replacement, has no physical id.
   * @throws AwsError when there is no such resource.
   */
  resource(logicalId: string): Physical;
  /** @throws AwsError ValidationError when no stack exports the name. */
  importValue(name: string): string;
}

/** Thrown for a value that is known only during an operation, so that a change set cannot show it. */
export class NotYetKnown extends Error {}

const NO_VALUE = Symbol('AWS::NoValue');

type IntrinsicFunction = (argument: Properties, evaluation: Evaluation) => unknown;

const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Ref(argument, evaluation) {
    const name = String(argument);
    if (name === 'AWS::NoValue') return NO_VALUE;
    return evaluation.parameters[name] ?? evaluation.resource(name).id;
  },
  'Fn::GetAtt'(argument, evaluation) {
    const [logicalId, attribute] = getAttOf(argument);
    return attributeOf(evaluation, logicalId, String(resolve(attribute, evaluation)));
  },
  'Fn::Sub'(argument, evaluation) {
    return substitute(
      argument,
      (value) => scalar(resolve(value, evaluation)),
      (name) => {
        if (Object.hasOwn(evaluation.parameters, name)) return scalar(evaluation.parameters[name]);
        const [logicalId, attribute] = splitAtDot(name);
        return attribute ? attributeOf(evaluation, logicalId, attribute) : evaluation.resource(name).id;
      },
    );
  },
  'Fn::Join'(argument, evaluation) {
    const [delimiter, values] = resolve(argument, evaluation) as [string, unknown[]];
    return values.map(scalar).join(delimiter);
  },
  'Fn::Split'(argument, evaluation) {
    const [delimiter, text] = resolve(argument, evaluation) as [string, string];
    return text.split(delimiter);
  },
  'Fn::Select'(argument, evaluation) {
    const [index, values] = resolve(argument, evaluation) as [number | string, unknown[]];
    const selected = values[Number(index)];
    if (selected !== undefined) return selected;
    throw new AwsError(
      'ValidationError',
      `Template error: Fn::Select cannot select nonexistent value at index ${index}`,
    );
  },
  'Fn::If'(argument, evaluation) {
    const [name, then, otherwise] = argument as unknown as [string, unknown, unknown];
    return resolve(conditionNamed(name, evaluation.conditions) ? then : otherwise, evaluation);
  },
  'Fn::FindInMap'(argument, evaluation) {
    const [map, top, second] = resolve(argument, evaluation) as [string, string, string];
    const found = evaluation.mappings[map]?.[top]?.[second];
    if (found !== undefined) return found;
    throw new AwsError('ValidationError', `Template error: Unable to get mapping for ${map}::${top}::${second}`);
  },
  'Fn::Base64': (argument, evaluation) => Buffer.from(scalar(resolve(argument, evaluation))).toString('base64'),
  'Fn::ImportValue': (argument, evaluation) => evaluation.importValue(scalar(resolve(argument, evaluation))),
};

/** The functions that are allowed only in a condition or a rule; `Fn::Contains` only in a rule. */
const CONDITION_FUNCTIONS = ['Fn::And', 'Fn::Or', 'Fn::Not', 'Fn::Equals', 'Fn::Contains', 'Condition'];

/** @returns Whether there is an intrinsic function of that name. */
export function isKnownFunction(name: string): boolean {
  return Object.hasOwn(FUNCTIONS, name) || CONDITION_FUNCTIONS.includes(name);
}

/**
 * Evaluates every intrinsic function in a value.
 *
 * @throws NotYetKnown for a value that is known only during an operation.
 * @throws AwsError ValidationError with CloudFormation's message.
 */
export function resolve(value: unknown, evaluation: Evaluation): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, evaluation)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const call = callOf(value);
  if (call) {
    const run = Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name] : undefined;
    if (!run) throw new Unsupported(call.name);
    return run(call.argument, evaluation);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, resolve(item, evaluation)])
      .filter(([, item]) => item !== NO_VALUE),
  );
}

/** @returns The properties of a resource or an output; none for `AWS::NoValue`. */
export function resolveProperties(value: Properties, evaluation: Evaluation): Properties {
  const resolved = resolve(value, evaluation);
  return resolved === NO_VALUE ? {} : (resolved as Properties);
}

/**
 * Evaluates the expression of a condition or of a rule.
 *
 * @param condition Returns the value of another condition by its name.
 */
export function holds(expression: unknown, evaluation: Evaluation, condition: (name: string) => boolean): boolean {
  const [name, argument] = Object.entries((expression ?? {}) as Properties)[0] ?? ['nothing', undefined];
  const operands = Array.isArray(argument) ? argument : [argument];
  const isTrue = (operand: unknown) => holds(operand, evaluation, condition);
  const [first, second] = ['Fn::Equals', 'Fn::Contains'].includes(name)
    ? (resolve(operands, evaluation) as [unknown, unknown])
    : [];
  switch (name) {
    case 'Condition':
      return condition(argument);
    case 'Fn::And':
      return operands.every(isTrue);
    case 'Fn::Or':
      return operands.some(isTrue);
    case 'Fn::Not':
      return !isTrue(operands[0]);
    case 'Fn::Equals':
      return scalar(first) === scalar(second);
    case 'Fn::Contains':
      return (first as unknown[]).map(scalar).includes(scalar(second));
    default:
      throw new Unsupported(`${name} in a condition`);
  }
}

/** @throws AwsError ValidationError when there is no such condition. */
export function conditionNamed(name: string, conditions: Readonly<Record<string, boolean>>): boolean {
  const value = conditions[name];
  if (value === undefined) {
    throw new AwsError('ValidationError', `Template error: unresolved condition dependency ${name} in Fn::If`);
  }
  return value;
}

function attributeOf(evaluation: Evaluation, logicalId: string, attribute: string): string {
  const value = evaluation.resource(logicalId).attributes[attribute];
  if (value !== undefined) return value;
  throw new AwsError(
    'ValidationError',
    `Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`,
  );
}

function scalar(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
