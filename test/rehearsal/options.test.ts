import { faults } from '../../rehearsal/faults/catalogue';
import { readOptions } from '../../rehearsal/options';

const plain = { quick: false, seed: 1, hold: false, json: false, keep: false, faults: [] };

test('without options a rehearsal is whole, with the seed 1', () => {
  expect(readOptions([])).toEqual({ type: 'rehearse', options: plain });
});

test('every option is understood, in either way of giving the seed', () => {
  const all = { quick: true, seed: 7, hold: true, json: true, keep: true, faults: ['leaks', 'burst'] };
  const faults = ['--fault', 'leaks', '--fault=burst'];
  expect(readOptions(['--quick', '--seed', '7', '--hold', '--json', '--keep', ...faults])).toEqual({
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

const names = faults.map(({ name }) => name);
const list = `faults are ${names.join(', ')}, or all for each of them`;

test('all faults have one name, and those that there are can be listed', () => {
  expect(readOptions(['--fault', 'all'])).toEqual({ type: 'rehearse', options: { ...plain, faults: names } });
  expect(readOptions(['--list-faults'])).toEqual({ type: 'list-faults', json: false });
  expect(readOptions(['--list-faults', '--json'])).toEqual({ type: 'list-faults', json: true });
});

test.each([
  [
    ['--fault', 'throws', '--fault', 'sulks'],
    ["'--fault throws' is no fault", "'--fault sulks' is no fault", list],
  ],
  [['--fault'], ["'--fault ' is no fault", list]],
  [['--fault', 'leaks', '--fault', 'leaks'], ["'--fault leaks' is given more than once"]],
  [['--fault', 'all', '--fault', 'leaks'], ["'--fault all' has every other fault in it"]],
  [
    ['--fault', 'throws', '--fast'],
    ["'--fast' is no option", "'--fault throws' is no fault", list],
  ],
])('%s is told what is wrong with it', (args, mistakes) => {
  expect(readOptions(args)).toEqual({ type: 'mistaken', mistakes });
});
