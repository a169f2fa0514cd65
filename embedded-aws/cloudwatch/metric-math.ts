import type { Expression, FunctionName, Operator } from '../../aws-rules/metric-math';
import { Unsupported } from '../errors';
import { invalid } from './input';

/** One value a period, oldest first; undefined where the period has none. */
export type Series = readonly (number | undefined)[];

/** What metric math computes with (CW, "data type abbreviations": S, TS, TS[]). */
export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'series'; readonly points: Series }
  | { readonly type: 'list'; readonly series: readonly Series[] };

/** What an expression may refer to. */
export interface Scope {
  /** seconds */
  readonly period: number;
  /** how many periods every series has */
  readonly length: number;
  /** @returns the series of another query; throws when there is none */
  series(id: string): Series;
  /** @returns every metric (not expression) whose id contains the text */
  metrics(containing: string): readonly Series[];
}

/**
 * Computes an expression. A missing value counts as 0 wherever the other operand has one; a division by zero drops the
 * point (CW, "basic arithmetic functions"), so a ratio of two silent metrics is missing data, not 0.
 *
 * @throws AwsError ValidationError when an operand has the wrong type
 */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.type) {
    case 'number':
      return { type: 'scalar', value: expression.value };
    case 'text':
      throw invalid(`'${expression.value}' stands where metric math wants a value`);
    case 'reference':
      return { type: 'series', points: scope.series(expression.id) };
    case 'list':
      return { type: 'list', series: expression.items.flatMap((item) => seriesOf(evaluate(item, scope), scope)) };
    case 'negation':
      return each(evaluate(expression.of, scope), (value) => -value);
    case 'operation':
      return operate(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope));
    case 'call':
      return call(expression.name, expression.arguments, scope);
  }
}

const operations: Readonly<Record<Operator, (left: number, right: number) => number | undefined>> = {
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

function operate(operator: Operator, left: Value, right: Value): Value {
  const apply = operations[operator];
  if (left.type === 'scalar' && right.type === 'scalar') {
    return { type: 'scalar', value: apply(left.value, right.value) ?? Number.NaN };
  }
  if (left.type === 'list' || right.type === 'list') {
    const lefts = left.type === 'list' ? left.series : undefined;
    const rights = right.type === 'list' ? right.series : undefined;
    if (lefts && rights && lefts.length !== rights.length) throw invalid('metric math combines lists of two lengths');
    const series = (lefts ?? rights)!.map((_, index) =>
      combine(apply, lefts ? lefts[index]! : operand(left), rights ? rights[index]! : operand(right)),
    );
    return { type: 'list', series };
  }
  return { type: 'series', points: combine(apply, operand(left), operand(right)) };
}

function operand(value: Value): Series | number {
  if (value.type === 'list') throw invalid('metric math wants a number or one time series, and has a list of them');
  return value.type === 'scalar' ? value.value : value.points;
}

function combine(
  apply: (left: number, right: number) => number | undefined,
  left: Series | number,
  right: Series | number,
): Series {
  const length = typeof left === 'number' ? (right as Series).length : left.length;
  return Array.from({ length }, (_, index) => {
    const a = at(left, index);
    const b = at(right, index);
    // A number beside a series exists at every time, so only the series says whether there is a point.
    const exists = (typeof left !== 'number' && a !== undefined) || (typeof right !== 'number' && b !== undefined);
    const value = exists ? apply(a ?? 0, b ?? 0) : undefined;
    return Number.isFinite(value) ? value : undefined;
  });
}

function at(value: Series | number, index: number): number | undefined {
  return typeof value === 'number' ? value : value[index];
}

function each(value: Value, apply: (value: number) => number): Value {
  const over = (series: Series) => series.map((point) => (point === undefined ? undefined : apply(point)));
  if (value.type === 'scalar') return { type: 'scalar', value: apply(value.value) };
  if (value.type === 'series') return { type: 'series', points: over(value.points) };
  return { type: 'list', series: value.series.map(over) };
}

function call(name: FunctionName, given: readonly Expression[], scope: Scope): Value {
  const value = (index: number): Value => {
    const argument = given[index];
    if (!argument) throw invalid(`${name} has ${given.length} argument(s), too few`);
    return evaluate(argument, scope);
  };
  switch (name) {
    case 'ABS':
      return each(value(0), Math.abs);
    case 'CEIL':
      return each(value(0), Math.ceil);
    case 'FLOOR':
      return each(value(0), Math.floor);
    case 'AVG':
      // CloudWatch's table says of AVG that missing values are treated as 0: they count in the divisor.
      return aggregate(value(0), (values, size) => values.reduce((sum, point) => sum + point, 0) / size);
    case 'SUM':
      return aggregate(value(0), (values) => values.reduce((sum, point) => sum + point, 0));
    case 'MAX':
      return aggregate(value(0), (values) => Math.max(...values));
    case 'MIN':
      return aggregate(value(0), (values) => Math.min(...values));
    case 'PERIOD':
      return { type: 'scalar', value: scope.period };
    case 'METRICS':
      return { type: 'list', series: scope.metrics(given[0]?.type === 'text' ? given[0].value : '') };
    case 'FILL':
      return fill(value(0), given[1], scope);
    case 'IF':
      return choose(value(0), value(1), given[2] && value(2));
  }
}

/** Over one series to a number, over a list of series to one series. */
function aggregate(value: Value, over: (present: readonly number[], size: number) => number): Value {
  const present = (points: Series) => points.filter((point) => point !== undefined);
  if (value.type === 'scalar') throw invalid('metric math aggregates a number');
  if (value.type === 'series') {
    const values = present(value.points);
    return { type: 'scalar', value: values.length === 0 ? 0 : over(values, value.points.length) };
  }
  const length = value.series[0]?.length ?? 0;
  const points = Array.from({ length }, (_, index) => {
    const values = present(value.series.map((series) => series[index]));
    return values.length === 0 ? undefined : over(values, value.series.length);
  });
  return { type: 'series', points };
}

function fill(value: Value, filler: Expression | undefined, scope: Scope): Value {
  if (!filler) throw invalid('FILL wants a series and what to fill it with');
  if (filler.type === 'text' && filler.value !== 'REPEAT') throw new Unsupported(`FILL with ${filler.value}`);
  const source = filler.type === 'text' ? undefined : operand(evaluate(filler, scope));
  const filled = (points: Series): Series => {
    let last: number | undefined;
    return points.map((point, index) => {
      last = point ?? last;
      return point ?? (source === undefined ? last : at(source, index));
    });
  };
  if (value.type === 'scalar') throw invalid('FILL wants a series, and has a number');
  if (value.type === 'series') return { type: 'series', points: filled(value.points) };
  return { type: 'list', series: value.series.map(filled) };
}

/** CW, "using IF expressions": a true point without a value is 0, a false one is dropped, a missing condition too. */
function choose(condition: Value, yes: Value, no: Value | undefined): Value {
  const [test, then, otherwise] = [operand(condition), operand(yes), no && operand(no)];
  const length = [test, then, otherwise].find((each): each is Series => typeof each === 'object')?.length;
  if (length === undefined) throw invalid('IF wants at least one series among its arguments');
  const points = Array.from({ length }, (_, index) => {
    const chosen = at(test, index);
    if (chosen === undefined) return undefined;
    if (chosen !== 0) return at(then, index) ?? 0;
    return otherwise === undefined ? undefined : at(otherwise, index);
  });
  return { type: 'series', points };
}

/** @returns the series a value stands for, a number becoming one that has it everywhere */
export function seriesOf(value: Value, scope: Scope): readonly Series[] {
  if (value.type === 'list') return value.series;
  if (value.type === 'series') return [value.points];
  return [Array.from({ length: scope.length }, () => value.value)];
}
