/** A value of one period; undefined where the period has no datapoint. */
export type Value = number | undefined;

/** A metric math expression of one period. */
export type Compute = (metric: (id: string) => Value) => Value;

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

const OPERATIONS: Readonly<Record<string, (left: number, right: number) => Value>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => (right === 0 ? undefined : left / right),
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

interface Node {
  /** a bare number is there in every period, so it does not make a datapoint by itself */
  readonly constant: boolean;
  readonly compute: Compute;
}

/**
 * Reads an expression. A missing operand counts as 0 where the other one is there, a division by zero drops the point
 * (CloudWatch guide, "metric math syntax and functions").
 *
 * @throws NotComputed
 */
export function readExpression(source: string): Compute {
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

  const binary = (level: number): Node => {
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

  const unary = (): Node => {
    if (peek() !== '-') return power();
    take();
    const { constant, compute } = unary();
    return { constant, compute: (metric) => mapped(compute(metric), (value) => -value) };
  };

  /** Binds closer than a sign before it: -2 ^ 2 is -4. */
  const power = (): Node => {
    const base = primary();
    if (peek() !== '^') return base;
    take();
    return operation(OPERATIONS['^']!, base, unary());
  };

  const primary = (): Node => {
    const token = take();
    if (token === '(') {
      const inner = binary(0);
      take(')');
      return inner;
    }
    if (/^\d/.test(token)) return { constant: true, compute: () => Number(token) };
    if (/^[a-z]/.test(token)) return { constant: false, compute: (metric) => metric(token) };
    if (peek() === '(') return call(token);
    throw new NotComputed(`the expression '${source}' cannot be read at '${token}'`);
  };

  const call = (name: string): Node => {
    const given: Node[] = [];
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

function operation(operate: (left: number, right: number) => Value, left: Node, right: Node): Node {
  return {
    constant: left.constant && right.constant,
    compute: (metric) => {
      const [a, b] = [left.compute(metric), right.compute(metric)];
      const there = (a !== undefined && !left.constant) || (b !== undefined && !right.constant);
      if (!there && !(left.constant && right.constant)) return undefined;
      return operate(a ?? 0, b ?? 0);
    },
  };
}

function calling(name: string, given: readonly Node[], listed: boolean): Node {
  const [first, second, third] = given;
  const present = (metric: (id: string) => Value) =>
    given.map(({ compute }) => compute(metric)).filter((value) => value !== undefined);
  const over = (aggregate: (values: readonly number[]) => number): Node => ({
    constant: false,
    compute: (metric) => {
      const values = present(metric);
      return values.length === 0 ? undefined : aggregate(values);
    },
  });
  if (listed) {
    if (name === 'MAX') return over((values) => Math.max(...values));
    if (name === 'MIN') return over((values) => Math.min(...values));
    if (name === 'SUM') return over((values) => values.reduce((sum, value) => sum + value, 0));
  } else if (first) {
    if (name === 'ABS') return { ...first, compute: (metric) => mapped(first.compute(metric), Math.abs) };
    if (name === 'CEIL') return { ...first, compute: (metric) => mapped(first.compute(metric), Math.ceil) };
    if (name === 'FLOOR') return { ...first, compute: (metric) => mapped(first.compute(metric), Math.floor) };
    if (name === 'FILL' && second?.constant) {
      return { constant: false, compute: (metric) => first.compute(metric) ?? second.compute(metric) };
    }
    if (name === 'IF' && second) {
      const compute: Compute = (metric) => {
        const condition = first.compute(metric);
        if (condition === undefined) return undefined;
        return condition !== 0 ? (second.compute(metric) ?? 0) : third?.compute(metric);
      };
      return { constant: false, compute };
    }
  }
  throw new NotComputed(`the metric math function ${name}${listed ? ' of a list' : ''}, as it is used here`);
}

function mapped(value: Value, by: (value: number) => number): Value {
  return value === undefined ? undefined : by(value);
}
