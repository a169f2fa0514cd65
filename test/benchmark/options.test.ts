import { benchmarkCommand, benchmarkOptions } from '../../benchmark/options';
import { mistakeLines, readCommandLine } from '../../cli/command-line';

const command = benchmarkCommand({
  kinds: ['throws-always', 'wrong-body'],
  configurations: ['ours', 'tutorial'],
});

async function read(args: readonly string[]) {
  const line = await readCommandLine(command, args);
  return line.type === 'run' ? benchmarkOptions(line.values) : line;
}

test('without options everything is compared', async () => {
  expect(await read([])).toEqual({ size: { quick: false }, only: [], configurations: [] });
});

test('kinds of releases, configurations, seeds and a directory can be named', async () => {
  const args = [
    '--quick',
    '--seeds',
    '7',
    '--only',
    'wrong-body,throws-always',
    '--configuration=ours',
    '--out',
    'here',
  ];
  expect(await read(args)).toEqual({
    size: { quick: true, seeds: 7 },
    only: ['wrong-body', 'throws-always'],
    configurations: ['ours'],
    out: 'here',
  });
});

test('every mistake is reported at once, with the names that there are', async () => {
  const args = ['--seeds', '0', '--only', 'throws,throws', '--configuration', 'mine', '--quick=yes', 'more', '--out'];
  const line = await readCommandLine(command, args);
  expect(line.type === 'misuse' && mistakeLines(line.mistakes)).toEqual([
    "'--seeds 0' is not a whole number from 1 to 10000; write one such as 100",
    "'--only throws' is not a kind of release; write one of throws-always, wrong-body",
    "'--only throws' is given more than once; write it once",
    "'--configuration mine' is not a configuration; write one of ours, tutorial",
    "'--quick=yes' has a value; write --quick alone",
    "'more' is not an option; write one of --quick, --seeds, --only, --configuration, --out, --help",
    '--out has no value; write --out DIR',
  ]);
});
