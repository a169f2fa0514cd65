import {
  callOf,
  getAttOf,
  referencesOfSubstitution,
  splitAtDot,
  substitutionOf,
} from '../../aws-rules/template-intrinsics';
import { conditionNamed } from './intrinsics';

/** A reference from one part of a template to a resource. */
interface Reference {
  readonly logicalId: string;
  readonly by: 'Ref' | 'Fn::GetAtt' | 'Fn::Sub';
}

/**
 * @param conditions Evaluated conditions, so that only the branches taken count; without them every branch counts.
 * @returns Every reference in a value to anything other than a parameter or pseudo parameter.
 */
export function references(
  value: unknown,
  parameters: Readonly<Record<string, unknown>>,
  conditions?: Readonly<Record<string, boolean>>,
): readonly Reference[] {
  const visit = (part: unknown) => references(part, parameters, conditions);
  const isResource = (name: string) => !Object.hasOwn(parameters, name) && !name.startsWith('AWS::');
  if (Array.isArray(value)) return value.flatMap(visit);
  if (typeof value !== 'object' || value === null) return [];
  const call = callOf(value);
  if (!call) return Object.values(value).flatMap(visit);
  const { name, argument } = call;
  if (name === 'Ref') return isResource(String(argument)) ? [{ logicalId: String(argument), by: 'Ref' }] : [];
  if (name === 'Fn::GetAtt') return [{ logicalId: getAttOf(argument)[0], by: 'Fn::GetAtt' }];
  if (name === 'Fn::If' && conditions && Array.isArray(argument)) {
    return visit(conditionNamed(argument[0], conditions) ? argument[1] : argument[2]);
  }
  if (name !== 'Fn::Sub') return visit(argument);
  const inText = referencesOfSubstitution(argument)
    .filter(isResource)
    .map((placeholder): Reference => ({ logicalId: splitAtDot(placeholder)[0], by: 'Fn::Sub' }));
  return [...inText, ...visit(substitutionOf(argument).variables)];
}
