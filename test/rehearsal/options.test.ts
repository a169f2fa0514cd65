import { readOptions } from '../../rehearsal/options';

const plain = { quick: false, seed: 1, hold: false, json: false, keep: false };

test('without options a rehearsal is whole, with the seed 1', () => {
  expect(readOptions([])).toEqual({ type: 'rehearse', options: plain });
});

test('every option is understood, in either way of giving the seed', () => {
  const all = { quick: true, seed: 7, hold: true, json: true, keep: true };
  expect(readOptions(['--quick', '--seed', '7', '--hold', '--json', '--keep'])).toEqual({
    type: 'rehearse',
    options: all,
  });
  expect(readOptions(['--seed=7'])).toEqual({ type: 'rehearse', options: { ...plain, seed: 7 } });
});

test('help comes before all else, but not before a mistake', () => {
  expect(readOptions(['--quick', '--help'])).toEqual({ type: 'help' });
  expect(readOptions(['--help', '--fast'])).toEqual({ type: 'mistaken', mistakes: ["'--fast' is no option"] });
});

test('all mistakes are told at once', () => {
  expect(readOptions(['--seed', 'one', '--fast', '-q', 'now', '--json=yes', '--seed', '99999999999999999999'])).toEqual(
    {
      type: 'mistaken',
      mistakes: [
        "'--seed one' is not a whole number",
        "'--fast' is no option",
        "'-q' is no option",
        "'now' is no option",
        "'--json' takes no value, but was given 'yes'",
        "'--seed 99999999999999999999' is not a whole number",
      ],
    },
  );
});

test.each([['--seed'], ['--seed='], ['--seed=-1'], ['--seed=1.5'], ['--seed=0x1']])('%s names no seed', (argument) => {
  expect(readOptions([argument])).toMatchObject({ type: 'mistaken', mistakes: [expect.stringMatching(/^'--seed/)] });
});
