import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PreflightContext, runPreflight, TEMPLATE } from '../../preflight/command';
import type { Deployed, StackOfPackage } from '../../preflight/deployed';
import { soundService } from './small-service';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'preflight-'));
  writeFileSync(join(directory, TEMPLATE), JSON.stringify(soundService()));
  writeFileSync(join(directory, 'traffic.json'), '{ "requestsPerSecond": 10 }');
});
afterAll(() => rmSync(directory, { recursive: true }));

async function run(args: readonly string[], context: Partial<PreflightContext> = {}) {
  let [stdout, stderr] = ['', ''];
  const status = await runPreflight(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    packages: () => [],
    traffic: () => 'none',
    contract: async () => [],
    deployed: async ({ stackName, region }) => ({ type: 'nothing', stackName, region }),
    now: Date.parse('2026-11-20'),
    ...context,
  });
  return { status, stdout, stderr };
}

test('a sound service passes, with a table of the power of its alarms', async () => {
  const { status, stdout } = await run(['--service', directory]);
  expect(status).toBe(0);
  expect(stdout).toContain('✔ 0 errors, 0 warnings');
  expect(stdout).toMatch(/shop-prod-hello-errors +0\.6 % +37 % +99\.6 % +100 % +100 % +0 % +0\.6 % +37 %/);
});

test('without --service it examines the packages of this repository', async () => {
  const { status, stdout } = await run([], { packages: () => [directory, directory] });
  expect(status).toBe(0);
  expect(stdout.match(/^preflight of /gm)).toHaveLength(2);
});

test('mistakes in cdk.json are not those of the call, and have the status that they have in other commands', async () => {
  const packages = () => {
    throw new Error('cdk.json: no environment');
  };
  await expect(run([], { packages })).rejects.toThrow('cdk.json: no environment');
  expect((await run(['--service', directory], { packages })).status).toBe(0);
});

test("what the pipeline needs is a finding on this repository's packages, and on no others", async () => {
  const breach = { severity: 'error', where: { path: 'provider.stackName' }, why: 'why', fix: 'remove it' } as const;
  const contract = jest.fn(async () => [breach]);
  const { status, stdout } = await run([], { packages: () => [directory], contract });
  expect(contract.mock.calls).toEqual([[directory]]);
  expect(status).toBe(1);
  expect(stdout).toContain('✖ error pipeline-contract\n    at   provider.stackName\n    why  why\n    fix  remove it');
  expect((await run(['--service', directory], { contract })).status).toBe(0);
});

test('without declared traffic the report says so instead of a chance', async () => {
  const other = mkdtempSync(join(directory, 'sub-'));
  writeFileSync(join(other, TEMPLATE), JSON.stringify(soundService()));
  rmSync(join(directory, 'traffic.json'));
  const { stdout } = await run(['--service', other]);
  writeFileSync(join(directory, 'traffic.json'), '{ "requestsPerSecond": 10 }');
  expect(stdout).toContain('shop-prod-hello-errors: not computed: no traffic is declared; write it into traffic.json');
});

test('--help shows examples, a failing one included', async () => {
  const { status, stdout } = await run(['--help']);
  expect(status).toBe(0);
  expect(stdout).toContain(
    "npm run preflight -- --service docs  fails: '--service docs' holds no cloudformation-template-update-stack.json",
  );
});

describe('--deployed', () => {
  beforeAll(() => {
    const state = {
      service: { service: 'shop', provider: { region: 'eu-central-1', stage: 'dev' } },
      package: { artifactDirectoryName: 'serverless/shop/prod/1795212748081-2026-11-20T22:12:28.081Z' },
    };
    writeFileSync(join(directory, 'serverless-state.json'), JSON.stringify(state));
  });

  const stackOfPackage = { stackName: 'shop-prod', region: 'eu-central-1' };

  test.each([[['--deployed']], [['--deployed', '--json']]])('%j reads the stack of the package', async (more) => {
    const deployed = jest.fn<Promise<Deployed>, [StackOfPackage]>(async (stack) => ({ type: 'nothing', ...stack }));
    const { status } = await run(['--service', directory, ...more], { deployed });
    expect(deployed.mock.calls).toEqual([[stackOfPackage]]);
    expect(status).toBe(0);
  });

  test('a stack that does not exist yet is not an error', async () => {
    const { stdout } = await run(['--service', directory, '--deployed']);
    expect(stdout).toContain(
      '✔ 0 errors, 0 warnings; nothing is deployed yet: eu-central-1 has no stack shop-prod in this account',
    );
  });

  test('the report says why the live template cannot be read, and the status stays', async () => {
    const deployed = async () => ({ type: 'unknown', why: 'access denied' }) as const;
    const { status, stdout } = await run(['--service', directory, '--deployed'], { deployed });
    expect(status).toBe(0);
    expect(stdout).toContain('not compared with what is live: access denied');
    const [{ comparedWithDeployed, notCompared }] = JSON.parse(
      (await run(['--service', directory, '--deployed', '--json'], { deployed })).stdout,
    );
    expect({ comparedWithDeployed, notCompared }).toEqual({
      comparedWithDeployed: false,
      notCompared: 'not compared with what is live: access denied',
    });
  });

  test.each([[['--deployed', 'FILE']], [['--deployed=FILE']]])(
    '%j reads the file, and not CloudFormation',
    async (args) => {
      const file = join(directory, 'live.json');
      writeFileSync(file, JSON.stringify(soundService()));
      const given = args.map((each) => each.replace('FILE', file));
      const deployed = async () => Promise.reject(new Error('CloudFormation was read'));
      const { status, stdout } = await run(['--service', directory, ...given], { deployed });
      expect(status).toBe(0);
      expect(stdout).toMatch(/✔ 0 errors, 0 warnings\n$/);
    },
  );

  test('a file cannot be compared with several packages', async () => {
    const { status, stderr } = await run(['--deployed', 'live.json'], { packages: () => [directory, directory] });
    expect(status).toBe(2);
    expect(stderr).toContain(
      "'--deployed live.json' is the template of one stack, and there are 2 packages; add --service DIR",
    );
  });

  test('a package without the name of its stack is refused', async () => {
    const other = mkdtempSync(join(directory, 'sub-'));
    writeFileSync(join(other, TEMPLATE), JSON.stringify(soundService()));
    const { status, stderr } = await run(['--service', other, '--deployed']);
    expect(status).toBe(2);
    expect(stderr).toContain('cannot read the stack of the package: ENOENT');
  });
});

test.each<[string, readonly string[], string]>([
  ['no package', [], "the service is not packaged; run 'npm run package', or write --service DIR"],
  ['a service that is not packaged', ['--service', __dirname], `holds no ${TEMPLATE}; run sls package there`],
  ['an unknown option', ['--servise'], "'--servise' is not an option; write one of --service, --deployed"],
])('a call with %s is refused', async (_, args, message) => {
  const { status, stderr } = await run(args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});

test.each<[readonly string[], string]>([
  [['--build-timeout', 'soon'], "'--build-timeout soon' is not a whole number; write one such as 60"],
  [['--traffic', 'missing.json'], "cannot read the declared traffic 'missing.json': ENOENT"],
])('%j is refused by name', async (args, message) => {
  const { status, stderr } = await run(['--service', directory, ...args]);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});

test('every mistake is reported at once, including those in the files that options name', async () => {
  const { stderr } = await run(['--service', __dirname, '--build-timeout', 'soon', 'now']);
  expect(stderr).toMatch(/'--build-timeout soon' is not a whole number.*\n.*'now' is not an option.*\n.*holds no/);
});

test('a file that is not a template is refused with every mistake in it', async () => {
  const other = mkdtempSync(join(directory, 'sub-'));
  writeFileSync(join(other, TEMPLATE), '{ "Resources": { "A": {} } }');
  const { status, stderr } = await run(['--service', other]);
  expect(status).toBe(2);
  expect(stderr).toContain('is not a CloudFormation template');
});
