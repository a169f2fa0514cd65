import { conditionalValues } from '../../aws-rules/conditional-values';

const NOTHING = { Ref: 'AWS::NoValue' };
const when = (condition: string, yes: unknown, no: unknown) => ({ 'Fn::If': [condition, yes, no] });

test('a value without conditions is itself', () => {
  expect(conditionalValues({ a: [1, null] })).toEqual([{ a: [1, null] }]);
});

test('a condition gives a value for each way in which it comes out, also where it is used twice', () => {
  expect(conditionalValues({ a: when('C', 1, 2), b: when('C', 3, NOTHING) })).toEqual([{ a: 1, b: 3 }, { a: 2 }]);
});

test('AWS::NoValue is left out of properties and lists', () => {
  expect(conditionalValues([when('C', { a: NOTHING }, NOTHING), 1])).toEqual([[{}, 1], [1]]);
  expect(conditionalValues(NOTHING)).toEqual([undefined]);
});

test('nested conditions reach every branch', () => {
  expect(conditionalValues(when('A', when('B', 1, 2), 3))).toEqual([1, 2, 3, 3]);
});

test('of many conditions every branch is reached without combining all', () => {
  const values = conditionalValues(Array.from({ length: 12 }, (_, index) => when(`C${index}`, 1, 0))) as number[][];
  expect(values.length).toBe(14);
  for (let index = 0; index < 12; index++) expect(new Set(values.map((each) => each[index]))).toEqual(new Set([0, 1]));
});
