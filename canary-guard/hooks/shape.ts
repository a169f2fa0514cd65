import { isObject } from './answer';

/** A place where answers of the new version have another shape than those of the version in service. */
interface ShapeDifference {
  /** Path, e.g. `items[].price`; empty for the whole answer. */
  readonly path: string;
  /** Types in the version in service. */
  readonly was: string;
  /** Types in the new version. */
  readonly is: string;
}

/**
 * Compares the shapes of JSON values. A field that is in all old values must be in at least one of the new ones, and have
 * one of the old types; new fields are allowed. Null and empty arrays match anything, but not as the whole answer: an
 * answer that has lost its content has no shape to compare.
 */
export function shapeDifferences(old: readonly unknown[], fresh: readonly unknown[]): readonly ShapeDifference[] {
  if (old.length === 0 || fresh.length === 0 || old.some(isNothing)) return [];
  const content = fresh.filter((value) => !isNothing(value));
  return content.length === 0 ? [{ path: '', was: types(old), is: 'nothing' }] : compare('', old, content);
}

function compare(path: string, old: readonly unknown[], fresh: readonly unknown[]): readonly ShapeDifference[] {
  const [was, is] = [old.filter(isKnown), fresh.filter(isKnown)];
  if (was.length === 0 || is.length === 0) return [];
  const before = new Set(was.map(typeOf));
  if (!is.some((value) => before.has(typeOf(value)))) return [{ path, was: types(was), is: types(is) }];
  return [...compareFields(path, was.filter(isObject), is.filter(isObject)), ...compareItems(path, was, is)];
}

type Fields = Readonly<Record<string, unknown>>;

function compareFields(path: string, old: readonly Fields[], fresh: readonly Fields[]): readonly ShapeDifference[] {
  const [first] = old;
  if (!first || fresh.length === 0) return [];
  const constant = Object.keys(first).filter((field) => old.every((value) => Object.hasOwn(value, field)));
  return constant.flatMap((field) => {
    const inner = path === '' ? field : `${path}.${field}`;
    const was = old.map((value) => value[field]);
    const having = fresh.filter((value) => Object.hasOwn(value, field));
    if (having.length === 0) return [{ path: inner, was: types(was), is: 'missing' }];
    return compare(
      inner,
      was,
      having.map((value) => value[field]),
    );
  });
}

function compareItems(path: string, old: readonly unknown[], fresh: readonly unknown[]): readonly ShapeDifference[] {
  const items = (values: readonly unknown[]) => values.filter(Array.isArray).flat();
  return compare(`${path}[]`, items(old), items(fresh));
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
}

function types(values: readonly unknown[]): string {
  return [...new Set(values.map(typeOf))].join(' or ');
}

function isKnown(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/** Whether an answer has no content at all. */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}
