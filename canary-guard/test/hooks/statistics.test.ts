import { fisher, mannWhitney, median } from '../../hooks/statistics';
import { seeded } from './modelled-function';

test('the median is the middle value, or the mean of two', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
});

// By counting: of all ways to deal the failures out, those that give ours so many or more.
test.each([
  [4, 4, 0, 4, 1 / 70],
  [3, 10, 0, 10, 120 / 1140],
  [7, 71, 0, 68, 0.0077948],
  [0, 10, 5, 10, 1],
])("Fisher's test of %i of %i against %i of %i", (failed, of, theirs, ofTheirs, p) => {
  expect(fisher({ failed, of }, { failed: theirs, of: ofTheirs })).toBeCloseTo(p, 6);
});

test("Fisher's test agrees with shuffling", () => {
  const random = seeded(4);
  const outcomes = Array.from({ length: 40 }, (_, index) => index < 9);
  let extreme = 0;
  const rounds = 1_500;
  for (let round = 0; round < rounds; round += 1) {
    const shuffled = outcomes.map((failed) => ({ failed, at: random() })).sort((a, b) => a.at - b.at);
    if (shuffled.slice(0, 20).filter(({ failed }) => failed).length >= 7) extreme += 1;
  }
  expect(extreme / rounds).toBeCloseTo(fisher({ failed: 7, of: 20 }, { failed: 2, of: 20 }), 1.8);
});

test('the Mann-Whitney test gives complete separation of eight and eight a small chance, and the other way round none', () => {
  const low = [1, 2, 3, 4, 5, 6, 7, 8];
  const high = low.map((value) => value + 10);
  // z = (32 - 0.5) / sqrt(8 * 8 * 17 / 12) = 3.308
  expect(mannWhitney(high, low)).toBeCloseTo(0.00047, 5);
  expect(mannWhitney(low, high)).toBeGreaterThan(0.999);
});

test('the Mann-Whitney test corrects for ties, and finds no difference where all is equal or nothing is there', () => {
  // ranks 1.5 1.5 4 4 4 6: z = (11.5 - 6 - 4.5 - 0.5) / sqrt(9 / 12 * (7 - 30 / 30)) = 0.2357
  expect(mannWhitney([1, 2, 3], [1, 2, 2])).toBeCloseTo(0.40683, 5);
  expect([mannWhitney([5, 5], [5, 5]), mannWhitney([], [1])]).toEqual([1, 1]);
});

test.each([0.05, 0.01])('the Mann-Whitney test calls a difference of none significant in %d of cases', (level) => {
  const random = seeded(9);
  const sample = () => Array.from({ length: 24 }, random);
  const cases = 2_000;
  const wrong = Array.from({ length: cases }, () => mannWhitney(sample(), sample())).filter((p) => p < level).length;
  expect(wrong / cases).toBeGreaterThan(level * 0.5);
  expect(wrong / cases).toBeLessThan(level * 1.5);
});
