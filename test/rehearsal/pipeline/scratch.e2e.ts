import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Scratch, ScratchClosed } from '../../../rehearsal/scratch/scratch';

const PATH = process.env.PATH ?? '';
const STUBBORN = 'trap "" TERM; echo $$ > pid; while :; do sleep 0.02; done';

let scratch: Scratch;

beforeEach(async () => {
  scratch = await Scratch.open({ grace: 100 });
});

afterEach(() => scratch.close());

function shell(script: string, more: Partial<Parameters<Scratch['run']>[0]> = {}) {
  return scratch.run({
    file: '/bin/sh',
    arguments: ['-c', script],
    cwd: scratch.path,
    environment: { PATH, HOME: scratch.path },
    ...more,
  });
}

async function pid(file = 'pid'): Promise<number> {
  for (;;) {
    const text = await readFile(join(scratch.path, file), 'utf8').catch(() => '');
    if (text.endsWith('\n')) return Number(text);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** @returns Whether a process runs. Zombies do not count. */
async function lives(id: number): Promise<boolean> {
  const status = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => undefined);
  if (status !== undefined) return !/\) [ZX] /.test(status);
  try {
    process.kill(id, 0);
    return !existsSync('/proc/self');
  } catch {
    return false;
  }
}

test('the output of a command is reported line by line, the last line without a line break too', async () => {
  const lines: string[] = [];
  const exit = await shell('printf "one\\ntwo\\r\\nthree"; echo no >&2; exit 3', {
    onLine: (line, stream) => lines.push(`${stream} ${line}`),
  });
  expect(exit).toMatchObject({ type: 'exited', code: 3 });
  expect(lines.filter((line) => line.startsWith('stdout'))).toEqual(['stdout one', 'stdout two', 'stdout three']);
  expect(lines).toContain('stderr no');
});

test('a command inherits no environment and has empty standard input', async () => {
  const lines: string[] = [];
  await shell('cat; env', { onLine: (line) => lines.push(line.split('=')[0]!) });
  expect(lines.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name)).sort()).toEqual(['HOME', 'PATH']);
});

test('an aborted command is ended with everything that it started', async () => {
  const controller = new AbortController();
  const running = shell(`sh -c 'echo $$ > child; sleep 30' & sleep 30`, { signal: controller.signal });
  const child = await pid('child');
  controller.abort();
  expect(await running).toMatchObject({ type: 'aborted' });
  expect(await lives(child)).toBe(false);
});

test('closing the scratch ends a child that ignores TERM', async () => {
  const running = expect(shell(STUBBORN)).rejects.toThrow(ScratchClosed);
  const child = await pid();
  await scratch.close();
  await running;
  expect(await lives(child)).toBe(false);
});

test('closing the scratch ends background processes of commands', async () => {
  await shell(`sh -c '${STUBBORN}' >/dev/null 2>&1 & true`);
  const child = await pid();
  expect(await lives(child)).toBe(true);
  await scratch.close();
  expect(await lives(child)).toBe(false);
});

// On other systems such a daemon is not found, see process-guard.ts.
if (process.platform === 'linux') {
  test('closing the scratch ends a daemon that left its process group', async () => {
    await shell(`setsid sh -c '${STUBBORN}' >/dev/null 2>&1 & true`);
    const child = await pid();
    await scratch.close();
    expect(await lives(child)).toBe(false);
  });
}

test('closing the scratch removes the directory, and leaves it if it is to be kept', async () => {
  await writeFile(join(scratch.path, 'file'), '');
  await scratch.close();
  expect(existsSync(scratch.path)).toBe(false);

  scratch = await Scratch.open();
  const kept = await Scratch.open({ parent: scratch.path, keep: true });
  await writeFile(join(kept.path, 'file'), '');
  await kept.close();
  expect(await readdir(kept.path)).toEqual(['file']);
});

test('no command is started when the scratch is closing', async () => {
  const closed = scratch.close();
  await expect(shell('true')).rejects.toThrow('cannot run /bin/sh: the scratch directory is closing');
  await closed;
});

describe('a rehearsal that is ended by a signal', () => {
  let rehearsal: ChildProcess;

  beforeEach(async () => {
    const program = join(scratch.path, 'rehearsal.mts');
    await writeFile(
      program,
      `import { Scratch } from ${JSON.stringify(join(__dirname, '../../../rehearsal/scratch/scratch.ts'))};
       const scratch = await Scratch.open({ parent: ${JSON.stringify(scratch.path)}, grace: 100 });
       scratch.closeOnSignals();
       process.stdout.write(scratch.path);
       await scratch.run({ file: '/bin/sh', arguments: ['-c', ${JSON.stringify(STUBBORN.replace('> pid', '> ../pid'))}],
         cwd: scratch.path, environment: { PATH: process.env.PATH!, HOME: scratch.path } });`,
    );
    rehearsal = spawn(process.execPath, ['--import', require.resolve('tsx'), program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('leaves no process and no file after %s', async (signal) => {
    const [path] = await once(rehearsal.stdout!, 'data');
    const child = await pid();
    rehearsal.kill(signal);
    expect(await once(rehearsal, 'exit')).toEqual([null, signal]);
    while (existsSync(String(path))) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await lives(child)).toBe(false);
  });
});
