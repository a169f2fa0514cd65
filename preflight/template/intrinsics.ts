import {
  callOf,
  getAttOf,
  referencesOfSubstitution,
  splitAtDot,
  substitute,
} from '../../aws-rules/template-intrinsics';

/** @returns Every logical id and pseudo parameter that a value refers to, by Ref, Fn::GetAtt or Fn::Sub. */
export function references(value: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (!value || typeof value !== 'object') return;
  const call = callOf(value);
  if (call?.name === 'Ref' && typeof call.argument === 'string') found.add(call.argument);
  if (call?.name === 'Fn::GetAtt') found.add(getAttOf(call.argument)[0]);
  if (call?.name === 'Fn::Sub')
    for (const name of referencesOfSubstitution(call.argument)) found.add(splitAtDot(name)[0]);
  for (const item of Object.values(value)) collect(item, found);
}

/** @returns The one logical id that a value is the name or ARN of, undefined if it is anything else. */
export function target(value: unknown): string | undefined {
  const shown = text(value);
  return /^\$\{([^.}:]+)(?:\.\w+)?\}$/.exec(shown)?.[1];
}

/** @returns A value as text. What only CloudFormation knows is shown as `${LogicalId}` or `${LogicalId.Attribute}`. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return String(value);
  const call = callOf(value);
  switch (call?.name) {
    case 'Ref':
      return `\${${call.argument}}`;
    case 'Fn::GetAtt':
      return `\${${getAttOf(call.argument).map(String).join('.')}}`;
    case 'Fn::Sub':
      return substitute(
        call.argument,
        text,
        (name) => `\${${name}}`,
        // Stays marked, so that it is not taken for a reference.
        (name) => `\${!${name}}`,
      );
    case 'Fn::Join':
      return joined(call.argument) ?? JSON.stringify(value);
    default:
      return JSON.stringify(value);
  }
}

function joined(argument: unknown): string | undefined {
  if (!Array.isArray(argument) || !Array.isArray(argument[1])) return undefined;
  return argument[1].map(text).join(String(argument[0]));
}

/** @returns A number, also if the template has it as text; undefined if only CloudFormation knows it. */
export function numeric(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}
