import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';

const repository = join(__dirname, '../..');

/** A run of `npm run rehearse`, with its own home directory and TMPDIR. */
class Command {
  stdout = '';
  stderr = '';
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | NodeJS.Signals>;
  readonly #directory = mkdtempSync(join(tmpdir(), 'command-'));
  readonly #home = join(this.#directory, 'home');
  readonly #temporary = join(this.#directory, 'tmp');

  constructor(...args: readonly string[]) {
    mkdirSync(this.#home);
    mkdirSync(this.#temporary);
    // The leader of a process group, like a process that a shell starts, because Ctrl-C sends a signal to the group.
    this.#process = spawn('npm', ['run', '--silent', 'rehearse', '--', ...args], {
      cwd: repository,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: this.#home,
        TMPDIR: this.#temporary,
        // Prevents npm itself from writing a cache and logs there, and from looking for updates.
        npm_config_cache: join(this.#directory, 'npm'),
        npm_config_logs_max: '0',
        npm_config_update_notifier: 'false',
      },
    });
    this.#process.stdout!.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
    });
    this.#process.stderr!.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    this.#ended = new Promise((ended) => {
      this.#process.on('close', (code, signal) => ended(code ?? signal!));
    });
  }

  /** @returns The exit status, or the signal that ended the process. */
  end(): Promise<number | NodeJS.Signals> {
    return this.#ended;
  }

  async until(condition: () => boolean): Promise<void> {
    let status: number | NodeJS.Signals | undefined;
    void this.#ended.then((ended) => {
      status = ended;
    });
    while (!condition()) {
      if (status !== undefined) throw new Error(`ended with ${status}:\n${this.stderr}`);
      await sleep(20);
    }
  }

  /** Sends the signal that Ctrl-C sends. */
  interrupt(): void {
    process.kill(-this.#process.pid!, 'SIGINT');
  }

  /** The command lines of all processes whose environment or command line has this run's directory, on Linux. */
  get processes(): string[] {
    return readdirSync('/proc').flatMap((id) => {
      if (!/^\d+$/.test(id)) return [];
      try {
        const [environment, line] = ['environ', 'cmdline'].map((file) => readFileSync(join('/proc', id, file), 'utf8'));
        if (!`${environment}${line}`.includes(this.#directory)) return [];
        return [line!.split('\0').join(' ').trim()];
      } catch {
        // The process has ended since the directory was read.
        return [];
      }
    });
  }

  /** The files in the home directory and in TMPDIR. */
  get files(): string[] {
    return [this.#home, this.#temporary].flatMap((each) => readdirSync(each, { recursive: true, encoding: 'utf8' }));
  }

  /** The existing scratch directories. */
  get scratches(): string[] {
    return readdirSync(this.#temporary).filter((name) => name.startsWith('rehearsal-'));
  }

  dispose(): void {
    try {
      process.kill(-this.#process.pid!, 'SIGKILL');
    } catch {
      // The process has ended, as it should.
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const commands: Command[] = [];

afterAll(() => {
  for (const command of commands) command.dispose();
});

function rehearse(...args: string[]): Command {
  const command = new Command(...args);
  commands.push(command);
  return command;
}

function expectNothingLeft({ files, processes }: Command): void {
  expect(files).toEqual([]);
  expect(processes).toEqual([]);
}

describe('two quick rehearsals with the same seed, side by side', () => {
  let first: Command;
  let held: Command;

  beforeAll(() => {
    first = rehearse('--quick', '--json', '--seed', '7');
    held = rehearse('--quick', '--json', '--seed', '7', '--hold');
  });

  test('the first prints only one JSON document to stdout, exits with 0, and leaves nothing', async () => {
    expect(await first.end()).toBe(0);
    const report = JSON.parse(first.stdout);
    expect(first.stdout).toBe(`${JSON.stringify(report, undefined, 2)}\n`);
    const shift = (from: string, to: string) => ({ functions: [{ from, to }] });
    expect(report).toMatchObject({
      seed: 7,
      quick: true,
      differences: [],
      releases: [
        { push: 'as-it-is', environments: [{}, { outcome: { type: 'first-release' } }] },
        { push: 'harmless', environments: [{}, { outcome: { type: 'released', ...shift('1', '2') } }] },
        { push: 'harmful', environments: [{}, { outcome: { type: 'rolled-back', ...shift('2', '3') } }] },
      ],
    });
    expect(first.stderr).toContain('skipped, because of --quick: npm test');
    expectNothingLeft(first);
  });

  test('the second prints exactly the same document', async () => {
    await held.until(() => held.stderr.endsWith('/hello\n\n'));
    expect(held.stdout).toBe(first.stdout);
  });

  test('with --hold, the endpoint can be used with the printed URL and credentials', async () => {
    const exported = exportedBy(held);
    expect(exported.AWS_DEFAULT_REGION).toBe(exported.AWS_REGION);
    const client = {
      endpoint: exported.AWS_ENDPOINT_URL!,
      region: exported.AWS_REGION!,
      credentials: { accessKeyId: exported.AWS_ACCESS_KEY_ID!, secretAccessKey: exported.AWS_SECRET_ACCESS_KEY! },
    };
    const stacks = await new CloudFormationClient(client).send(
      new DescribeStacksCommand({ StackName: 'canary-service-prod' }),
    );
    expect(stacks.Stacks).toMatchObject([{ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' }]);
    const alias = await new LambdaClient(client).send(
      new GetAliasCommand({ FunctionName: 'canary-service-prod-hello', Name: 'Live' }),
    );
    expect(alias.FunctionVersion).toBe('2');
    expect(await (await fetch(frontDoor(held))).json()).toEqual({ message: 'Hello, world!', version: '2' });
  });

  test('with --hold, the printed npm run outcome shows the outcome of the last release', async () => {
    const [line = ''] = /npm run outcome -- .*/.exec(held.stderr) ?? [];
    const [program = '', ...args] = line.replace('npm run', 'npm run --silent').concat(' --json').split(' ');
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...exportedBy(held) };
    const ended = await promisify(execFile)(program, args, { cwd: repository, env }).catch((error) => error);
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({ type: 'rolled-back', stackName: 'canary-service-prod' });
  });

  test('Ctrl-C ends it, and leaves nothing', async () => {
    held.interrupt();
    expect([130, 'SIGINT']).toContain(await held.end());
    expectNothingLeft(held);
    await expect(fetch(frontDoor(held))).rejects.toThrow('fetch failed');
  });

  function exportedBy({ stderr }: Command): Record<string, string> {
    return Object.fromEntries(
      [...stderr.matchAll(/(AWS_\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
    );
  }

  function frontDoor({ stderr }: Command): string {
    return /curl (\S+)/.exec(stderr)?.[1] ?? '';
  }
});

describe('Ctrl-C leaves no process and no file', () => {
  test.each([
    ['while the app is synthesised', /aws-cdk\/bin\/cdk synth/],
    ['while a build packages the service', /serverless\.js package/],
    ['while sls deploys', /sls deploy|serverless\.js deploy/],
  ])('%s', async (_, running) => {
    const run = rehearse('--quick');
    await run.until(() => run.processes.some((line) => running.test(line)));
    expect(run.scratches).toHaveLength(1);
    await sleep(200);
    run.interrupt();
    expect([130, 'SIGINT']).toContain(await run.end());
    expectNothingLeft(run);
    expect(run.stderr).toMatch(/\nSIGINT: ending every process and removing \S+\/rehearsal-\w+\n$/);
  });
});

test('a wrong call is refused with all its mistakes and with how to call the command, and nothing is started', async () => {
  const run = rehearse('--seed', 'one', '--fast', 'now');
  expect(await run.end()).toBe(2);
  expect(run.stdout).toBe('');
  expect(run.stderr).toContain(`✖ '--seed one' is not a whole number; write one such as 7
✖ '--fast' is not an option
✖ 'now' is not an option; write one of --quick, --seed, --hold, --json, --fault, --list-faults, --keep, --help

usage: npm run rehearse -- [options]
`);
  expectNothingLeft(run);
});

test('help goes to stdout', async () => {
  const run = rehearse('--help');
  expect(await run.end()).toBe(0);
  expect(run.stdout).toMatch(/^usage: npm run rehearse -- \[options\]\n/);
});

test('--list-faults prints all faults to stdout, as text or as JSON', async () => {
  const [list, json] = [rehearse('--list-faults'), rehearse('--list-faults', '--json')];
  expect([await list.end(), await json.end()]).toEqual([0, 0]);
  expect(list.stdout).toMatch(/^throws-always +caught {2}throws in every request\n/);
  expect(JSON.parse(json.stdout)[0]).toEqual({
    name: 'throws-always',
    line: 'throws in every request',
    expected: 'caught',
    scope: 'new',
  });
});
