import { mistakeLines, readCommandLine } from '../../cli/command-line';
import type { CommandSpec } from '../../cli/command-spec';
import { printCommand } from './small-command';

async function read(line: string) {
  return readCommandLine(printCommand, line.split(' ').filter(Boolean));
}

async function mistakesIn(line: string) {
  const result = await read(line);
  return result.type === 'misuse' ? mistakeLines(result.mistakes) : result;
}

const byDefault = { loud: false, copies: 1, colour: [], pages: [], archive: undefined, to: 'office' };

test('an option that is missing has its default', async () => {
  expect(await read('--to office')).toEqual({ type: 'run', action: undefined, values: byDefault });
});

test.each([
  ['--loud --loud', { loud: true }],
  ['--copies 2', { copies: 2 }],
  ['--copies=2', { copies: 2 }],
  ['--colour blue --colour red', { colour: ['blue', 'red'] }],
  ['--pages 3,1', { pages: [3, 1] }],
  ['--pages 3 --pages=0', { pages: [3, 0] }],
  ['--archive copy.pdf', { archive: 'copy.pdf' }],
  ['--archive', { archive: 'archive.pdf' }],
  ['--archive --loud', { archive: 'archive.pdf', loud: true }],
  ['--archive=', { archive: 'archive.pdf' }],
])('%s is read', async (line, values) => {
  expect(await read(`--to office ${line}`)).toMatchObject({ type: 'run', values: { ...byDefault, ...values } });
});

test('every mistake is reported at once, in the order of the command line and before those between options', async () => {
  const line = '--copies 0 -l now --loud=yes --colour green --pages --archive --fast --help=me --archive x --copies 12';
  expect(await mistakesIn(line)).toEqual([
    "'--copies 0' is not a whole number from 1 to 99; write one such as 1",
    "'-l' is not an option",
    "'now' is not an option",
    "'--loud=yes' has a value; write --loud alone",
    "'--colour green' is not a colour; write one of red, blue",
    '--pages has no value; write --pages N[,N]',
    "'--fast' is not an option; write one of --loud, --copies, --colour, --pages, --archive, --to, --help",
    "'--help=me' has a value; write --help alone",
    '--archive is given more than once',
    '--copies is given more than once; write it once',
    '--to is missing; write --to PRINTER',
  ]);
});

test('a mistake between options is reported next to the others', async () => {
  expect(await mistakesIn('--copies 11 --archive --fast --to')).toEqual([
    expect.stringMatching(/^'--fast' is not an option; write one of/),
    '--to has no value; write --to PRINTER',
    "'--archive archive.pdf' keeps one of 11 copies; leave it out",
  ]);
});

test('the values that options take are not checked against one that has a mistake', async () => {
  expect(await mistakesIn('--to office --archive --copies 100')).toEqual([
    "'--copies 100' is not a whole number from 1 to 99; write one such as 1",
  ]);
});

test.each(['--colour red --colour red', '--pages 1,2,1'])('%s is a mistake', async (line) => {
  expect(await mistakesIn(`--to office ${line}`)).toEqual([
    expect.stringMatching(/^'--(colour red|pages 1)' is given more than once; write it once$/),
  ]);
});

test.each(['--constructor', '--__proto__', '--', '--=x'])('%s does not reach into objects', async (argument) => {
  const result = await mistakesIn(`--to office ${argument} x`);
  expect(result).toEqual([expect.any(String), expect.any(String)].slice(argument === '--' ? 1 : 0));
});

test('help does not need what is required, but is not given in place of mistakes', async () => {
  expect(await read('--loud --help')).toEqual({ type: 'help' });
  expect(await mistakesIn('--help --copies x')).toEqual([
    "'--copies x' is not a whole number from 1 to 99; write one such as 1",
  ]);
});

describe('a command with actions', () => {
  const command: CommandSpec<Record<never, never>, 'start' | 'stop'> = {
    call: 'server',
    description: 'Starts and stops the server.',
    actions: { start: 'starts it', stop: 'stops it' },
    options: {},
    exitStatus: { 0: 'done' },
    examples: [],
  };

  test('has one of them', async () => {
    expect(await readCommandLine(command, ['stop'])).toMatchObject({ type: 'run', action: 'stop' });
  });

  test.each([
    [[], ['no action is given; write one of start, stop']],
    [['pause'], ["'pause' is not an action; write one of start, stop"]],
    [['stop', 'start'], ["'start' is a second action; write one"]],
    [['--now'], ["'--now' is not an option; write one of --help", 'no action is given; write one of start, stop']],
  ])('%j is a mistake', async (args, mistakes) => {
    const result = await readCommandLine(command, args);
    expect(result.type === 'misuse' && mistakeLines(result.mistakes)).toEqual(mistakes);
  });
});
