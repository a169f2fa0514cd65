import { AwsError } from '../errors';
import { type AttributeValue, compareValues, equalValues, type Item, itemSize, typeOf } from './attribute-value';
import { evaluateCondition } from './evaluate-condition';
import type { Condition, Operand } from './expression';
import type { KeyElement, Table } from './table';

interface QueryRequest {
  readonly keyCondition: Condition;
  /** Filter, applied to the items read; it does not make a page longer. */
  readonly filter?: Condition;
  /** Whether to read in descending order of the range key. */
  readonly backwards: boolean;
  /** Largest number of items to read, before the filter. */
  readonly limit?: number;
  /** Key after which to continue. */
  readonly startKey?: Item;
}

interface QueryResult {
  readonly items: readonly Item[];
  /** Number of items read. */
  readonly scanned: number;
  /** Key of the last item read; undefined at the end of the table. */
  readonly lastKey: Item | undefined;
}

/** Bytes of items after which a page ends (API reference, Query). */
const PAGE_LIMIT = 1_048_576;

/** @throws AwsError ValidationException for a key condition that is not on this table's key, or a filter on the key. */
export function query(table: Table, { keyCondition, filter, backwards, limit, startKey }: QueryRequest): QueryResult {
  const { hash, range } = table.schema;
  const key = readKeyCondition(table, keyCondition);
  if (filter) checkFilter(table, filter);
  const matching = table
    .items()
    .filter((item) => equalValues(item[hash.name]!, key.hash) && (!key.range || evaluateCondition(key.range, item)));
  if (backwards) matching.reverse();
  const after = (item: Item) => {
    if (!startKey) return true;
    if (!range) return false;
    const order = compareValues(item[range.name]!, startKey[range.name]!)!;
    return backwards ? order < 0 : order > 0;
  };
  const left = matching.filter(after);
  let size = 0;
  let scanned = 0;
  for (const item of left) {
    scanned += 1;
    size += itemSize(item);
    if (scanned === limit || size >= PAGE_LIMIT) break;
  }
  const read = left.slice(0, scanned);
  // DynamoDB returns LastEvaluatedKey when it stopped at the limit, even if no item follows.
  const stopped = scanned > 0 && (scanned === limit || scanned < left.length);
  return {
    items: filter ? read.filter((item) => evaluateCondition(filter, item)) : read,
    scanned,
    lastKey: stopped ? table.keyOf(read.at(-1)!) : undefined,
  };
}

/** Reads a key condition: the hash key equals a value; the range key may be compared with one. */
function readKeyCondition(table: Table, condition: Condition): { hash: AttributeValue; range: Condition | undefined } {
  const { hash, range } = table.schema;
  let hashValue: AttributeValue | undefined;
  let rangeCondition: Condition | undefined;
  for (const part of conjuncts(condition)) {
    const { name, values } = readPart(part);
    const element = [hash, range].find((candidate) => candidate?.name === name);
    if (!element) {
      throw new AwsError('ValidationException', `Query condition missed key schema element: ${(range ?? hash).name}`);
    }
    for (const value of values) checkType(element, value);
    if (element === hash) {
      if (hashValue || part.type !== 'compare' || part.comparator !== '=') throw unsupportedCondition();
      hashValue = values[0];
    } else {
      if (rangeCondition) throw unsupportedCondition();
      rangeCondition = part;
    }
  }
  if (!hashValue) throw new AwsError('ValidationException', `Query condition missed key schema element: ${hash.name}`);
  return { hash: hashValue, range: rangeCondition };
}

/** @throws AwsError ValidationException for a filter on the key, which belongs in the key condition. */
function checkFilter({ schema: { hash, range } }: Table, filter: Condition): void {
  const inKey = attributesOf(filter).find((name) => name === hash.name || name === range?.name);
  if (inKey === undefined) return;
  throw new AwsError(
    'ValidationException',
    `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${inKey}`,
  );
}

function attributesOf(condition: Condition): readonly string[] {
  const names = (...operands: readonly Operand[]) =>
    operands.flatMap((operand) => (operand.type === 'attribute' ? [operand.name] : []));
  switch (condition.type) {
    case 'and':
    case 'or':
      return [...attributesOf(condition.left), ...attributesOf(condition.right)];
    case 'not':
      return attributesOf(condition.operand);
    case 'exists':
      return [condition.name];
    case 'begins-with':
      return names(condition.operand, condition.prefix);
    case 'between':
      return names(condition.operand, condition.low, condition.high);
    case 'compare':
      return names(condition.left, condition.right);
  }
}

function conjuncts(condition: Condition): readonly Condition[] {
  return condition.type === 'and' ? [...conjuncts(condition.left), ...conjuncts(condition.right)] : [condition];
}

function readPart(part: Condition): { readonly name: string; readonly values: readonly AttributeValue[] } {
  if (part.type === 'compare' && part.comparator === '<>') throw unsupportedCondition();
  const [first, ...operands] =
    part.type === 'compare'
      ? [part.left, part.right]
      : part.type === 'between'
        ? [part.operand, part.low, part.high]
        : part.type === 'begins-with'
          ? [part.operand, part.prefix]
          : [];
  const values = operands.flatMap((operand) => (operand.type === 'value' ? [operand.value] : []));
  if (first?.type !== 'attribute' || values.length !== operands.length) throw unsupportedCondition();
  return { name: first.name, values };
}

function checkType({ type }: KeyElement, value: AttributeValue): void {
  if (typeOf(value) === type) return;
  throw new AwsError(
    'ValidationException',
    'One or more parameter values were invalid: Condition parameter type does not match schema type',
  );
}

function unsupportedCondition(): AwsError {
  return new AwsError('ValidationException', 'Query key condition not supported');
}
