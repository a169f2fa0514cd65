import { AwsError, Unsupported } from '../errors';

/** The ways to compare that are supported; AWS has more, of which a pattern is refused by name. */
export type PatternOperator =
  | 'prefix'
  | 'suffix'
  | 'anything-but'
  | 'anything-but prefix'
  | 'exists'
  | 'equals-ignore-case';

const EVENT_OPERATORS: readonly PatternOperator[] = [
  'prefix',
  'suffix',
  'anything-but',
  'anything-but prefix',
  'exists',
  'equals-ignore-case',
];

/** What AWS has besides (EventBridge user guide, "comparison operators"). */
const OTHERS = ['numeric', 'cidr', 'wildcard', '$or'];

/** Whether something matches a pattern. */
export type Matcher = (value: unknown) => boolean;

/** One way to match a leaf: `undefined` stands for one that is not there. */
type LeafMatcher = (leaf: unknown) => boolean;

type Json = Readonly<Record<string, unknown>>;

interface PatternLanguage {
  /** What a refusal names, e.g. `an event pattern`. */
  readonly name: string;
  readonly operators: readonly PatternOperator[];
}

const EVENTS: PatternLanguage = { name: 'an event pattern', operators: EVENT_OPERATORS };

/**
 * Reads a pattern: an object whose leaves are lists of what matches. Every field must match, by any entry of its list;
 * a list in the event matches by any of its elements, and the fields of one nested pattern by the same element
 * (EventBridge user guide, "event patterns"; that it is the same element is how AWS's published matcher works).
 *
 * @param pattern An object, or its JSON.
 * @throws AwsError InvalidEventPatternException; Unsupported for an operator that AWS has and this has not.
 */
export function compilePattern(pattern: unknown, language = EVENTS): Matcher {
  const read = typeof pattern === 'string' ? parse(pattern) : pattern;
  if (!isObject(read) || Object.keys(read).length === 0) throw invalid('Filter is not an object');
  return compileObject(read, language);
}

function compileObject(pattern: Json, language: PatternLanguage): Matcher {
  const fields = Object.entries(pattern).map(([name, wanted]) => {
    if (OTHERS.includes(name)) throw unsupported(name, language);
    if (Array.isArray(wanted)) {
      if (wanted.length === 0) throw invalid('Empty arrays are not allowed');
      const alternatives = wanted.map((each) => compileEntry(each, language));
      return (value: Json) => leaves(value[name]).some((leaf) => alternatives.some((matches) => matches(leaf)));
    }
    if (!isObject(wanted)) throw invalid(`"${name}" must be an object or an array`);
    if (Object.keys(wanted).length === 0) throw invalid('Empty objects are not allowed');
    const matches = compileObject(wanted, language);
    return (value: Json) => matches(value[name]);
  });
  const everyField = (value: Json): boolean => fields.every((matches) => matches(value));
  return (value) => {
    if (Array.isArray(value)) return value.some((each) => isObject(each) && everyField(each));
    // Of what is not there, only `exists: false` matches.
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
  if (OTHERS.includes(operator)) throw unsupported(operator, language);
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
      const wanted = text(operator, operand, language).toLowerCase();
      return (leaf) => typeof leaf === 'string' && leaf.toLowerCase() === wanted;
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
    const unwanted = (Array.isArray(prefix) ? prefix : [prefix]).map((each) => text('prefix', each, language));
    return (leaf) =>
      leaf !== undefined && !(typeof leaf === 'string' && unwanted.some((each) => leaf.startsWith(each)));
  }
  const unwanted: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const type = typeof unwanted[0];
  if ((type !== 'string' && type !== 'number') || unwanted.some((each) => typeof each !== type)) {
    throw invalid('Value of anything-but must be a string or a number, or a list of either');
  }
  return (leaf) => leaf !== undefined && !unwanted.includes(leaf);
}

function text(operator: string, operand: unknown, language: PatternLanguage): string {
  if (typeof operand === 'string') return operand;
  // AWS has forms of these that ignore the case.
  if (isObject(operand)) throw unsupported(`${operator} of ${Object.keys(operand).join(', ')}`, language);
  throw invalid(`${operator} match pattern must be a string`);
}

/** @returns The leaves that a value stands for; none is one that is not there, because `exists` sees leaves only. */
function leaves(value: unknown): readonly unknown[] {
  const found = (Array.isArray(value) ? value : [value]).filter((each) => each !== undefined && !isObject(each));
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
  return new Unsupported(`${operator} in ${name}`, `it knows exact values, ${operators.join(', ')}`);
}
