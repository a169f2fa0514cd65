import { AwsError } from '../errors';
import { compareDecimals, readDecimal, writeDecimal } from './decimal';

/** A value as the API has it: one member, whose name is the type; binary values are base64-encoded. */
export type AttributeValue = Readonly<Partial<Record<AttributeType, unknown>>>;
export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'M' | 'L' | 'SS' | 'NS' | 'BS';
export type Item = Readonly<Record<string, AttributeValue>>;

const TYPES: ReadonlySet<string> = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'M', 'L', 'SS', 'NS', 'BS']);

/** Bytes that each member of a map or list adds to its size, and that a map or list itself adds. */
const ELEMENT_OVERHEAD = 1;
const DOCUMENT_OVERHEAD = 3;

export function typeOf(value: AttributeValue): AttributeType {
  return Object.keys(value)[0] as AttributeType;
}

/**
 * @returns The value, its numbers in the form in which DynamoDB stores them.
 * @throws AwsError ValidationException for an invalid value.
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
  if (type === 'NS') return { NS: set(content).map((member) => writeDecimal(readDecimal(member))) };
  if (type === 'SS' || type === 'BS') return { [type]: set(content) };
  if (type === 'L') return { L: (content as unknown[]).map(readValue) };
  if (type === 'M') return { M: readItem(content) };
  return { [type]: content };
}

export function readItem(item: unknown): Item {
  return Object.fromEntries(Object.entries(item as object).map(([name, value]) => [name, readValue(value)]));
}

/** @returns Size in bytes (developer guide, "DynamoDB item sizes and formats"). */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);
}

export function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(String(value.S));
  if (value.N !== undefined) return Math.ceil(String(value.N).replace(/\D/g, '').length / 2) + 1;
  if (value.B !== undefined) return bytes(value.B).length;
  const sum = (values: readonly AttributeValue[], overhead: number) =>
    values.reduce((total, member) => total + valueSize(member) + overhead, 0);
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

/** @returns A negative number, a positive number or 0; undefined for values without an order between them. */
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

/** @returns A text that is equal for equal values; the order in sets and of the members of a map is irrelevant. */
function canonical(value: AttributeValue): string {
  const type = typeOf(value);
  const content = value[type];
  if (type === 'M') {
    const members = Object.entries(content as Item).sort(([a], [b]) => (a < b ? -1 : 1));
    return `M{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)}}`;
  }
  if (type === 'L') return `L[${(content as AttributeValue[]).map(canonical)}]`;
  if (Array.isArray(content)) return `${type}${JSON.stringify([...content].sort())}`;
  return `${type}${JSON.stringify(content)}`;
}

/** @throws AwsError ValidationException for an empty set or a duplicate member. */
function set(content: unknown): readonly string[] {
  const members = (content as unknown[]).map(String);
  const invalid = (message: string) =>
    new AwsError('ValidationException', `One or more parameter values were invalid: ${message}`);
  if (members.length === 0) throw invalid('A set may not be empty');
  if (new Set(members).size < members.length) throw invalid('Input collection contains duplicates.');
  return members;
}
