import { AwsError, Unsupported } from '../errors';

/** A supported comparison operator; a pattern with another operator of AWS's is refused by name. */
type PatternOperator = 'prefix' | 'suffix' | 'anything-but' | 'anything-but prefix' | 'exists' | 'equals-ignore-case';

const EVENT_OPERATORS: readonly PatternOperator[] = [
  'prefix',
  'suffix',
  'anything-but',
  'anything-but prefix',
  'exists',
  'equals-ignore-case',
];

/** Operators that AWS supports and the embedded AWS does not (EventBridge user guide, "comparison operators"). */
const UNSUPPORTED_OPERATORS = ['numeric', 'cidr', 'wildcard', '$or'];

/** Matches a value against a pattern. */
export type Matcher = (value: unknown) => boolean;

/** Matches a leaf of an event; `undefined` for one that does not exist. */
type LeafMatcher = (leaf: unknown) => boolean;

type Json = Readonly<Record<string, unknown>>;

/** A variant of the pattern syntax. */
interface PatternLanguage {
  /** Name in error messages, e.g. `an event pattern`. */
  readonly name: string;
  readonly operators: readonly PatternOperator[];
}

const EVENT_PATTERN: PatternLanguage = { name: 'an event pattern', operators: EVENT_OPERATORS };

/**
 * Compiles a pattern: an object whose leaves are lists of alternatives. Every field must match one of its alternatives.
 * A list in the event matches when one of its elements does, and all fields of a nested pattern must match the same
 * element (EventBridge user guide, "event patterns"; the same element: AWS's published matcher).
 *
 * @param pattern An object, or its JSON text.
 * @throws AwsError InvalidEventPatternException; Unsupported for operators that only AWS supports.
 */
export function compilePattern(pattern: unknown, language = EVENT_PATTERN): Matcher {
  const read = typeof pattern === 'string' ? parse(pattern) : pattern;
  if (!isObject(read) || Object.keys(read).length === 0) throw invalid('Filter is not an object');
  return compileObject(read, language);
}

function compileObject(pattern: Json, language: PatternLanguage): Matcher {
  const fields = Object.entries(pattern).map(([name, condition]) => {
    if (UNSUPPORTED_OPERATORS.includes(name)) throw unsupported(name, language);
    if (Array.isArray(condition)) {
      if (condition.length === 0) throw invalid('Empty arrays are not allowed');
      const alternatives = condition.map((entry) => compileEntry(entry, language));
      return (value: Json) => leaves(value[name]).some((leaf) => alternatives.some((matches) => matches(leaf)));
    }
    if (!isObject(condition)) throw invalid(`"${name}" must be an object or an array`);
    if (Object.keys(condition).length === 0) throw invalid('Empty objects are not allowed');
    const matches = compileObject(condition, language);
    return (value: Json) => matches(value[name]);
  });
  const everyField = (value: Json): boolean => fields.every((matches) => matches(value));
  return (value) => {
    if (Array.isArray(value)) return value.some((element) => isObject(element) && everyField(element));
    // A value that is not an object has no fields: only `exists: false` matches.
    return everyField(isObject(value) ? value : {});
  };
}

function compileEntry(entry: unknown, language: PatternLanguage): LeafMatcher {
  if (!isObject(entry)) {
    if (Array.isArray(entry)) throw invalid('Match value must be String, number, true, false, or null');
    return (leaf) => leaf === entry;
  }
  const [[operator, operand] = ['', undefined], ...more] = Object.entries(entry);
  if (more.length > 0) throw invalid('Only one key allowed in match expression');
  if (UNSUPPORTED_OPERATORS.includes(operator)) throw unsupported(operator, language);
  if (!EVENT_OPERATORS.includes(operator as PatternOperator)) throw invalid(`Unrecognized match type ${operator}`);
  if (!language.operators.includes(operator as PatternOperator)) throw unsupported(operator, language);
  switch (operator as PatternOperator) {
    case 'prefix': {
      const prefix = text(operator, operand, language);
      return (leaf) => typeof leaf === 'string' && leaf.startsWith(prefix);
    }
    case 'suffix': {
      const suffix = text(operator, operand, language);
      return (leaf) => typeof leaf === 'string' && leaf.endsWith(suffix);
    }
    case 'equals-ignore-case': {
      const expected = text(operator, operand, language).toLowerCase();
      return (leaf) => typeof leaf === 'string' && leaf.toLowerCase() === expected;
    }
    case 'exists':
      if (typeof operand !== 'boolean') throw invalid('exists match pattern must be either true or false.');
      return (leaf) => (leaf !== undefined) === operand;
    default:
      return compileAnythingBut(operand, language);
  }
}

function compileAnythingBut(operand: unknown, language: PatternLanguage): LeafMatcher {
  if (isObject(operand)) {
    const [[operator, prefix] = ['', undefined]] = Object.entries(operand);
    if (operator !== 'prefix' || !language.operators.includes('anything-but prefix')) {
      throw unsupported(`anything-but ${operator}`, language);
    }
    const prefixes = (Array.isArray(prefix) ? prefix : [prefix]).map((value) => text('prefix', value, language));
    return (leaf) =>
      leaf !== undefined && !(typeof leaf === 'string' && prefixes.some((value) => leaf.startsWith(value)));
  }
  const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const type = typeof excluded[0];
  if ((type !== 'string' && type !== 'number') || excluded.some((value) => typeof value !== type)) {
    throw invalid('Value of anything-but must be a string or a number, or a list of either');
  }
  return (leaf) => leaf !== undefined && !excluded.includes(leaf);
}

function text(operator: string, operand: unknown, language: PatternLanguage): string {
  if (typeof operand === 'string') return operand;
  // AWS supports case-insensitive forms of these operators.
  if (isObject(operand)) throw unsupported(`${operator} of ${Object.keys(operand).join(', ')}`, language);
  throw invalid(`${operator} match pattern must be a string`);
}

/** @returns Leaves of a value; one `undefined` when there are none, because `exists` applies to leaves only. */
function leaves(value: unknown): readonly unknown[] {
  const found = (Array.isArray(value) ? value : [value]).filter((leaf) => leaf !== undefined && !isObject(leaf));
  return found.length > 0 ? found : [undefined];
}

function parse(pattern: string): unknown {
  try {
    return JSON.parse(pattern);
  } catch {
    throw invalid('Invalid JSON');
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}

function unsupported(operator: string, { name, operators }: PatternLanguage): Unsupported {
  return new Unsupported(`${operator} in ${name}`, `use exact values, ${operators.join(', ')}`);
}
