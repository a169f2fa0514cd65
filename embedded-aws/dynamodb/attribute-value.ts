import { AwsError } from '../errors';
import { compareDecimals, readDecimal, writeDecimal } from './decimal';

/** A value as the wire has it: one member, whose name is the type; binary is base64. */
export type AttributeValue = Readonly<Partial<Record<AttributeType, unknown>>>;
export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'M' | 'L' | 'SS' | 'NS' | 'BS';
export type Item = Readonly<Record<string, AttributeValue>>;

const TYPES: ReadonlySet<string> = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'M', 'L', 'SS', 'NS', 'BS']);

/** What an attribute of a map or list costs beside its value, and a map or list by itself, in bytes. */
const ELEMENT_OVERHEAD = 1;
const DOCUMENT_OVERHEAD = 3;

export function typeOf(value: AttributeValue): AttributeType {
  return Object.keys(value)[0] as AttributeType;
}

/**
 * @returns The value with its numbers as DynamoDB keeps them.
 * @throws AwsError ValidationException for no such value.
 */
export function readValue(value: unknown): AttributeValue {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [[type, content] = ['', undefined]] = members;
  if (members.length !== 1 || !TYPES.has(type)) {
    throw new AwsError(
      'ValidationException',
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    );
  }
  if (type === 'N') return { N: writeDecimal(readDecimal(String(content))) };
  if (type === 'NS') return { NS: set(content).map((each) => writeDecimal(readDecimal(each))) };
  if (type === 'SS' || type === 'BS') return { [type]: set(content) };
  if (type === 'L') return { L: (content as unknown[]).map(readValue) };
  if (type === 'M') return { M: readItem(content) };
  return { [type]: content };
}

export function readItem(item: unknown): Item {
  return Object.fromEntries(Object.entries(item as object).map(([name, value]) => [name, readValue(value)]));
}

/** @returns Bytes (developer guide, "DynamoDB item sizes and formats"). */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);
}

export function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(String(value.S));
  if (value.N !== undefined) return Math.ceil(String(value.N).replace(/\D/g, '').length / 2) + 1;
  if (value.B !== undefined) return bytes(value.B).length;
  const sum = (values: readonly AttributeValue[], overhead: number) =>
    values.reduce((total, each) => total + valueSize(each) + overhead, 0);
  if (value.SS !== undefined)
    return sum(
      (value.SS as string[]).map((S) => ({ S })),
      0,
    );
  if (value.NS !== undefined)
    return sum(
      (value.NS as string[]).map((N) => ({ N })),
      0,
    );
  if (value.BS !== undefined)
    return sum(
      (value.BS as string[]).map((B) => ({ B })),
      0,
    );
  if (value.L !== undefined) return DOCUMENT_OVERHEAD + sum(value.L as AttributeValue[], ELEMENT_OVERHEAD);
  if (value.M !== undefined) {
    const item = value.M as Item;
    return DOCUMENT_OVERHEAD + itemSize(item) + Object.keys(item).length * ELEMENT_OVERHEAD;
  }
  return 1;
}

/** @returns Below, above or exactly 0; undefined for values that have no order between them. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && b.S !== undefined) return Buffer.compare(Buffer.from(`${a.S}`), Buffer.from(`${b.S}`));
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(bytes(a.B), bytes(b.B));
  if (a.N !== undefined && b.N !== undefined) return compareDecimals(readDecimal(`${a.N}`), readDecimal(`${b.N}`));
  return undefined;
}

export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  const order = compareValues(a, b);
  return order === undefined ? canonical(a) === canonical(b) : order === 0;
}

export function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (value.S !== undefined && prefix.S !== undefined) return String(value.S).startsWith(String(prefix.S));
  if (value.B === undefined || prefix.B === undefined) return false;
  return bytes(value.B).subarray(0, bytes(prefix.B).length).equals(bytes(prefix.B));
}

function bytes(base64: unknown): Buffer {
  return Buffer.from(String(base64), 'base64');
}

/** Sets have no order, and neither have the members of a map. */
function canonical(value: AttributeValue): string {
  const type = typeOf(value);
  const content = value[type];
  if (type === 'M') {
    const members = Object.entries(content as Item).sort(([a], [b]) => (a < b ? -1 : 1));
    return `M{${members.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`)}}`;
  }
  if (type === 'L') return `L[${(content as AttributeValue[]).map(canonical)}]`;
  if (Array.isArray(content)) return `${type}${JSON.stringify([...content].sort())}`;
  return `${type}${JSON.stringify(content)}`;
}

/** @throws AwsError ValidationException for an empty set or one with the same member twice. */
function set(content: unknown): readonly string[] {
  const members = (content as unknown[]).map(String);
  const invalid = (message: string) =>
    new AwsError('ValidationException', `One or more parameter values were invalid: ${message}`);
  if (members.length === 0) throw invalid('A set may not be empty');
  if (new Set(members).size < members.length) throw invalid('Input collection contains duplicates.');
  return members;
}
