import { Random } from '../../embedded-aws/random';

const draws = (random: Random) => Array.from({ length: 5 }, () => random.next());

test('the same seed and name give the same numbers, another seed or name others', () => {
  const numbers = draws(new Random(1).stream('traffic'));
  expect(draws(new Random(1).stream('traffic'))).toEqual(numbers);
  expect(draws(new Random(2).stream('traffic'))).not.toEqual(numbers);
  expect(draws(new Random(1).stream('alias'))).not.toEqual(numbers);
});

test('one more draw from a stream changes nothing in another', () => {
  const root = new Random(1);
  const untouched = draws(root.stream('b'));
  draws(root.stream('a'));
  draws(root);
  expect(draws(root.stream('b'))).toEqual(untouched);
});

test('numbers fill [0, 1) evenly', () => {
  const random = new Random(7);
  const numbers = Array.from({ length: 20_000 }, () => random.next());
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  const tenths = numbers.reduce<number[]>((counts, number) => {
    const tenth = Math.floor(number * 10);
    counts[tenth] = (counts[tenth] ?? 0) + 1;
    return counts;
  }, []);
  for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
});
