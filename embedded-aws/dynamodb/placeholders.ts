import { AwsError } from '../errors';
import type { Input } from '../protocol/input';
import { type AttributeValue, readValue } from './attribute-value';

/** Names and values of a request that its expressions refer to. */
export class Placeholders {
  readonly #names: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, AttributeValue>;
  readonly #used = new Set<string>();

  constructor({ ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} }: Input) {
    this.#names = new Map(Object.entries<string>(names));
    this.#values = new Map(Object.entries(values).map(([placeholder, value]) => [placeholder, readValue(value)]));
  }

  /** @throws AwsError ValidationException. */
  name(placeholder: string, parameter: string): string {
    return this.#find(this.#names, placeholder, parameter, 'name used in the document path', 'name');
  }

  /** @throws AwsError ValidationException. */
  value(placeholder: string, parameter: string): AttributeValue {
    return this.#find(this.#values, placeholder, parameter, 'value used in expression', 'value');
  }

  /** @throws AwsError ValidationException when an expression refers to none of them. */
  checkAllUsed(): void {
    for (const [member, placeholders] of [
      ['ExpressionAttributeNames', this.#names],
      ['ExpressionAttributeValues', this.#values],
    ] as const) {
      const unused = [...placeholders.keys()].filter((placeholder) => !this.#used.has(placeholder));
      if (unused.length === 0) continue;
      const message = `Value provided in ${member} unused in expressions: keys: {${unused.join(', ')}}`;
      throw new AwsError('ValidationException', message);
    }
  }

  #find<T>(known: ReadonlyMap<string, T>, placeholder: string, parameter: string, use: string, what: string): T {
    const found = known.get(placeholder);
    if (found === undefined) {
      const message = `An expression attribute ${use} is not defined; attribute ${what}: ${placeholder}`;
      throw new AwsError('ValidationException', `Invalid ${parameter}: ${message}`);
    }
    this.#used.add(placeholder);
    return found;
  }
}
