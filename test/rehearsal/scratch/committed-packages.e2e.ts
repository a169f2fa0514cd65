import { appendFile, cp, mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { synthesise } from '../../../rehearsal/install/synthesis';
import { installedPackages } from '../../../rehearsal/pipeline/codebuild/installed-packages';
import { GitRepository } from '../../../rehearsal/scratch/git';
import { linkPackages } from '../../../rehearsal/scratch/linked-packages';
import { Scratch } from '../../../rehearsal/scratch/scratch';

const ROOT = join(__dirname, '../../..');
const PLUGIN = 'canary-guard/plugin/index.js';
const ENVIRONMENT = { PATH: process.env.PATH ?? '', SLS_SCHEMA_CACHE_BASE_DIR: join(ROOT, 'node_modules/.cache/sls') };

let scratch: Scratch;
let workTree: string;
let repository: GitRepository;

/** A repository with canary-guard as its workspace package, an app and a service. Its plugin has an uncommitted change. */
beforeAll(async () => {
  scratch = await Scratch.open();
  workTree = await scratch.directory('work-tree');
  for (const part of ['package.json', 'plugin', 'rules']) {
    await cp(join(ROOT, 'canary-guard', part), join(workTree, 'canary-guard', part), { recursive: true });
  }
  const files: Record<string, string> = {
    '.gitignore': 'node_modules/\n',
    'package-lock.json': await readFile(join(ROOT, 'package-lock.json'), 'utf8'),
    'cdk.json': '{ "app": "node app.js" }',
    'app.js': `const fs = require('node:fs');
const out = process.env.CDK_OUTDIR;
const properties = { templateFile: 'stack.json' };
const stack = { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region', properties };
fs.mkdirSync(out, { recursive: true });
fs.writeFileSync(out + '/stack.json', '{ "Resources": {} }');
fs.writeFileSync(out + '/manifest.json', JSON.stringify({ version: '36.0.0', artifacts: { Stack: stack } }));
fs.copyFileSync(require.resolve('serverless-canary-guard'), out + '/plugin.js');
`,
    'service/serverless.yml': `service: small
plugins: [serverless-plugin-canary-deployments, serverless-canary-guard]
provider: { name: aws, runtime: nodejs24.x }
functions: { hello: { handler: handler.hello } }
`,
    'service/handler.js': 'exports.hello = async () => "hello";\n',
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(workTree, path)), { recursive: true });
    await writeFile(join(workTree, path), content);
  }
  const git = (...args: readonly string[]) =>
    scratch.capture({
      file: 'git',
      arguments: ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', ...args],
      cwd: workTree,
      environment: { ...ENVIRONMENT, HOME: scratch.path, GIT_CONFIG_NOSYSTEM: '1' },
    });
  await git('init', '--quiet');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'A small service');
  await appendFile(join(workTree, PLUGIN), 'throw new Error("not committed");\n');
  await linkPackages(ROOT, workTree);
  repository = await GitRepository.open(workTree, scratch);
});
afterAll(() => scratch.close());

const committed = () => readFile(join(ROOT, PLUGIN), 'utf8');

test('synthesis loads a workspace package as it is committed', async () => {
  expect(await repository.changes()).toEqual([PLUGIN]);
  const commit = await repository.head();
  const { directory } = await synthesise({ repository, commit, installed: workTree, scratch, onNotice: () => {} });
  expect(await readFile(join(directory, 'plugin.js'), 'utf8')).toBe(await committed());
});

describe('the packages of the work tree', () => {
  let source: string;
  beforeEach(async () => {
    source = join(scratch.path, 'source');
    await repository.export((await repository.head()).id, source);
  });
  afterEach(() => rm(source, { recursive: true }));

  /** @returns What `sls package` prints. */
  async function packageService(checkout: string): Promise<string> {
    const lines: string[] = [];
    await scratch.run({
      file: process.execPath,
      arguments: [join(ROOT, 'node_modules/serverless/bin/serverless.js'), 'package'],
      cwd: join(checkout, 'service'),
      environment: { ...ENVIRONMENT, HOME: scratch.path },
      onLine: (line) => lines.push(line),
    });
    return lines.join('\n');
  }

  test('lead sls to the plugin as it is committed, by links', async () => {
    await linkPackages(workTree, source);
    expect(await packageService(source)).toContain('Service packaged');
    expect(await packageService(workTree)).toContain('not committed');
  });

  test('lead a build to the plugin as it is committed, by the copies that its cache starts with', async () => {
    // As npm has it: an entry for every package, with the link among them.
    const hidden = join(workTree, 'node_modules/.package-lock.json');
    await rm(hidden);
    await cp(join(workTree, 'package-lock.json'), hidden);
    const directory = join(source, 'node_modules');
    const seed = installedPackages(workTree, scratch);
    expect(await seed([{ pattern: 'node_modules/**/*', directory }], source)).toBe(true);
    const plugin = createRequire(join(source, 'app.js')).resolve('serverless-canary-guard');
    expect(await realpath(plugin)).toBe(join(source, PLUGIN));
    expect(await readFile(plugin, 'utf8')).toBe(await committed());
  });

  test('are not given to a build whose lock file links the package to another directory', async () => {
    const hidden = join(workTree, 'node_modules/.package-lock.json');
    await rm(hidden);
    await symlink(join(workTree, 'package-lock.json'), hidden);
    const lock = await readFile(join(source, 'package-lock.json'), 'utf8');
    await writeFile(
      join(source, 'package-lock.json'),
      lock.replace('"resolved": "canary-guard"', '"resolved": "guard"'),
    );
    const seed = installedPackages(workTree, scratch);
    const directory = join(source, 'node_modules');
    expect(await seed([{ pattern: 'node_modules/**/*', directory }], source)).toBe(false);
  });
});
