import {
  AGGREGATES,
  choose,
  combine,
  type Expression,
  type FunctionName,
  InvalidExpression,
  isAggregate,
  isPointFunction,
  NotComputed,
  OPERATORS,
  type Operator,
  POINT_FUNCTIONS,
  type Point,
  parseExpression,
} from '../../aws-rules/metric-math';
import { Unsupported } from '../errors';
import { invalid } from './input';

/** One datapoint per period, oldest first. */
export type Series = readonly Point[];

/** The data types of metric math (CloudWatch user guide, "data type abbreviations": S, TS, TS[]). */
type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'series'; readonly points: Series }
  | { readonly type: 'list'; readonly series: readonly Series[] };

/** The values that an expression can refer to. */
export interface QueryScope {
  /** Seconds. */
  readonly period: number;
  /** Number of periods of every series. */
  readonly length: number;
  /**
   * @returns The series of another query.
   * @throws AwsError when there is none.
   */
  series(id: string): Series;
  /** @returns Every metric (not expression) whose id contains the text. */
  metrics(containing: string): readonly Series[];
}

/**
 * Parses an expression.
 *
 * @throws AwsError ValidationError when it is not metric math.
 * @throws Unsupported for a function that is not implemented.
 */
export function readExpression(source: string): Expression {
  try {
    return parseExpression(source);
  } catch (error) {
    if (error instanceof InvalidExpression) throw invalid(error.message);
    if (error instanceof NotComputed) throw new Unsupported(error.message);
    throw error;
  }
}

/**
 * Computes an expression over whole series.
 *
 * @throws AwsError ValidationError when an operand has the wrong type.
 */
export function evaluate(expression: Expression, scope: QueryScope): Value {
  switch (expression.type) {
    case 'number':
      return { type: 'scalar', value: expression.value };
    case 'text':
      throw invalid(`'${expression.value}' is text; write a number or the id of a metric`);
    case 'reference':
      return { type: 'series', points: scope.series(expression.id) };
    case 'list':
      return { type: 'list', series: expression.items.flatMap((item) => seriesOf(evaluate(item, scope), scope)) };
    case 'negation':
      return mapped(evaluate(expression.of, scope), (value) => -value);
    case 'operation':
      return operate(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope));
    case 'call':
      return call(expression.name, expression.arguments, scope);
  }
}

function operate(operator: Operator, left: Value, right: Value): Value {
  if (left.type === 'scalar' && right.type === 'scalar') {
    return { type: 'scalar', value: OPERATORS[operator](left.value, right.value) };
  }
  if (left.type === 'list' || right.type === 'list') {
    const lefts = left.type === 'list' ? left.series : undefined;
    const rights = right.type === 'list' ? right.series : undefined;
    if (lefts && rights && lefts.length !== rights.length)
      throw invalid(`lists of ${lefts.length} and ${rights.length} time series cannot be combined`);
    const series = (lefts ?? rights)!.map((_, index) =>
      combined(operator, lefts ? lefts[index]! : operand(left), rights ? rights[index]! : operand(right)),
    );
    return { type: 'list', series };
  }
  return { type: 'series', points: combined(operator, operand(left), operand(right)) };
}

function operand(value: Value): Series | number {
  if (value.type === 'list')
    throw invalid('a list of time series is not allowed here; write a number or one time series');
  return value.type === 'scalar' ? value.value : value.points;
}

function combined(operator: Operator, left: Series | number, right: Series | number): Series {
  const constant = { left: typeof left === 'number', right: typeof right === 'number' };
  const length = typeof left === 'number' ? (right as Series).length : left.length;
  return Array.from({ length }, (_, index) =>
    combine(OPERATORS[operator], at(left, index), at(right, index), constant),
  );
}

function at(value: Series | number, index: number): Point {
  return typeof value === 'number' ? value : value[index];
}

function mapped(value: Value, apply: (value: number) => number): Value {
  const over = (series: Series) => series.map((point) => (point === undefined ? undefined : apply(point)));
  if (value.type === 'scalar') return { type: 'scalar', value: apply(value.value) };
  if (value.type === 'series') return { type: 'series', points: over(value.points) };
  return { type: 'list', series: value.series.map(over) };
}

function call(name: FunctionName, given: readonly Expression[], scope: QueryScope): Value {
  const value = (index: number): Value => {
    const argument = given[index];
    if (!argument) throw invalid(`${name} has only ${given.length} argument(s)`);
    return evaluate(argument, scope);
  };
  if (isPointFunction(name)) return mapped(value(0), POINT_FUNCTIONS[name]);
  if (isAggregate(name)) return aggregate(name, value(0), AGGREGATES[name]);
  switch (name) {
    case 'PERIOD':
      return { type: 'scalar', value: scope.period };
    case 'METRICS':
      return { type: 'list', series: scope.metrics(given[0]?.type === 'text' ? given[0].value : '') };
    case 'FILL':
      return fill(value(0), given[1], scope);
    case 'IF':
      return chosen(value(0), value(1), given[2] && value(2));
  }
}

/** Aggregates one series to a number, a list of series to one series. */
function aggregate(
  name: FunctionName,
  value: Value,
  over: (present: readonly number[], size: number) => number,
): Value {
  const present = (points: Series) => points.filter((point) => point !== undefined);
  if (value.type === 'scalar') throw invalid(`${name} needs a time series or a list of them, not a number`);
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

function fill(value: Value, filler: Expression | undefined, scope: QueryScope): Value {
  if (!filler) throw invalid('FILL needs a second argument, the value for missing datapoints');
  if (filler.type === 'text' && filler.value !== 'REPEAT') throw new Unsupported(`FILL with ${filler.value}`);
  const source = filler.type === 'text' ? undefined : operand(evaluate(filler, scope));
  const filled = (points: Series): Series => {
    let last: Point;
    return points.map((point, index) => {
      last = point ?? last;
      return point ?? (source === undefined ? last : at(source, index));
    });
  };
  if (value.type === 'scalar') throw invalid('FILL needs a time series, not a number');
  if (value.type === 'series') return { type: 'series', points: filled(value.points) };
  return { type: 'list', series: value.series.map(filled) };
}

function chosen(condition: Value, yes: Value, no: Value | undefined): Value {
  const [test, then, otherwise] = [operand(condition), operand(yes), no && operand(no)];
  const length = [test, then, otherwise].find((argument): argument is Series => typeof argument === 'object')?.length;
  if (length === undefined) throw invalid('IF needs at least one time series among its arguments');
  const points = Array.from({ length }, (_, index) =>
    choose(
      at(test, index),
      () => at(then, index),
      () => (otherwise === undefined ? undefined : at(otherwise, index)),
    ),
  );
  return { type: 'series', points };
}

/** @returns The series of a value. A number becomes a series that has it in every period. */
export function seriesOf(value: Value, scope: QueryScope): readonly Series[] {
  if (value.type === 'list') return value.series;
  if (value.type === 'series') return [value.points];
  return [Array.from({ length: scope.length }, () => value.value)];
}
