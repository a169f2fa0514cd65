import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { appSpec, FakeAws, fakeAwsEnv } from '../../canary-guard/test/hooks/fake-aws';
import { linkPackages } from '../../rehearsal/scratch/linked-packages';
import type { PackagedTemplate } from '../support/template';

const ROOT = join(__dirname, '../..');
const PACKAGE = join(ROOT, 'canary-guard');
const NAME = 'serverless-canary-guard';
/** What README.md says of a service without a bundler. */
const UNBUNDLED = 'serverless.yml`, in place of its `package';
const OWN_FILES = 'serverless.yml`, in `functions.hello';
const SLS = join(ROOT, 'node_modules/serverless/bin/serverless.js');

/** Milliseconds. */
const LONGEST_RUN = 120_000;

let directory: string;
/** The unpacked tarball. */
let unpacked: string;

beforeAll(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'tarball-')));
  // Packed from a copy, since packing builds: the repository stays as it is.
  const copy = join(directory, 'build', 'canary-guard');
  const filter = (path: string) => !['dist', 'test', 'node_modules'].includes(basename(path));
  cpSync(PACKAGE, copy, { recursive: true, filter });
  await linkPackages(ROOT, join(directory, 'build'));
  await succeeds('npm', ['pack', '--silent', '--pack-destination', directory], copy);
  await succeeds('tar', ['-xzf', `${NAME}-${version()}.tgz`], directory);
  unpacked = join(directory, 'package');
});
afterAll(() => rmSync(directory, { recursive: true }));

const version = () => JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).version;

interface Run {
  readonly status: number;
  readonly output: string;
}

function run(file: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const environment = {
    PATH: process.env.PATH,
    HOME: join(directory, 'home'),
    SLS_SCHEMA_CACHE_BASE_DIR: join(ROOT, 'node_modules/.cache/sls'),
    npm_config_offline: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...env,
  };
  return new Promise<Run>((done) => {
    execFile(file, args, { cwd, env: environment, timeout: LONGEST_RUN }, (error, stdout, stderr) => {
      const status = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
      done({ status, output: `${stdout}${stderr}` });
    });
  });
}

async function succeeds(...call: Parameters<typeof run>): Promise<string> {
  const { status, output } = await run(...call);
  if (status !== 0) throw new Error(`${call[0]} ${call[1].join(' ')} ended with ${status}:\n${output}`);
  return output;
}

/** The files that README.md says to write, each after a line with its path in backticks. */
function filesOfReadme(): Readonly<Record<string, string>> {
  const readme = readFileSync(join(unpacked, 'README.md'), 'utf8');
  const blocks = readme.matchAll(/^`([^\n]+)`:\n\n```\w+\n([\s\S]*?)^```$/gm);
  return Object.fromEntries([...blocks].map(([, path, content]) => [path!, content!]));
}

/** Makes a service with these files and the tarball installed, and the repository's other packages. */
async function makeService(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const service = join(directory, name);
  for (const [path, content] of Object.entries({ ...files, 'package.json': `{ "name": "${name}" }` })) {
    mkdirSync(dirname(join(service, path)), { recursive: true });
    writeFileSync(join(service, path), content);
  }
  await linkPackages(ROOT, service);
  const installed = join(service, 'node_modules', NAME);
  rmSync(installed); // a link into the repository, which leads nowhere here
  cpSync(unpacked, installed, { recursive: true });
  return service;
}

const packageService = (service: string) => run(process.execPath, [SLS, 'package', '--stage', 'prod'], service);

function templateOf(service: string): PackagedTemplate {
  return JSON.parse(readFileSync(join(service, '.serverless/cloudformation-template-update-stack.json'), 'utf8'));
}

/** Runs the packaged pre-traffic hook once, in a process whose only other packages are the AWS SDK's, as in Lambda. */
async function runHook(service: string, greeting: (version: string) => string): Promise<FakeAws> {
  const code = join(service, '.unpacked');
  for (const [path, content] of Object.entries(unzipSync(readFileSync(join(service, '.serverless/preTraffic.zip'))))) {
    mkdirSync(dirname(join(code, path)), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(join(code, path), content);
  }
  const runtime = join(service, '.runtime');
  mkdirSync(runtime, { recursive: true });
  if (!existsSync(join(runtime, '@aws-sdk')))
    symlinkSync(join(ROOT, 'node_modules/@aws-sdk'), join(runtime, '@aws-sdk'));
  const aws = await FakeAws.start();
  const content = appSpec('greeter-prod-hello', '42', '41');
  aws.deployment = { revision: { revisionType: 'String', string: { content } } };
  aws.invoke = async (_event, qualifier) => ({ payload: { statusCode: 200, body: greeting(qualifier!) } });
  const { GUARDED_FUNCTIONS } =
    templateOf(service).Resources.PreTrafficLambdaFunction!.Properties.Environment.Variables;
  const event = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'h-1' };
  const context = '{ getRemainingTimeInMillis: () => 30_000 }';
  const script = `require('./hooks/pre-traffic.js').handler(${JSON.stringify(event)}, ${context})`;
  try {
    const env = { ...fakeAwsEnv(aws), GUARDED_FUNCTIONS, NODE_PATH: runtime };
    await succeeds(process.execPath, ['-e', script], code, env);
  } finally {
    aws.stop();
  }
  return aws;
}

const good = () => '{"message":"Hello!"}';
const worse = (qualifier: string) => (qualifier === '42' ? '{}' : good());

test('the tarball has what its package.json promises, and no tests or sources of the hooks', async () => {
  const listed = (await succeeds('tar', ['-tzf', `${NAME}-${version()}.tgz`], directory)).split('\n');
  expect(listed.filter((path) => /\/test\/|\.ts$/.test(path) && !path.endsWith('.d.ts'))).toEqual([]);
  expect(listed).toEqual(expect.arrayContaining(['package/LICENSE', 'package/README.md']));
  const { exports } = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
  for (const { types, default: file } of [exports['.'], exports['./hooks']]) {
    expect([types, file].map((path) => existsSync(join(unpacked, path)))).toEqual([true, true]);
  }
});

describe('a plain JavaScript service', () => {
  let service: string;

  beforeAll(async () => {
    const { 'serverless.yml': yml = '', ...files } = filesOfReadme();
    const own = Object.entries(files).filter(
      ([path]) => ![UNBUNDLED, OWN_FILES].includes(path) && !path.endsWith('.ts'),
    );
    service = await makeService('javascript', {
      ...Object.fromEntries(own),
      'handler.js': "exports.hello = async () => ({ statusCode: 200, body: 'Hello!' });\n",
      'serverless.yml': yml
        .replace(/ *- serverless-esbuild.*\n/, '')
        .replace('package:\n  individually: true\n', files[UNBUNDLED]!)
        .replace('    handler: handler.hello\n', `$&${files[OWN_FILES]}`),
    });
  });

  test('is packaged, with alarms that compare', async () => {
    expect(await packageService(service)).toMatchObject({ status: 0 });
    expect(templateOf(service).Resources.HelloNewVersionErrorsAlarm!.Properties.Metrics).toHaveLength(9);
  });

  test('has a zip of its own for the function, so that a change of a hook does not release it', () => {
    const codeOf = (name: string) =>
      Object.entries(templateOf(service).Resources).find(([id]) => id.startsWith(`${name}LambdaVersion`))![1].Properties
        .CodeSha256;
    expect(codeOf('Hello')).not.toBe(codeOf('PreTraffic'));
    expect(Object.keys(unzipSync(readFileSync(join(service, '.serverless/hello.zip'))))).toEqual(['handler.js']);
  });

  test('loads the hooks of the tarball by require and by import, and nothing of this repository', async () => {
    const scripts = [
      ['-p', `require.resolve('${NAME}/hooks')`],
      ['-p', `require.resolve('${NAME}')`],
      [
        '--input-type=module',
        '-e',
        `import { postTrafficHook } from '${NAME}/hooks'; console.log(typeof postTrafficHook)`,
      ],
    ];
    const outputs = await Promise.all(scripts.map((args) => succeeds(process.execPath, args, service)));
    const installed = join(service, 'node_modules', NAME);
    expect(outputs.map((output) => output.trim())).toEqual([
      join(installed, 'dist/hooks/index.js'),
      join(installed, 'plugin/index.js'),
      'function',
    ]);
  });

  test('has a hook that runs its checks and reports', async () => {
    expect((await runHook(service, good)).reports).toMatchObject([{ status: 'Succeeded' }]);
    const { reports, invocations } = await runHook(service, worse);
    expect(reports).toMatchObject([{ status: 'Failed' }]);
    expect(new Set(invocations.map(({ event }) => event.rawQueryString))).toEqual(new Set(['', 'name=Ada']));
  });
});

describe('a TypeScript service', () => {
  let service: string;

  beforeAll(async () => {
    const files = Object.entries(filesOfReadme()).filter(
      ([path]) => ![UNBUNDLED, OWN_FILES].includes(path) && !path.endsWith('.js'),
    );
    service = await makeService('typescript', {
      ...Object.fromEntries(files),
      'handler.ts': "export const hello = async () => ({ statusCode: 200, body: 'Hello!' });\n",
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          ...{ strict: true, module: 'nodenext', target: 'es2023', lib: ['es2023'], types: ['node'] },
          ...{ esModuleInterop: true, resolveJsonModule: true, skipLibCheck: false, noEmit: true },
        },
        include: ['hooks'],
      }),
    });
  });

  const types = () => run(process.execPath, [join(ROOT, 'node_modules/typescript/lib/tsc.js')], service);

  test('has hooks that agree with the shipped types', async () => {
    expect(await types()).toEqual({ status: 0, output: '' });
  });

  test('has a wrong check refused by the shipped types', async () => {
    const hook = join(service, 'hooks/wrong.ts');
    const checks = "[{ name: 'greets', function: 'hello', rout: 'GET /hello' }]";
    writeFileSync(
      hook,
      `import { preTrafficHook } from '${NAME}/hooks';\nexport const handler = preTrafficHook({ checks: ${checks} });\n`,
    );
    const { status, output } = await types();
    rmSync(hook);
    expect(status).not.toBe(0);
    expect(output).toContain('hooks/wrong.ts(2,');
  });

  test('is packaged, and has a hook that runs its checks and reports', async () => {
    expect(await packageService(service)).toMatchObject({ status: 0 });
    expect((await runHook(service, good)).reports).toMatchObject([{ status: 'Succeeded' }]);
    expect((await runHook(service, worse)).reports).toMatchObject([{ status: 'Failed' }]);
  });
});

describe('without serverless-plugin-aws-alerts', () => {
  const yml = (more: string) => `service: greeter
plugins: [serverless-plugin-canary-deployments, ${NAME}]
provider: { name: aws, runtime: nodejs24.x }
package: { patterns: ['!**', handler.js] }
functions:
  hello:
    handler: handler.hello
    deploymentSettings: { type: Canary10Percent5Minutes, alias: Live }
${more}`;

  async function withoutPlugin(name: string, more = ''): Promise<Run> {
    const service = await makeService(name, {
      'serverless.yml': yml(more),
      'handler.js': 'exports.hello = async () => 1;',
    });
    rmSync(join(service, 'node_modules/serverless-plugin-aws-alerts'));
    return packageService(service);
  }

  test('a service without alarms is packaged', async () => {
    expect(await withoutPlugin('no-alarms')).toMatchObject({ status: 0 });
  });

  test('a service with alarms is refused by the name of the missing plugin, with the remedy', async () => {
    const { status, output } = await withoutPlugin('alarms', 'custom: { alerts: { definitions: {} } }\n');
    expect(status).toBe(1);
    expect(output).toContain(`canary-guard refuses to package stage "prod": 1 problem

custom.alerts
  received: {"definitions":{}}
  problem:  serverless-plugin-aws-alerts makes these alarms, and is not installed
  remedy:   run npm install --save-dev serverless-plugin-aws-alerts and list it under plugins, before serverless-canary-guard; or remove custom.alerts`);
  });
});
