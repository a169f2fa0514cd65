/**
 * Metric math: the syntax of expressions, and the operators and functions for one datapoint of each operand.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

/** The functions that this parser knows; CloudWatch has more. */
const FUNCTION_NAMES = ['ABS', 'AVG', 'CEIL', 'FILL', 'FLOOR', 'IF', 'MAX', 'METRICS', 'MIN', 'PERIOD', 'SUM'] as const;

export type FunctionName = (typeof FUNCTION_NAMES)[number];

export type Operator = '+' | '-' | '*' | '/' | '^' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'AND' | 'OR';

/** A parsed metric math expression. */
export type Expression =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'reference'; readonly id: string }
  | { readonly type: 'list'; readonly items: readonly Expression[] }
  | { readonly type: 'negation'; readonly of: Expression }
  | { readonly type: 'operation'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'call'; readonly name: FunctionName; readonly arguments: readonly Expression[] };

/** Thrown for an expression that is not metric math. */
export class InvalidExpression extends Error {
  override readonly name = 'InvalidExpression';
}

/** Thrown for metric math that CloudWatch supports and this project does not. The message says what it is. */
export class NotComputed extends Error {
  override readonly name = 'NotComputed';
}

/** Lowest precedence first. Operators of one row have the same precedence and associate to the left. */
const PRECEDENCE: readonly Readonly<Record<string, Operator>>[] = [
  { OR: 'OR', '||': 'OR' },
  { AND: 'AND', '&&': 'AND' },
  { '==': '==', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' },
  { '+': '+', '-': '-' },
  { '*': '*', '/': '/' },
];

/**
 * Parses a metric math expression.
 *
 * @throws InvalidExpression when the text is not an expression.
 * @throws NotComputed for a function that this parser does not know.
 */
export function parseExpression(source: string): Expression {
  const tokens = new Tokens(source);
  const expression = operation(tokens, 0);
  if (tokens.peek() !== undefined) throw tokens.unexpected();
  return expression;
}

function operation(tokens: Tokens, level: number): Expression {
  const operators = PRECEDENCE[level];
  if (!operators) return unary(tokens);
  let left = operation(tokens, level + 1);
  for (;;) {
    const operator = operators[tokens.peek() ?? ''];
    if (!operator) return left;
    tokens.take();
    left = { type: 'operation', operator, left, right: operation(tokens, level + 1) };
  }
}

/** A power has a higher precedence than a sign before it: -2 ^ 2 is -4. */
function unary(tokens: Tokens): Expression {
  if (tokens.accept('-')) return { type: 'negation', of: unary(tokens) };
  const base = primary(tokens);
  return tokens.accept('^') ? { type: 'operation', operator: '^', left: base, right: unary(tokens) } : base;
}

function primary(tokens: Tokens): Expression {
  const token = tokens.take();
  if (token === undefined) throw tokens.unexpected();
  if (token === '(') {
    const inner = operation(tokens, 0);
    tokens.expect(')');
    return inner;
  }
  if (token === '[') return { type: 'list', items: items(tokens, ']') };
  if (/^[\d.]/.test(token)) return { type: 'number', value: Number(token) };
  if (/^["']/.test(token)) return { type: 'text', value: token.slice(1, -1) };
  if (/^[a-z]/.test(token)) return { type: 'reference', id: token };
  if (/^[A-Z]/.test(token)) {
    if (!tokens.accept('(')) return { type: 'text', value: token };
    const name = FUNCTION_NAMES.find((known) => known === token);
    if (!name) throw new NotComputed(`the metric math function ${token}`);
    return { type: 'call', name, arguments: items(tokens, ')') };
  }
  throw tokens.unexpected(token);
}

function items(tokens: Tokens, end: string): Expression[] {
  const parsed: Expression[] = [];
  if (tokens.accept(end)) return parsed;
  do parsed.push(operation(tokens, 0));
  while (tokens.accept(','));
  tokens.expect(end);
  return parsed;
}

class Tokens {
  readonly #source: string;
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(source: string) {
    const pattern = /\s*(\d+\.?\d*|\.\d+|[A-Za-z_]\w*|"[^"]*"|'[^']*'|&&|\|\||[=!<>]=|[-+*/^<>()[\],]|\S)/gy;
    this.#source = source;
    this.#tokens = [...source.matchAll(pattern)].map((match) => match[1]!);
  }

  peek(): string | undefined {
    return this.#tokens[this.#next];
  }

  take(): string | undefined {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  accept(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#next += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token)) throw this.unexpected();
  }

  unexpected(token = this.peek()): InvalidExpression {
    return new InvalidExpression(`error in expression '${this.#source}': unexpected ${token ? `'${token}'` : 'end'}`);
  }
}

/** A datapoint; undefined where the period has none. */
export type Point = number | undefined;

/** The operators over two numbers. A result that is not finite is not a datapoint. */
export const OPERATORS: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
  AND: (left, right) => Number(left !== 0 && right !== 0),
  OR: (left, right) => Number(left !== 0 || right !== 0),
};

/**
 * Applies an operator to one datapoint of each side. A missing datapoint counts as 0 where the other side has one. A
 * constant exists in every period, so a constant alone does not make a datapoint. A division by zero drops the
 * datapoint ("basic arithmetic functions"), so a ratio of two metrics without data is missing data, not 0.
 *
 * @param constant Which sides are constants.
 */
export function combine(
  operate: (left: number, right: number) => number,
  left: Point,
  right: Point,
  constant: { readonly left: boolean; readonly right: boolean },
): Point {
  const exists = (left !== undefined && !constant.left) || (right !== undefined && !constant.right);
  if (!exists) return undefined;
  const value = operate(left ?? 0, right ?? 0);
  return Number.isFinite(value) ? value : undefined;
}

/** Functions of one number. A missing datapoint stays missing. */
export const POINT_FUNCTIONS = { ABS: Math.abs, CEIL: Math.ceil, FLOOR: Math.floor } as const;

/**
 * Functions over several datapoints: those of one series, or those that several series have in one period.
 *
 * `size` includes the missing datapoints: CloudWatch's table of functions says that AVG treats missing values as 0, so
 * they count in the divisor.
 */
export const AGGREGATES = {
  AVG: (present, size) => present.reduce((sum, point) => sum + point, 0) / size,
  MAX: (present) => Math.max(...present),
  MIN: (present) => Math.min(...present),
  SUM: (present) => present.reduce((sum, point) => sum + point, 0),
} as const satisfies Readonly<Record<string, (present: readonly number[], size: number) => number>>;

/** @returns Whether a function is among {@link POINT_FUNCTIONS}. */
export function isPointFunction(name: FunctionName): name is keyof typeof POINT_FUNCTIONS {
  return Object.hasOwn(POINT_FUNCTIONS, name);
}

/** @returns Whether a function is among {@link AGGREGATES}. */
export function isAggregate(name: FunctionName): name is keyof typeof AGGREGATES {
  return Object.hasOwn(AGGREGATES, name);
}

/**
 * IF for one datapoint of each argument. A true condition without a value gives 0. A missing condition, and a false one
 * without a third argument, drop the datapoint ("using IF expressions").
 */
export function choose(condition: Point, then: () => Point, otherwise: () => Point): Point {
  if (condition === undefined) return undefined;
  return condition !== 0 ? (then() ?? 0) : otherwise();
}
