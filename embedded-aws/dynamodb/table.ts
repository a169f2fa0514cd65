import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import { type AttributeValue, compareValues, type Item, itemSize, typeOf, valueSize } from './attribute-value';

/** An attribute of a table's key. */
export interface KeyElement {
  readonly name: string;
  readonly type: 'S' | 'N';
}

export interface TableSchema {
  readonly hash: KeyElement;
  /**
   * Range key.
   *
   * @default - The hash key alone identifies an item.
   */
  readonly range?: KeyElement;
}

/** Settings of a table that change without a replacement. */
export interface TableSettings {
  readonly deletionProtection: boolean;
  readonly pointInTimeRecovery: boolean;
  /** Attribute with the epoch second of an item's expiry; undefined without time to live. */
  readonly timeToLive: string | undefined;
}

/** Largest item, hash key and range key, in bytes (developer guide, "Quotas"). */
const ITEM_LIMIT = 400 * 1_024;
const HASH_LIMIT = 2_048;
const RANGE_LIMIT = 1_024;

/** Milliseconds that an expired item is kept: DynamoDB deletes it "within a few days" of its expiry. */
const EXPIRED_STAY = 2 * 86_400_000;
/** Milliseconds since an expiry from which DynamoDB ignores it (developer guide, "Using TTL"). */
const EXPIRY_TOO_OLD = 5 * 365.25 * 86_400_000;

interface TableProps {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly schema: TableSchema;
  readonly settings: TableSettings;
  readonly clock: VirtualClock;
}

/** A table with its items. */
export class Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly schema: TableSchema;
  readonly created: Date;
  settings: TableSettings;
  readonly #clock: VirtualClock;
  readonly #items = new Map<string, Item>();

  constructor({ name, arn, id, schema, settings, clock }: TableProps) {
    this.name = name;
    this.arn = arn;
    this.id = id;
    this.schema = schema;
    this.settings = settings;
    this.created = clock.date();
    this.#clock = clock;
  }

  /** @param key An item with the table's key attributes; others are ignored. */
  get(key: Item): Item | undefined {
    this.#expire();
    return this.#items.get(this.#address(key));
  }

  /**
   * Puts an item, replacing the one with the same key.
   *
   * @throws AwsError ValidationException.
   */
  put(item: Item): void {
    this.checkItem(item);
    this.#items.set(this.#address(item), item);
  }

  /** @throws AwsError ValidationException for an invalid key, or an item above 400 KB. */
  checkItem(item: Item): void {
    for (const element of this.#elements) this.#checkKeyValue(element, item[element.name]);
    if (itemSize(item) <= ITEM_LIMIT) return;
    throw new AwsError('ValidationException', 'Item size has exceeded the maximum allowed size');
  }

  /** @returns All items, by range key when there is one. */
  items(): readonly Item[] {
    this.#expire();
    const { range } = this.schema;
    const items = [...this.#items.values()];
    return range ? items.sort((a, b) => compareValues(a[range.name]!, b[range.name]!)!) : items;
  }

  /** @returns Size in bytes. */
  size(): number {
    return this.items().reduce((sum, item) => sum + itemSize(item), 0);
  }

  /** @returns Key attributes of an item. */
  keyOf(item: Item): Item {
    return Object.fromEntries(this.#elements.map(({ name }) => [name, item[name]!]));
  }

  /** @throws AwsError ValidationException unless the key has exactly the attributes of the schema. */
  checkKey(key: Item): void {
    const fits =
      Object.keys(key).length === this.#elements.length &&
      this.#elements.every(({ name, type }) => key[name] && typeOf(key[name]) === type);
    if (!fits) throw new AwsError('ValidationException', 'The provided key element does not match the schema');
    for (const element of this.#elements) this.#checkKeyValue(element, key[element.name]);
  }

  get #elements(): readonly KeyElement[] {
    const { hash, range } = this.schema;
    return range ? [hash, range] : [hash];
  }

  #checkKeyValue(element: KeyElement, value: AttributeValue | undefined): void {
    const { name, type } = element;
    const invalid = (message: string) =>
      new AwsError('ValidationException', `One or more parameter values were invalid: ${message}`);
    if (!value) throw invalid(`Missing the key ${name} in the item`);
    if (typeOf(value) !== type)
      throw invalid(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
    if (value.S === '') {
      const message = 'The AttributeValue for a key attribute cannot contain an empty string value';
      throw new AwsError('ValidationException', `One or more parameter values are not valid. ${message}. Key: ${name}`);
    }
    const [what, limit] = element === this.schema.hash ? ['hashkey', HASH_LIMIT] : ['the range key', RANGE_LIMIT];
    if (valueSize(value) <= limit) return;
    throw invalid(`Size of ${what} has exceeded the maximum size limit of ${limit} bytes`);
  }

  #address(key: Item): string {
    return JSON.stringify(this.#elements.map(({ name, type }) => key[name]?.[type]));
  }

  #expire(): void {
    const { timeToLive } = this.settings;
    if (timeToLive === undefined) return;
    const now = this.#clock.now();
    for (const [address, item] of this.#items) {
      const seconds = item[timeToLive]?.N;
      if (seconds === undefined) continue;
      const expiry = Number(seconds) * 1_000;
      if (expiry + EXPIRED_STAY <= now && expiry > now - EXPIRY_TOO_OLD) this.#items.delete(address);
    }
  }
}
