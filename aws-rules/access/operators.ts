import { matchesArn, matchesWildcard } from '../wildcard';

/** Values of a request by condition key in lower case. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

type Compare = (expected: string, actual: string) => boolean;

const numbers = (compare: (expected: number, actual: number) => boolean): Compare => {
  return (expected, actual) => compare(Number(expected), Number(actual));
};
/** Dates are in ISO 8601 or in seconds since the epoch. */
const instant = (date: string): number => (/^\d+$/.test(date) ? Number(date) * 1000 : Date.parse(date));
const dates = (compare: (expected: number, actual: number) => boolean): Compare => {
  return (expected, actual) => compare(instant(expected), instant(actual));
};
const isEqual = (expected: number, actual: number) => expected === actual;

/** How an operator that is met by a match compares the value in the policy with the one in the request. */
const POSITIVE: Readonly<Record<string, Compare>> = {
  StringEquals: (expected, actual) => expected === actual,
  StringEqualsIgnoreCase: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  StringLike: matchesWildcard,
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  NumericEquals: numbers(isEqual),
  NumericLessThan: numbers((expected, actual) => actual < expected),
  NumericLessThanEquals: numbers((expected, actual) => actual <= expected),
  NumericGreaterThan: numbers((expected, actual) => actual > expected),
  NumericGreaterThanEquals: numbers((expected, actual) => actual >= expected),
  DateEquals: dates(isEqual),
  DateLessThan: dates((expected, actual) => actual < expected),
  DateLessThanEquals: dates((expected, actual) => actual <= expected),
  DateGreaterThan: dates((expected, actual) => actual > expected),
  DateGreaterThanEquals: dates((expected, actual) => actual >= expected),
};

/** The operators that are met when nothing matches, and the operator that compares for them. */
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

/**
 * Whether a condition operator is evaluated. `IpAddress`, `NotIpAddress` and `BinaryEquals` are not: a request to the
 * embedded AWS has no address.
 */
export function isOperator(operator: string): boolean {
  return operator === 'Null' || Object.hasOwn(POSITIVE, operator) || Object.hasOwn(NEGATED, operator);
}

/** @returns Whether an operator is met by a match; a negated one is met when nothing matches. */
export function isPositive(operator: string): boolean {
  return !Object.hasOwn(NEGATED, operator);
}

/** @returns Whether the value in a policy matches the one in the request, whether the operator is met by that or not. */
export function compareOperator(operator: string, expected: string, actual: string): boolean {
  return POSITIVE[NEGATED[operator] ?? operator]!(expected, actual);
}
