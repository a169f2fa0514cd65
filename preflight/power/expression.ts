import {
  AGGREGATES,
  choose,
  combine,
  type Expression,
  InvalidExpression,
  isPointFunction,
  NotComputed,
  OPERATORS,
  POINT_FUNCTIONS,
  type Point,
  parseExpression,
} from '../../aws-rules/metric-math';

/** A metric, or an expression over metrics, as a function of what happened in one period. */
export type Compute<T> = (period: T) => Point;

interface Compiled<T> {
  /** Whether it consists of numbers only. They exist in every period, so they do not make a datapoint. */
  readonly constant: boolean;
  readonly compute: Compute<T>;
}

/** The aggregates of a list of series that can be computed from one period. */
const LIST_FUNCTIONS = ['MAX', 'MIN', 'SUM'] as const;

/**
 * Compiles an expression to a function of one period, because it is evaluated for very many periods.
 *
 * @param metric Resolves an id, once for each of its occurrences.
 * @throws NotComputed when it is not metric math, or uses a function that needs more than one period.
 */
export function compileExpression<T>(source: string, metric: (id: string) => Compute<T>): Compute<T> {
  const compile = (expression: Expression): Compiled<T> => {
    switch (expression.type) {
      case 'number': {
        const { value } = expression;
        return { constant: true, compute: () => value };
      }
      case 'reference':
        return { constant: false, compute: metric(expression.id) };
      case 'negation':
        return mapped(compile(expression.of), (value) => -value);
      case 'operation':
        return operation(OPERATORS[expression.operator], compile(expression.left), compile(expression.right));
      case 'call':
        return call(expression);
      case 'list':
        throw notComputed('a list');
      case 'text':
        throw notComputed(`the text '${expression.value}'`);
    }
  };

  const call = ({ name, arguments: given }: Extract<Expression, { type: 'call' }>): Compiled<T> => {
    const [argument] = given;
    if (argument?.type === 'list') {
      const aggregate = LIST_FUNCTIONS.find((known) => known === name);
      if (!aggregate || given.length > 1) throw notComputed(`the metric math function ${name} of a list`);
      return aggregated(AGGREGATES[aggregate], argument.items.map(compile));
    }
    const [first, second, third] = given.map(compile);
    if (first && isPointFunction(name)) return mapped(first, POINT_FUNCTIONS[name]);
    if (first && second?.constant && name === 'FILL') {
      return { constant: false, compute: (period) => first.compute(period) ?? second.compute(period) };
    }
    if (first && second && name === 'IF') {
      const compute: Compute<T> = (period) =>
        choose(
          first.compute(period),
          () => second.compute(period),
          () => third?.compute(period),
        );
      return { constant: false, compute };
    }
    throw notComputed(`the metric math function ${name}`);
  };

  return compile(parse(source)).compute;
}

function parse(source: string): Expression {
  try {
    return parseExpression(source);
  } catch (error) {
    if (error instanceof InvalidExpression) throw new NotComputed(error.message);
    if (error instanceof NotComputed) throw notComputed(error.message);
    throw error;
  }
}

function notComputed(what: string): NotComputed {
  return new NotComputed(`${what}, as it is used here`);
}

function operation<T>(
  operate: (left: number, right: number) => number,
  left: Compiled<T>,
  right: Compiled<T>,
): Compiled<T> {
  const isConstant = left.constant && right.constant;
  const constant = { left: left.constant && !isConstant, right: right.constant && !isConstant };
  return {
    constant: isConstant,
    compute: (period) => combine(operate, left.compute(period), right.compute(period), constant),
  };
}

function mapped<T>({ constant, compute }: Compiled<T>, apply: (value: number) => number): Compiled<T> {
  return {
    constant,
    compute: (period) => {
      const value = compute(period);
      return value === undefined ? undefined : apply(value);
    },
  };
}

function aggregated<T>(
  over: (present: readonly number[], size: number) => number,
  items: readonly Compiled<T>[],
): Compiled<T> {
  return {
    constant: false,
    compute: (period) => {
      const values = items.map(({ compute }) => compute(period)).filter((value) => value !== undefined);
      return values.length === 0 ? undefined : over(values, items.length);
    },
  };
}
