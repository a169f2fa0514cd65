import { invalid } from '../embedded-aws/cloudwatch/input';
import { Unsupported } from '../embedded-aws/errors';

/** The functions that metric math has here; CloudWatch has more. */
export const functions = [
  'ABS',
  'AVG',
  'CEIL',
  'FILL',
  'FLOOR',
  'IF',
  'MAX',
  'METRICS',
  'MIN',
  'PERIOD',
  'SUM',
] as const;

export type FunctionName = (typeof functions)[number];

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

/** Loosest first; operators of one row bind alike, from the left. */
const precedence: readonly Readonly<Record<string, Operator>>[] = [
  { OR: 'OR', '||': 'OR' },
  { AND: 'AND', '&&': 'AND' },
  { '==': '==', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' },
  { '+': '+', '-': '-' },
  { '*': '*', '/': '/' },
];

/**
 * Reads a metric math expression.
 *
 * @throws Unsupported naming a function that is not among {@link functions}; AwsError ValidationError otherwise
 */
export function parseExpression(source: string): Expression {
  const tokens = new Tokens(source);
  const expression = operation(tokens, 0);
  if (tokens.peek() !== undefined) throw tokens.unexpected();
  return expression;
}

function operation(tokens: Tokens, level: number): Expression {
  const row = precedence[level];
  if (!row) return unary(tokens);
  let left = operation(tokens, level + 1);
  for (;;) {
    const operator = row[tokens.peek() ?? ''];
    if (!operator) return left;
    tokens.take();
    left = { type: 'operation', operator, left, right: operation(tokens, level + 1) };
  }
}

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
    const name = functions.find((each) => each === token);
    if (!name) throw new Unsupported(`the metric math function ${token}`);
    return { type: 'call', name, arguments: items(tokens, ')') };
  }
  throw tokens.unexpected(token);
}

function items(tokens: Tokens, end: string): Expression[] {
  const found: Expression[] = [];
  if (tokens.accept(end)) return found;
  do found.push(operation(tokens, 0));
  while (tokens.accept(','));
  tokens.expect(end);
  return found;
}

class Tokens {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(private readonly source: string) {
    const pattern = /\s*(\d+\.?\d*|\.\d+|[A-Za-z_]\w*|"[^"]*"|'[^']*'|&&|\|\||[=!<>]=|[-+*/^<>()[\],]|\S)/gy;
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

  unexpected(token = this.peek()): Error {
    return invalid(`error in expression '${this.source}': unexpected ${token ? `'${token}'` : 'end'}`);
  }
}
