import { mistakeLines, readCommandLine } from '../../cli/command-line';
import { faults } from '../../rehearsal/faults/catalogue';
import { chosenFaults, rehearseCommand } from '../../rehearsal/options';

const byDefault = { quick: false, seed: 1, hold: false, json: false, keep: false, fault: [], 'list-faults': false };

async function mistakesIn(args: readonly string[]) {
  const line = await readCommandLine(rehearseCommand, args);
  return line.type === 'misuse' && mistakeLines(line.mistakes);
}

test('without options a rehearsal is complete, with the seed 1', async () => {
  expect(await readCommandLine(rehearseCommand, [])).toMatchObject({ type: 'run', values: byDefault });
});

test('every option is read', async () => {
  const args = ['--quick', '--seed', '7', '--hold', '--json', '--keep', '--fault', 'leaks', '--fault=burst'];
  expect(await readCommandLine(rehearseCommand, [...args, '--list-faults'])).toMatchObject({
    type: 'run',
    values: {
      quick: true,
      seed: 7,
      hold: true,
      json: true,
      keep: true,
      fault: ['leaks', 'burst'],
      'list-faults': true,
    },
  });
});

test('every mistake is reported at once', async () => {
  const args = ['--seed', 'one', '--fast', '-q', 'now', '--json=yes'];
  expect(await mistakesIn(args)).toEqual([
    "'--seed one' is not a whole number; write one such as 7",
    "'--fast' is not an option",
    "'-q' is not an option",
    "'now' is not an option; write one of --quick, --seed, --hold, --json, --fault, --list-faults, --keep, --help",
    "'--json=yes' has a value; write --json alone",
  ]);
});

test.each([
  ['--seed', '--seed has no value; write --seed N'],
  ['--seed=', '--seed has no value; write --seed N'],
  ...['-1', '1.5', '0x1', '99999999999999999999'].map((seed) => [
    `--seed=${seed}`,
    `'--seed ${seed}' is not a whole number; write one such as 7`,
  ]),
])('%s is not a seed', async (argument, mistake) => {
  expect(await mistakesIn([argument!])).toEqual([mistake]);
});

const names = faults.map(({ name }) => name);
const remedy = `write one of ${names.join(', ')}, all`;

test('all faults have one name', () => {
  expect(chosenFaults(['all'])).toEqual(names);
  expect(chosenFaults(['leaks', 'burst'])).toEqual(['leaks', 'burst']);
});

test.each([
  [
    ['--fault', 'throws', '--fault', 'sulks'],
    ["'--fault throws' is not a fault", `'--fault sulks' is not a fault; ${remedy}`],
  ],
  [['--fault'], ['--fault has no value; write --fault NAME']],
  [['--fault', 'leaks', '--fault', 'leaks'], ["'--fault leaks' is given more than once; write it once"]],
  [
    ['--fault', 'all', '--fault', 'leaks'],
    ["'--fault all' includes every other fault; write --fault all alone, or leave it out"],
  ],
])('%j is refused', async (args, mistakes) => {
  expect(await mistakesIn(args)).toEqual(mistakes);
});
