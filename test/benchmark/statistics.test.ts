import { mean, median, proportion } from '../../benchmark/statistics';

// Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('the interval of %i in %i is Wilson’s', (count, of, low, high) => {
  const share = proportion(count, of);
  expect(share.low).toBeCloseTo(low, 4);
  expect(share.high).toBeCloseTo(high, 4);
});

test('an interval ends at 1 when all were counted, and is 0 to 1 without observations', () => {
  expect(proportion(20, 20)).toMatchObject({ share: 1, high: 1 });
  expect(proportion(20, 20).low).toBeCloseTo(0.8389, 4);
  expect(proportion(0, 0)).toEqual({ count: 0, of: 0, share: 0, low: 0, high: 1 });
});

test('the median of an even number of values is the mean of the two in the middle', () => {
  expect([median([9, 1, 10, 2]), median([3, 1, 2]), median([])]).toEqual([5.5, 2, undefined]);
  expect([mean([1, 2, 6]), mean([])]).toEqual([3, undefined]);
});
