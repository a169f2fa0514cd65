import { callOf, getAttOf, splitAtDot, substitute } from '../../aws-rules/template-intrinsics';
import { AwsError, Unsupported } from '../errors';
import type { Physical, Properties } from '../resource-type';
import type { StackTemplate } from './template';

export type ParameterValue = string | readonly string[];

/** What intrinsic functions are evaluated against. */
export interface Evaluation {
  /** the template's parameters and the pseudo parameters, by name */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly mappings: StackTemplate['mappings'];
  readonly conditions: Readonly<Record<string, boolean>>;
  /** @throws NotYetKnown while the resource, or what it will become, has no physical id; AwsError when there is none */
  resource(logicalId: string): Physical;
  /** @throws AwsError ValidationError */
  importValue(name: string): string;
}

/** A value that only the operation itself will give: what a change set cannot know. */
export class NotYetKnown extends Error {}

const NO_VALUE = Symbol('AWS::NoValue');

type IntrinsicFunction = (argument: Properties, evaluation: Evaluation) => unknown;

const functions: Readonly<Record<string, IntrinsicFunction>> = {
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

/** The functions that may stand in a condition or a rule, and nowhere else; `Fn::Contains` in a rule only. */
const CONDITION_FUNCTIONS = ['Fn::And', 'Fn::Or', 'Fn::Not', 'Fn::Equals', 'Fn::Contains', 'Condition'];

/** @returns whether an intrinsic function is known at all */
export function isKnownFunction(name: string): boolean {
  return Object.hasOwn(functions, name) || CONDITION_FUNCTIONS.includes(name);
}

/**
 * Evaluates every intrinsic function in a value.
 *
 * @throws NotYetKnown, AwsError ValidationError with CloudFormation's text
 */
export function resolve(value: unknown, evaluation: Evaluation): unknown {
  if (Array.isArray(value)) return value.map((each) => resolve(each, evaluation)).filter((each) => each !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const call = callOf(value);
  if (call) {
    const run = Object.hasOwn(functions, call.name) ? functions[call.name] : undefined;
    if (!run) throw new Unsupported(call.name);
    return run(call.argument, evaluation);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, resolve(each, evaluation)])
      .filter(([, each]) => each !== NO_VALUE),
  );
}

/** @returns a resource's or output's own value, which `AWS::NoValue` may leave out */
export function resolveProperties(value: Properties, evaluation: Evaluation): Properties {
  const resolved = resolve(value, evaluation);
  return resolved === NO_VALUE ? {} : (resolved as Properties);
}

/**
 * Evaluates the expression of a condition or of a rule.
 *
 * @param condition gives another condition's value by its name
 */
export function holds(expression: unknown, evaluation: Evaluation, condition: (name: string) => boolean): boolean {
  const [name, argument] = Object.entries((expression ?? {}) as Properties)[0] ?? ['nothing', undefined];
  const parts = Array.isArray(argument) ? argument : [argument];
  const part = (each: unknown) => holds(each, evaluation, condition);
  const [first, second] = ['Fn::Equals', 'Fn::Contains'].includes(name)
    ? (resolve(parts, evaluation) as [unknown, unknown])
    : [];
  switch (name) {
    case 'Condition':
      return condition(argument);
    case 'Fn::And':
      return parts.every(part);
    case 'Fn::Or':
      return parts.some(part);
    case 'Fn::Not':
      return !part(parts[0]);
    case 'Fn::Equals':
      return scalar(first) === scalar(second);
    case 'Fn::Contains':
      return (first as unknown[]).map(scalar).includes(scalar(second));
    default:
      throw new Unsupported(`${name} in a condition`);
  }
}

/** @throws AwsError ValidationError */
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
