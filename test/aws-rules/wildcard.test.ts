import { isTextOperator, matchesArn, matchesWildcard, meetsTextCondition } from '../../aws-rules/wildcard';
import vectors from './vectors/wildcard.json';

test.each(vectors.cases)('$operator: $pattern matches "$text": $matches', ({ operator, pattern, text, matches }) => {
  expect(meetsTextCondition(operator, text, [pattern])).toBe(matches);
  if (operator === 'StringLike') expect(matchesWildcard(pattern, text)).toBe(matches);
  if (operator === 'ArnLike') expect(matchesArn(pattern, text)).toBe(matches);
});

test('one of several expected values is enough', () => {
  expect(meetsTextCondition('StringLike', 'order-7', ['x', 'order-*'])).toBe(true);
  expect(meetsTextCondition('StringLike', 'order-7', [])).toBe(false);
});

test('an operator that does not compare text is not known', () => {
  expect(['StringLike', 'NumericLessThan', 'toString'].map(isTextOperator)).toEqual([true, false, false]);
});
