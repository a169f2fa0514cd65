import { at, listOf } from './template';

/** @returns every logical id (and pseudo parameter) that a value refers to, by Ref, Fn::GetAtt or Fn::Sub */
export function references(value: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (!value || typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref' && typeof item === 'string') found.add(item);
    else if (key === 'Fn::GetAtt') found.add(attribute(item)[0]);
    else if (key === 'Fn::Sub') for (const name of placeholders(item)) found.add(name);
    collect(item, found);
  }
}

function attribute(value: unknown): readonly [string, string] {
  const [id = '', ...rest] = listOf(value).flatMap((part) => String(part).split('.'));
  return [id, rest.join('.')];
}

/** Names in a Fn::Sub that are not its own variables, without their attributes. */
function placeholders(value: unknown): readonly string[] {
  const [source, variables] = listOf(value);
  const own = Object.keys((variables as object | undefined) ?? {});
  return [...String(source).matchAll(/\$\{([^!}]+)\}/g)]
    .map(([, name]) => name!.trim())
    .filter((name) => !own.includes(name))
    .map((name) => name.split('.')[0]!);
}

/** @returns the one logical id that a value is the name or ARN of, undefined if it is anything else */
export function target(value: unknown): string | undefined {
  const shown = text(value);
  return /^\$\{([^.}:]+)(?:\.\w+)?\}$/.exec(shown)?.[1];
}

/** @returns a value as text, what only CloudFormation knows as `${LogicalId}` or `${LogicalId.Attribute}` */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return String(value);
  const reference = at(value, 'Ref');
  if (typeof reference === 'string') return `\${${reference}}`;
  const attributed = at(value, 'Fn::GetAtt');
  if (attributed !== undefined) return `\${${attribute(attributed).join('.')}}`;
  const substituted = at(value, 'Fn::Sub');
  if (substituted !== undefined) return substitute(substituted);
  const joined = at(value, 'Fn::Join');
  if (joined !== undefined)
    return listOf(at(joined, 1))
      .map(text)
      .join(String(at(joined, 0)));
  return JSON.stringify(value);
}

function substitute(value: unknown): string {
  const [source, variables] = listOf(value);
  return String(source).replaceAll(/\$\{([^!}]+)\}/g, (whole, name: string) => {
    const variable = at(variables, name.trim());
    return variable === undefined ? whole : text(variable);
  });
}

/** @returns a number, also one that stands in the template as text; undefined if CloudFormation has yet to fill it in */
export function numeric(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}
