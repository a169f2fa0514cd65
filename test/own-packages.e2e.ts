import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { Rehearsal, type RehearsalEvent, type RehearsedRelease } from '../rehearsal/rehearsal';
import { linkPackages } from '../rehearsal/scratch/linked-packages';
import { Scratch } from '../rehearsal/scratch/scratch';
import { copyRepository } from './support/copy-repository';

/** A package.json with a lock file, tests, a package from the registry, one of its own, and a plugin of its own. */
const OWN_PACKAGES = join(__dirname, 'fixtures/own-packages-service');
const SERVICE = 'apps/api';

let workTree: string;
let scratch: Scratch;

/** A user's repository: the sample has moved to apps/api, and has packages of its own. */
beforeAll(async () => {
  workTree = mkdtempSync(join(tmpdir(), 'own-packages-'));
  scratch = await Scratch.open();
  await copyRepository(join(__dirname, '..'), workTree);
  mkdirSync(join(workTree, 'apps'));
  renameSync(join(workTree, 'service'), join(workTree, SERVICE));
  rmSync(join(workTree, SERVICE, 'test'), { recursive: true });
  cpSync(OWN_PACKAGES, join(workTree, SERVICE), { recursive: true });
  edit('cdk.json', ['"environments"', `"serviceDirectory": "${SERVICE}", "environments"`]);
  // A quick rehearsal skips `npm test`, whose first half is about the product.
  edit('buildspec.yml', ['- npm test\n', '- npx tsx bin/test-service.ts\n']);
  edit(`${SERVICE}/serverless.yml`, ['plugins:\n', 'plugins:\n  - mark-plugin\n']);
  edit(
    `${SERVICE}/handler.ts`,
    ['const NAME_LIMIT', "import { currency } from 'money';\nimport ms from 'ms';\n\nconst NAME_LIMIT"],
    ["'x-function-version': version", "'x-function-version': version, 'x-packages': [currency, ms('1 min')].join(' ')"],
  );
  git('init', '--quiet');
  commit('A service in apps/api');
  await linkPackages(join(__dirname, '..'), workTree);
});
afterAll(async () => {
  await scratch.close();
  rmSync(workTree, { recursive: true });
});

function edit(path: string, ...replacements: readonly (readonly [string, string])[]): void {
  let text = readFileSync(join(workTree, path), 'utf8');
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`${path} does not contain ${from}`);
    text = text.replace(from, () => to);
  }
  writeFileSync(join(workTree, path), text);
}

function git(...args: readonly string[]): void {
  execFileSync('git', ['-c', 'user.name=User', '-c', 'user.email=user@example.invalid', ...args], { cwd: workTree });
}

function commit(message: string): void {
  git('add', '--all');
  git('commit', '--quiet', '--no-verify', '--message', message);
}

function npm(...args: readonly string[]): string {
  return execFileSync('npm', args, { cwd: workTree, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

test('commands that need the packages say how to install them', () => {
  for (const command of ['run --silent package', 'exec tsx bin/test-service.ts'])
    expect(() => npm(...command.split(' '))).toThrow(
      "✖ the packages of the service in 'apps/api' are not installed; run 'npm run install:service'",
    );
});

describe('a rehearsal', () => {
  const events: RehearsalEvent[] = [];
  let rehearsal: Rehearsal;
  let release: RehearsedRelease;
  beforeAll(async () => {
    const onEvent = (event: RehearsalEvent) => events.push(event);
    rehearsal = await Rehearsal.open({ repository: workTree, seed: 1, quick: true, scratch, onEvent });
    release = await rehearsal.release();
  });
  afterAll(() => rehearsal?.close());

  const log = (stage: string, name: string) =>
    release.execution.actions.find(({ action }) => action.stage === stage && action.name === name)?.log.join('\n');

  test('says first that it installs what the work tree does not have', () => {
    expect(events[0]).toEqual({
      type: 'notice',
      text: "installing the packages of the service in 'apps/api' by apps/api/package-lock.json",
    });
  });

  test('installs the packages of the service in Build, and tests it with them', () => {
    expect(log('Build', 'Build')).toContain("installing the packages of the service in 'apps/api'");
    expect(log('Build', 'Build')).toContain('has packages of its own, in the versions of its own lock file');
  });

  test('releases it in both environments, packaged and deployed with its own plugin', async () => {
    expect(release.execution.status).toBe('Succeeded');
    expect(release.environments.map(({ environment, outcome }) => [environment, outcome?.type])).toEqual([
      ['staging', 'first-release'],
      ['prod', 'first-release'],
    ]);
    for (const environment of rehearsal.environments) {
      const { name, region, stackName } = environment;
      const access = { endpoint: rehearsal.url, region, credentials: rehearsal.visitor(environment) };
      const stacks = await new CloudFormationClient(access).send(new DescribeStacksCommand({ StackName: stackName }));
      expect(stacks.Stacks?.[0]?.Outputs).toContainEqual(
        expect.objectContaining({ OutputKey: 'Mark', OutputValue: 'made with a plugin of its own' }),
      );
      expect(log(name, 'Deploy')).toContain('mark-plugin takes part in the deploy');
    }
  });

  test('bundles its packages, in its own versions, into the functions', async () => {
    for (const environment of rehearsal.environments) {
      const answer = await fetch(`${rehearsal.frontDoor(environment)}/hello`);
      expect(answer.headers.get('x-packages')).toBe('EUR 60000');
    }
  });
});
