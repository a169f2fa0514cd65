import { isTextOperator, matchesWildcard, meetsTextCondition } from '../../aws-rules/wildcard';
import vectors from './vectors/wildcard.json';

test.each(vectors.cases)('$pattern matches "$text": $matches', ({ pattern, text, matches }) => {
  expect(matchesWildcard(pattern, text)).toBe(matches);
});

test('wildcards count in StringLike, ArnLike and ArnEquals, and not in StringEquals', () => {
  const operators = ['StringLike', 'ArnLike', 'ArnEquals', 'StringEquals'];
  expect(operators.map((operator) => meetsTextCondition(operator, 'order-7', ['x', 'order-*']))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(meetsTextCondition('StringEquals', 'order-7', ['order-7'])).toBe(true);
  expect(isTextOperator('NumericLessThan')).toBe(false);
});
