import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Limit } from '../../../rehearsal/pipeline/limit';
import { BuildBench } from './build-bench';

const HOST = {
  PATH: `/person/node_modules/.bin:${process.env.PATH}`,
  HOME: '/person',
  AWS_PROFILE: 'production',
  AWS_ACCESS_KEY_ID: 'AKIAPERSON',
  NODE_OPTIONS: '--inspect',
  NODE_EXTRA_CA_CERTS: '/company.pem',
  npm_config_cache: '/person/.npm',
  npm_lifecycle_event: 'rehearse',
  NPM_CONFIG_REGISTRY: 'https://registry.example.invalid/',
  HTTPS_PROXY: 'http://proxy.example.invalid:3128',
  SECRET: 'of the person',
};

let bench: BuildBench;

beforeAll(async () => {
  bench = await BuildBench.open(() => ({ host: HOST, skip: (command) => command === 'npm test' }));
});

afterAll(() => bench.close());

function commands(...build: readonly string[]) {
  return { buildspec: { phases: { build: { commands: build } } } };
}

describe('commands', () => {
  test('exported and plain variables and the directory of a command are passed to the next, functions are not', async () => {
    await bench.build(
      commands(
        `export EXPORTED="it's one" PLAIN`,
        'PLAIN=two; greet() { :; }',
        'mkdir -p below && cd below',
        'echo "$EXPORTED, $PLAIN, $(basename "$PWD"), $(command -v greet || echo none)"',
      ),
    );
    expect(bench.output).toEqual(["it's one, two, below, none"]);
  });

  test('what a command unsets stays unset in later phases', async () => {
    await bench.build({
      buildspec: {
        env: { variables: { A: '1' } },
        phases: {
          install: { commands: ['unset A CODEBUILD_BUILD_NUMBER'] },
          build: { commands: ['echo "[$A$CODEBUILD_BUILD_NUMBER]"'] },
        },
      },
    });
    expect(bench.output).toEqual(['[]']);
  });

  test('the last line of a command decides whether it succeeds', async () => {
    expect(await bench.build(commands('false\necho on'))).toMatchObject({ type: 'succeeded' });
    expect(bench.output).toEqual(['on']);
  });

  test('the default shell is the image’s, and env.shell chooses another', async () => {
    const shell = `echo "\${BASH_VERSION:+bash}"`;
    await bench.build({ ...commands(shell), project: { image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0' } });
    expect(bench.output).toEqual(['bash']);
    await bench.build({ buildspec: { env: { shell: 'bash' }, phases: { build: { commands: [shell] } } } });
    expect(bench.output).toEqual(['bash']);
  });

  test('background processes of a command run until the build ends', async () => {
    await bench.build(commands('(sleep 60; echo late) & echo $! > pid', 'kill -0 "$(cat pid)" && cat pid'));
    const id = Number(bench.output.at(-1));
    expect(id).toBeGreaterThan(0);
    expect(bench.output).not.toContain('late');
    expect(() => process.kill(-id, 0)).toThrow('ESRCH');
  });

  test('a skipped command is reported, and all others run', async () => {
    const result = await bench.build(commands('npm test', 'echo on'));
    expect(bench.events).toContainEqual({ type: 'command-skipped', phase: 'BUILD', command: 'npm test' });
    expect(bench.output).toEqual(['on']);
    expect(result).toMatchObject({ type: 'succeeded', build: { skipped: ['npm test'] } });
  });
});

describe('phases', () => {
  test('post_build runs after a failing build command, with a variable that says so', async () => {
    const result = await bench.build({
      buildspec: {
        phases: {
          pre_build: { commands: ['echo "pre $CODEBUILD_BUILD_SUCCEEDING"'] },
          build: { commands: ['exit 7', 'echo never'] },
          post_build: { commands: ['echo "post $CODEBUILD_BUILD_SUCCEEDING"'] },
        },
      },
    });
    expect(bench.output).toEqual(['pre 1', 'post 0']);
    expect(result).toMatchObject({
      type: 'failed',
      code: 'JobFailed',
      message:
        'Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while executing command: exit 7. Reason: exit status 7',
    });
  });

  test.each(['install', 'pre_build'])('a failing %s command ends the build', async (phase) => {
    const result = await bench.build({
      buildspec: {
        phases: {
          [phase]: { commands: ['false'] },
          build: { commands: ['echo build'] },
          post_build: { commands: ['echo post'] },
        },
      },
    });
    expect(bench.output).toEqual([]);
    expect(result).toMatchObject({ type: 'failed', build: { failure: { phase: phase.toUpperCase() } } });
  });

  test('finally runs after a failure, and its own failure fails the phase', async () => {
    await bench.build({ buildspec: { phases: { build: { commands: ['false'], finally: ['echo finally'] } } } });
    expect(bench.output).toEqual(['finally']);
    const result = await bench.build({ buildspec: { phases: { build: { commands: ['true'], finally: ['exit 2'] } } } });
    expect(result).toMatchObject({ type: 'failed', message: expect.stringContaining('exit status 2') });
  });

  test('on-failure decides whether the next phase runs', async () => {
    const later = { post_build: { commands: ['echo post'] } };
    await bench.build({ buildspec: { phases: { build: { commands: ['false'], 'on-failure': 'ABORT' }, ...later } } });
    expect(bench.output).toEqual([]);
    const install = { commands: ['false'], 'on-failure': 'CONTINUE' };
    expect(await bench.build({ buildspec: { phases: { install, ...later } } })).toMatchObject({ type: 'failed' });
    expect(bench.output).toEqual(['post']);
  });

  test('the project’s timeout passes in virtual time', async () => {
    const running = bench.build({ ...commands('echo started; sleep 60'), project: { timeoutMinutes: 5 } });
    while (bench.output.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await bench.clock.elapse(5 * 60_000);
    expect(await running).toMatchObject({
      type: 'failed',
      message:
        'Build terminated with state: TIMED_OUT. Phase: BUILD, Code: BUILD_TIMED_OUT, Message: Build has timed out.',
    });
  });
});

test('a build that takes too much real time is stopped, with all its processes', async () => {
  const strict = await BuildBench.open(() => ({ guard: 300 }));
  try {
    const result = await strict.build(commands('echo $$; sleep 60; echo never'));
    expect(result).toMatchObject({ type: 'failed', build: { status: 'FAILED', failure: { code: 'REHEARSAL_GUARD' } } });
    expect(strict.output).toEqual([expect.stringMatching(/^\d+$/)]);
    expect(() => process.kill(Number(strict.output[0]), 0)).toThrow('ESRCH');
  } finally {
    await strict.close();
  }
});

test('the number of parallel builds is limited', async () => {
  const limit = new Limit(1);
  let running = 0;
  const build = () =>
    limit.run(async () => {
      running += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return running;
    });
  expect(await Promise.all([build(), build(), build()])).toEqual([0, 0, 0]);
});

describe('environment', () => {
  test('a build inherits the settings of the registry, but no AWS variables, other npm settings or Node options', async () => {
    await bench.build(commands('env'));
    const environment = Object.fromEntries(bench.output.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    const { PATH, HOME, TMPDIR, ...rest } = environment;
    expect(PATH).not.toContain('node_modules');
    expect(HOME).toContain(bench.scratch.path);
    expect(TMPDIR).toContain(bench.scratch.path);
    const known = Object.keys(rest).filter((name) => !/^(CODEBUILD_|PWD$|OLDPWD$|SHLVL$|_$)/.test(name));
    expect(Object.fromEntries(known.sort().map((name) => [name, rest[name]]))).toEqual({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v2\/credentials\//),
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_REGION: 'eu-central-1',
      LANG: 'C.UTF-8',
      NODE_EXTRA_CA_CERTS: '/company.pem',
      TZ: 'UTC',
      npm_config_https_proxy: 'http://proxy.example.invalid:3128',
      npm_config_registry: 'https://registry.example.invalid/',
      npm_config_update_notifier: 'false',
      npm_config_userconfig: '/person/.npmrc',
    });
  });

  test('a build gets CodeBuild’s own variables', async () => {
    const project = { name: 'counted' };
    await bench.build({ ...commands('true'), project });
    await bench.build({ ...commands('env | grep ^CODEBUILD_ | sort'), project });
    const id = expect.stringMatching(/^counted:[0-9a-f-]{36}$/);
    expect(Object.fromEntries(bench.output.map((line) => line.split('=')))).toEqual({
      CODEBUILD_BUILD_ARN: expect.stringMatching(/^arn:aws:codebuild:eu-central-1:111111111111:build\/counted:/),
      CODEBUILD_BUILD_ID: id,
      CODEBUILD_BUILD_IMAGE: 'aws/codebuild/standard:7.0',
      CODEBUILD_BUILD_NUMBER: '2',
      CODEBUILD_BUILD_SUCCEEDING: '1',
      CODEBUILD_CI: 'true',
      CODEBUILD_INITIATOR: 'codepipeline/service',
      CODEBUILD_LOG_PATH: expect.any(String),
      CODEBUILD_PROJECT_ARN: 'arn:aws:codebuild:eu-central-1:111111111111:project/counted',
      CODEBUILD_RESOLVED_SOURCE_VERSION: 'c'.repeat(40),
      CODEBUILD_SRC_DIR: expect.stringContaining(bench.scratch.path),
      CODEBUILD_START_TIME: String(bench.clock.now()),
    });
  });

  test('the action’s variables override the project’s, and both override the buildspec’s', async () => {
    bench.variables.set('Stack', { Topic: 'arn:topic' });
    await bench.build({
      buildspec: {
        env: { variables: { A: 'spec', B: 'spec', C: 3 } },
        phases: { build: { commands: ['echo "$A $B $C"'] } },
      },
      project: {
        environment: [
          { name: 'A', value: 'project' },
          { name: 'B', value: 'project' },
        ],
      },
      environment: [{ name: 'A', value: '#{Stack.Topic}' }],
    });
    expect(bench.output).toEqual(['arn:topic project 3']);
  });

  test('exported variables become the action’s output variables', async () => {
    const result = await bench.build({
      buildspec: {
        env: { 'exported-variables': ['VERSION', 'NOTES', 'UNSET'] },
        phases: {
          build: { commands: [`VERSION='a "b" $c'`] },
          post_build: { commands: ["export NOTES='two\nlines'"] },
        },
      },
    });
    expect(result).toMatchObject({ type: 'succeeded', variables: { VERSION: 'a "b" $c', NOTES: 'two\nlines' } });
    expect(result).not.toHaveProperty('variables.UNSET');
  });

  test('the build can read the credentials of the project’s role from the URL in its environment', async () => {
    const fetchIt = `fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI).then(async (r) => console.log(r.status, await r.text()))`;
    await bench.build(commands('unset NODE_EXTRA_CA_CERTS', `node -e '${fetchIt}'`));
    expect(bench.output[0]).toMatch(/^200 /);
    expect(JSON.parse(bench.output[0]!.slice(4))).toEqual({
      RoleArn: 'arn:aws:iam::111111111111:role/builder',
      AccessKeyId: 'arn:aws:iam::111111111111:role/builder',
      SecretAccessKey: 'secret',
      Token: 'token',
      Expiration: '2040-01-01T00:00:00.000Z',
    });
  });
});

test('a remark says when the buildspec requires another Node version', async () => {
  const install = { 'runtime-versions': { nodejs: 18 } };
  await bench.build({ buildspec: { phases: { install } } });
  expect(bench.notes).toEqual([`the buildspec requires Node 18, this machine has ${process.versions.node}`]);
  const own = process.versions.node.split('.')[0];
  await bench.build({ buildspec: { phases: { install: { 'runtime-versions': { nodejs: own } } } } });
  expect(bench.notes).toEqual([]);
});

describe('artifacts and reports', () => {
  test('each build starts with its sources, and variables have the paths of secondary sources', async () => {
    const build = {
      ...commands('ls', 'cat "$CODEBUILD_SRC_DIR_Packages/a"', 'echo changed > "$CODEBUILD_SRC_DIR_Packages/a"'),
      source: { 'file.txt': '' },
      inputs: { Packages: { a: 'packaged\n' } },
    };
    await bench.build(build);
    expect(bench.output).toEqual(['file.txt', 'packaged']);
    expect(await bench.artifact('Packages', 'a')).toBe('packaged\n');
  });

  test('a buildspec in the source is found by its path', async () => {
    await bench.build({
      buildspec: {},
      source: { 'ci/buildspec.yml': 'version: 0.2\nphases:\n  build:\n    commands:\n      - echo from the source\n' },
      project: { buildSpec: 'ci/buildspec.yml' },
    });
    expect(bench.output).toEqual(['from the source']);
  });

  test('output artifacts contain the files that match the patterns, with links replaced by their targets', async () => {
    const outside = await bench.scratch.directory('outside');
    await writeFile(join(outside, 'real'), 'real');
    await bench.build({
      buildspec: {
        phases: {
          build: {
            commands: [
              'mkdir -p out/deep',
              'echo 1 > out/.a.json',
              'echo 2 > out/deep/b.json',
              'touch out/c.txt',
              `ln -s ${outside}/real out/l.json`,
            ],
          },
        },
        artifacts: {
          'secondary-artifacts': {
            All: { 'base-directory': 'out', files: ['**/*'] },
            Json: { files: ['out/**/*.json'], 'exclude-paths': ['**/.*'], 'discard-paths': 'yes' },
          },
        },
      },
      outputs: ['All', 'Json'],
    });
    expect((await readdir(await bench.artifacts.path('All'))).sort()).toEqual(['.a.json', 'c.txt', 'deep', 'l.json']);
    expect((await readdir(await bench.artifacts.path('Json'))).sort()).toEqual(['b.json', 'l.json']);
    expect(await bench.artifact('Json', 'l.json')).toBe('real');
  });

  test('an artifact without files fails the build', async () => {
    const artifacts = { 'base-directory': 'out', files: ['**/*'] };
    const result = await bench.build({ buildspec: { ...commands('true').buildspec, artifacts }, outputs: ['Output'] });
    expect(result).toMatchObject({
      type: 'failed',
      message:
        'Build terminated with state: FAILED. Phase: UPLOAD_ARTIFACTS, Code: CLIENT_ERROR, Message: no matching base directory path found for out',
    });
  });

  test('test reports of a failing build are counted too', async () => {
    const junit = `<?xml version="1.0"?><testsuites><testsuite name="s">
      <testcase classname="adder" name="adds"/><testcase classname="adder" name="carries"><failure>no</failure></testcase>
      <testcase classname="adder" name="waits"><skipped/></testcase></testsuite></testsuites>`;
    const result = await bench.build({
      buildspec: {
        phases: { build: { commands: ['false'] } },
        reports: { jest: { 'base-directory': 'reports', files: ['*.xml'], 'file-format': 'JUNITXML' } },
      },
      source: { 'reports/jest.xml': junit },
    });
    expect(result).toMatchObject({
      type: 'failed',
      build: { reports: [{ group: 'jest', tests: 3, failures: 1, skipped: 1, failed: ['adder › carries'] }] },
    });
  });

  test('only the artifacts of a build are left', async () => {
    await bench.build(commands('touch "$HOME/x" "$TMPDIR/x" x; mkdir locked; touch locked/x; chmod 500 locked'));
    expect(await readdir(join(bench.scratch.path, 'builds'))).toEqual([]);
    expect(await readdir(join(bench.scratch.path, 'tmp'))).toEqual([]);
  });
});
