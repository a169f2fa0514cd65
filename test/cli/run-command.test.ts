import { describeError, Misuse, runCommand } from '../../cli/run-command';
import { printCommand } from './small-command';

async function run(args: readonly string[], work: () => number = () => 0) {
  let [stdout, stderr] = ['', ''];
  const streams = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
  };
  const done = jest.fn(work);
  const status = await runCommand(printCommand, args, streams, done);
  return { status, stdout, stderr, calls: done.mock.calls.length };
}

test('the usage text goes to stdout, with the options as they are declared', async () => {
  expect(await run(['--help'])).toEqual({
    status: 0,
    stdout: `usage: npm run print -- --to PRINTER [options]

Prints a document.

  --loud            print every step
  --copies N        number of copies [1]
  --colour NAME     colour to print with
  --pages N[,N]     pages
  --archive [FILE]  keep a copy [none is kept]
  --to PRINTER      printer
  --help            print this text

exit status:
  0  printed
  1  the printer reports an error
  2  the call is wrong; nothing was done

examples:
  npm run print -- --to office
  npm run print -- --to office --copies few  fails: '--copies few' is not a whole number
`,
    stderr: '',
    calls: 0,
  });
});

test('mistakes go to stderr with how to call the command, and nothing is done', async () => {
  expect(await run(['--copies', 'few', 'now'])).toEqual({
    status: 2,
    stdout: '',
    stderr: `✖ '--copies few' is not a whole number from 1 to 99; write one such as 1
✖ 'now' is not an option; write one of --loud, --copies, --colour, --pages, --archive, --to, --help
✖ --to is missing; write --to PRINTER

usage: npm run print -- --to PRINTER [options]
\`npm run print -- --help\` lists all options and shows examples
`,
    calls: 0,
  });
});

test.each([0, 1])('the exit status of a command that runs is its own: %d', async (status) => {
  expect(await run(['--to', 'office'], () => status)).toEqual({ status, stdout: '', stderr: '', calls: 1 });
});

test('a command that finds out while it runs that the call is wrong ends with 2', async () => {
  const { status, stderr } = await run(['--to', 'office'], () => {
    throw new Misuse("no printer 'office'; write --to hall");
  });
  expect(status).toBe(2);
  expect(stderr).toContain("✖ no printer 'office'; write --to hall\n\nusage: npm run print --");
});

test('other errors are passed on', async () => {
  await expect(
    run(['--to', 'office'], () => {
      throw new Error('out of paper');
    }),
  ).rejects.toThrow('out of paper');
});

test('an error is described by its message, or with its causes too', () => {
  const error = new Error('cannot print', { cause: new Error('no connection', { cause: new Error('timeout') }) });
  expect(describeError(error, false)).toBe('✖ cannot print');
  expect(describeError(error, true)).toBe('✖ cannot print\n  because: no connection\n  because: timeout');
  expect(describeError('out of paper', true)).toBe('✖ out of paper');
});
