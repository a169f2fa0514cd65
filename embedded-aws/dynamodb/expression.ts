import { AwsError, Unsupported } from '../errors';
import { type AttributeValue, typeOf } from './attribute-value';
import type { Placeholders } from './placeholders';
import { isReserved } from './reserved-words';

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** An attribute of the item, or a value of the request. */
export type Operand =
  | { readonly type: 'attribute'; readonly name: string }
  | { readonly type: 'value'; readonly value: AttributeValue };

export type Condition =
  | { readonly type: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly type: 'not'; readonly operand: Condition }
  | { readonly type: 'exists'; readonly name: string }
  | { readonly type: 'begins-with'; readonly operand: Operand; readonly prefix: Operand }
  | { readonly type: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly type: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand };

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);
/** Keywords, case-insensitive, which cannot be attribute names. */
const KEYWORDS: ReadonlySet<string> = new Set(['AND', 'BETWEEN', 'IN', 'NOT', 'OR']);
const TOKEN = /\s*([#:]\w+|<>|<=|>=|[=<>(),]|[A-Za-z_]\w*|\S)/y;

/**
 * Recursive-descent parser of a request's expression. `OR` has the lowest precedence, then `AND`, then `NOT` (developer
 * guide, "Comparison operator and function reference").
 */
export class ExpressionReader {
  readonly #parameter: string;
  readonly #placeholders: Placeholders;
  readonly #tokens: string[] = [];
  #at = 0;

  /** @param parameter Member of the request with the expression, for error messages. */
  constructor(text: string, parameter: string, placeholders: Placeholders) {
    this.#parameter = parameter;
    this.#placeholders = placeholders;
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) this.#tokens.push(match[1]!);
    if (this.#tokens.length === 0) throw this.#error('The expression can not be empty;');
  }

  /**
   * Reads the whole expression as a condition.
   *
   * @throws AwsError ValidationException; Unsupported for unsupported functions and operators.
   */
  condition(): Condition {
    const condition = this.#or();
    this.end();
    return condition;
  }

  /**
   * Reads the whole expression as a list of attributes.
   *
   * @throws AwsError ValidationException; Unsupported for paths into an attribute.
   */
  attributes(): readonly string[] {
    const names = [this.attribute()];
    while (this.takes(',')) names.push(this.attribute());
    this.end();
    return names;
  }

  /**
   * @returns Name of a top-level attribute.
   * @throws AwsError ValidationException; Unsupported for a path into an attribute.
   */
  attribute(): string {
    const token = this.#next();
    if (!/^#?\w+$/.test(token) || KEYWORDS.has(token.toUpperCase())) throw this.#syntax(token);
    const following = this.#peek();
    if (following === '.' || following === '[') {
      throw new Unsupported(`dynamodb: a path into the attribute ${token} in a ${this.#parameter}`);
    }
    if (token.startsWith('#')) return this.#placeholders.name(token, this.#parameter);
    if (!isReserved(token)) return token;
    throw this.#error(`Attribute name is a reserved keyword; reserved keyword: ${token}`);
  }

  operand(): Operand {
    if (!this.#peek()?.startsWith(':')) return { type: 'attribute', name: this.attribute() };
    return { type: 'value', value: this.#placeholders.value(this.#next(), this.#parameter) };
  }

  /** Consumes the next token if it equals the given one; keywords are case-insensitive. */
  takes(token: string): boolean {
    if (this.#peek()?.toUpperCase() !== token) return false;
    this.#at += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.takes(token)) throw this.#syntax(this.#peek());
  }

  /** @throws AwsError ValidationException unless the whole expression has been read. */
  end(): void {
    if (this.#at < this.#tokens.length) throw this.#syntax(this.#peek());
  }

  #error(message: string): AwsError {
    return new AwsError('ValidationException', `Invalid ${this.#parameter}: ${message}`);
  }

  #or(): Condition {
    let left = this.#and();
    while (this.takes('OR')) left = { type: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Condition {
    let left = this.#not();
    while (this.takes('AND')) left = { type: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Condition {
    return this.takes('NOT') ? { type: 'not', operand: this.#not() } : this.#primary();
  }

  #primary(): Condition {
    if (this.takes('(')) {
      const inner = this.#or();
      this.expect(')');
      return inner;
    }
    if (this.#tokens[this.#at + 1] === '(') return this.#function();
    const left = this.operand();
    if (this.takes('BETWEEN')) {
      const low = this.operand();
      this.expect('AND');
      return { type: 'between', operand: left, low, high: this.operand() };
    }
    const comparator = this.#next();
    if (comparator.toUpperCase() === 'IN') throw new Unsupported(`dynamodb: IN in a ${this.#parameter}`);
    if (!COMPARATORS.has(comparator)) throw this.#syntax(comparator);
    return { type: 'compare', comparator: comparator as Comparator, left, right: this.operand() };
  }

  /** Reads a function call. Function names are case-sensitive, unlike keywords. */
  #function(): Condition {
    const name = this.#next();
    this.expect('(');
    const condition = this.#call(name);
    this.expect(')');
    return condition;
  }

  #call(name: string): Condition {
    if (name === 'attribute_exists') return { type: 'exists', name: this.attribute() };
    if (name === 'attribute_not_exists') return { type: 'not', operand: { type: 'exists', name: this.attribute() } };
    if (name === 'begins_with') {
      const operand = this.operand();
      this.expect(',');
      const prefix = this.operand();
      const type = prefix.type === 'value' ? typeOf(prefix.value) : 'S';
      if (type === 'S' || type === 'B') return { type: 'begins-with', operand, prefix };
      const what = 'operator or function: begins_with, operand type';
      throw this.#error(`Incorrect operand type for operator or function; ${what}: ${type}`);
    }
    throw new Unsupported(`dynamodb: the function ${name} in a ${this.#parameter}`);
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #next(): string {
    const token = this.#peek();
    if (token === undefined) throw this.#syntax(undefined);
    this.#at += 1;
    return token;
  }

  #syntax(token: string | undefined): AwsError {
    const around = this.#tokens.slice(Math.max(0, this.#at - 1), this.#at + 2).join(' ');
    return this.#error(`Syntax error; token: ${token ?? '<EOF>'}, near: "${around}"`);
  }
}
