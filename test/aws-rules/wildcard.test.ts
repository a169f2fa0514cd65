import { compareOperator, isOperator } from '../../aws-rules/access/operators';
import { matchesArn, matchesWildcard } from '../../aws-rules/wildcard';
import vectors from './vectors/wildcard.json';

test.each(vectors.cases)('$operator: $pattern matches "$text": $matches', ({ operator, pattern, text, matches }) => {
  expect(compareOperator(operator, pattern, text)).toBe(matches);
  if (operator === 'StringLike') expect(matchesWildcard(pattern, text)).toBe(matches);
  if (operator === 'ArnLike') expect(matchesArn(pattern, text)).toBe(matches);
});

test('an operator that is not IAM’s is not known', () => {
  expect(['StringLike', 'IpAddress', 'toString'].map(isOperator)).toEqual([true, false, false]);
});
