/** A value of one period; undefined where the period has no datapoint. */
export type Value = number | undefined;

/** A metric, or an expression over metrics, as a function of what happened in one period. */
export type Compute<T> = (period: T) => Value;

/** What of metric math is not computed here; its message says what, by name. */
export class NotComputed extends Error {
  override readonly name = 'NotComputed';
}

const BINARY: readonly (readonly string[])[] = [
  ['OR', '||'],
  ['AND', '&&'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
];

const OPERATIONS: Readonly<Record<string, (left: number, right: number) => number>> = {
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

interface Node<T> {
  /** a bare number is there in every period, so it does not make a datapoint by itself */
  readonly constant: boolean;
  readonly compute: Compute<T>;
}

/**
 * Reads an expression. A missing operand counts as 0 where the other one is there, a division by zero, or any result that
 * is no number, drops the point (CloudWatch guide, "metric math syntax and functions").
 *
 * @param metric resolves an id, once for each place where it stands
 * @throws NotComputed
 */
export function readExpression<T>(source: string, metric: (id: string) => Compute<T>): Compute<T> {
  const tokens = source.match(/\d+(?:\.\d+)?|[A-Za-z]\w*|[<>=!]=|&&|\|\||[-+*/^<>(),[\]]|\S/g) ?? [];
  let next = 0;
  const peek = () => tokens[next];
  const take = (wanted?: string): string => {
    const token = tokens[next];
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new NotComputed(`the expression '${source}' cannot be read at '${token ?? 'its end'}'`);
    }
    next += 1;
    return token;
  };

  const binary = (level: number): Node<T> => {
    const operators = BINARY[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    while (operators.includes(peek() ?? '')) {
      const token = take();
      const operate = OPERATIONS[token === '&&' ? 'AND' : token === '||' ? 'OR' : token]!;
      left = operation(operate, left, binary(level + 1));
    }
    return left;
  };

  const unary = (): Node<T> => {
    if (peek() !== '-') return power();
    take();
    const { constant, compute } = unary();
    return { constant, compute: (period) => mapped(compute(period), (value) => -value) };
  };

  /** Binds closer than a sign before it: -2 ^ 2 is -4. */
  const power = (): Node<T> => {
    const base = primary();
    if (peek() !== '^') return base;
    take();
    return operation(OPERATIONS['^']!, base, unary());
  };

  const primary = (): Node<T> => {
    const token = take();
    if (token === '(') {
      const inner = binary(0);
      take(')');
      return inner;
    }
    if (/^\d/.test(token)) return { constant: true, compute: () => Number(token) };
    if (/^[a-z]/.test(token)) return { constant: false, compute: metric(token) };
    if (peek() === '(') return call(token);
    throw new NotComputed(`the expression '${source}' cannot be read at '${token}'`);
  };

  const call = (name: string): Node<T> => {
    const given: Node<T>[] = [];
    take('(');
    const listed = peek() === '[';
    if (listed) take('[');
    while (peek() !== ')' && peek() !== ']') {
      given.push(binary(0));
      if (peek() === ',') take();
    }
    if (listed) take(']');
    take(')');
    return calling(name, given, listed);
  };

  const { compute } = binary(0);
  if (next < tokens.length) take('the end');
  return compute;
}

function operation<T>(operate: (left: number, right: number) => number, left: Node<T>, right: Node<T>): Node<T> {
  const constant = left.constant && right.constant;
  return {
    constant,
    compute: (period) => {
      const a = left.compute(period);
      const b = right.compute(period);
      const there = constant || (a !== undefined && !left.constant) || (b !== undefined && !right.constant);
      if (!there) return undefined;
      const value = operate(a ?? 0, b ?? 0);
      return Number.isFinite(value) ? value : undefined;
    },
  };
}

function calling<T>(name: string, given: readonly Node<T>[], listed: boolean): Node<T> {
  const [first, second, third] = given;
  const over = (aggregate: (values: readonly number[]) => number): Node<T> => ({
    constant: false,
    compute: (period) => {
      const values = given.map(({ compute }) => compute(period)).filter((value) => value !== undefined);
      return values.length === 0 ? undefined : aggregate(values);
    },
  });
  if (listed) {
    if (name === 'MAX') return over((values) => Math.max(...values));
    if (name === 'MIN') return over((values) => Math.min(...values));
    if (name === 'SUM') return over((values) => values.reduce((sum, value) => sum + value, 0));
  } else if (first) {
    if (name === 'ABS') return { ...first, compute: (period) => mapped(first.compute(period), Math.abs) };
    if (name === 'CEIL') return { ...first, compute: (period) => mapped(first.compute(period), Math.ceil) };
    if (name === 'FLOOR') return { ...first, compute: (period) => mapped(first.compute(period), Math.floor) };
    if (name === 'FILL' && second?.constant) {
      return { constant: false, compute: (period) => first.compute(period) ?? second.compute(period) };
    }
    if (name === 'IF' && second) {
      const compute: Compute<T> = (period) => {
        const condition = first.compute(period);
        if (condition === undefined) return undefined;
        return condition !== 0 ? (second.compute(period) ?? 0) : third?.compute(period);
      };
      return { constant: false, compute };
    }
  }
  throw new NotComputed(`the metric math function ${name}${listed ? ' of a list' : ''}, as it is used here`);
}

function mapped(value: Value, by: (value: number) => number): Value {
  return value === undefined ? undefined : by(value);
}
