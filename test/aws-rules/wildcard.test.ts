import { compareOperator, isOperator } from '../../aws-rules/access/operators';
import { matchesArn, matchesWildcard, wildcardsMeet } from '../../aws-rules/wildcard';
import vectors from './vectors/wildcard.json';

test.each(vectors.cases)('$operator: $pattern matches "$text": $matches', ({ operator, pattern, text, matches }) => {
  expect(compareOperator(operator, pattern, text)).toBe(matches);
  if (operator === 'StringLike') expect(matchesWildcard(pattern, text)).toBe(matches);
  if (operator === 'ArnLike') expect(matchesArn(pattern, text)).toBe(matches);
});

test('an operator that is not IAM’s is not known', () => {
  expect(['StringLike', 'IpAddress', 'toString'].map(isOperator)).toEqual([true, false, false]);
});

test.each([
  ['a', 'a', true],
  ['a', 'b', false],
  ['*', '', true],
  ['', 'a', false],
  ['a*', '*b', true],
  ['a*c', 'ab*', true],
  ['a*c', 'b*', false],
  ['a?c', 'abc', true],
  ['a?', 'a', false],
  ['table/*', 'table/shop-*', true],
  ['table/other', 'table/shop-*', false],
  ['log-group:/aws/lambda/shop-prod*:*', 'log-group:/aws/lambda/shop-prod-*', true],
  ['**', 'x', true],
])('some text matches both %s and %s: %s', (one, other, expected) => {
  expect(wildcardsMeet(one, other)).toBe(expected);
  expect(wildcardsMeet(other, one)).toBe(expected);
});
