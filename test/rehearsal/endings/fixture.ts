import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { linkPackages } from '../../../rehearsal/scratch/linked-packages';
import type { Scratch } from '../../../rehearsal/scratch/scratch';
import { copyRepository } from '../../support/copy-repository';

const repository = join(__dirname, '../../..');

/** Where the fixture's parts look whether they are to misbehave: a directory beside the repository. */
export interface Steering {
  /** while it is there, the Canary action's function dies and writes a letter into it, until it holds two */
  readonly canaryDies: string;
  /** while it is there, Deploy writes into it the group of the processes that release, and ends without an outcome */
  readonly deployDies: string;
  /** as long as it is there, the function `hold` works, which says so in it, and virtual time stands still */
  readonly hold: string;
  /** as long as it is there, nobody is greeted: what every version needs is down */
  readonly trouble: string;
}

export interface Fixture {
  readonly path: string;
  readonly steering: Steering;
  /**
   * @param release differs in each change, so that the code does
   * @param before statements before the greeting; `visitor` and `hook` say who comes, `event` is the request
   * @returns the file of a function's handler
   */
  readonly handler: (release: string, before?: string) => string;
}

/**
 * Makes a repository to rehearse: this one as it lies in the work tree, so that a developer tests what is written and not
 * what was committed last, with less to release (one environment) and ways to go wrong (second function, steered parts).
 */
export async function makeFixture(scratch: Scratch): Promise<Fixture> {
  const path = await scratch.directory('fixture');
  const beside = await scratch.directory('steering');
  const steering: Steering = {
    canaryDies: join(beside, 'canary-dies'),
    deployDies: join(beside, 'deploy-dies'),
    hold: join(beside, 'hold'),
    trouble: join(beside, 'trouble'),
  };
  const handler = (release: string, before = '') => handlerFile(steering, release, before);
  const git = (cwd: string, ...args: readonly string[]) =>
    scratch.capture({
      file: 'git',
      arguments: ['-c', 'safe.directory=*', ...args],
      cwd,
      environment: { PATH: process.env.PATH ?? '', HOME: beside, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1' },
    });
  await copyRepository(repository, path);
  await oneEnvironment(path);
  await twoFunctions(path, handler('as-it-is'));
  await steered(path, steering);
  await git(path, 'init', '--quiet');
  await git(path, 'add', '--all');
  const author = ['-c', 'user.name=Fixture', '-c', 'user.email=fixture@example.invalid'];
  await git(path, ...author, 'commit', '--quiet', '--no-verify', '--message', 'A service to go wrong');
  await linkPackages(repository, path);
  return { path, steering, handler };
}

async function oneEnvironment(path: string): Promise<void> {
  await edit(join(path, 'cdk.json'), (text) => {
    const cdk = JSON.parse(text);
    cdk.context.pipeline = { ...cdk.context.pipeline, environments: [{ name: 'prod' }], notify: ['team@example.com'] };
    return JSON.stringify(cdk);
  });
  // One a second: an hour in which a hook does not answer has 3,600 requests.
  const requests = [{ share: 1, path: '/hello', headers: { 'user-agent': VISITOR } }];
  await writeFile(join(path, 'service/traffic.json'), JSON.stringify({ requestsPerSecond: 1, requests }));
}

/** The sample's function in two files of its own for each, so that a change of one leaves the other as it is. */
async function twoFunctions(path: string, handler: string): Promise<void> {
  const service = join(path, 'service');
  await rename(join(service, 'handler.ts'), join(service, 'greeting.ts'));
  await writeFile(join(service, 'handler.ts'), handler);
  await writeFile(join(service, 'welcome.ts'), handler);
  await writeFile(join(service, 'hold.ts'), HOLD);
  await edit(join(service, 'serverless.yml'), (text) => replaced(text, '\ncustom:\n', `${FUNCTIONS}\ncustom:\n`));
}

const FUNCTIONS = `
  welcome:
    handler: welcome.hello
    description: Greets elsewhere
    events:
      - httpApi: GET /welcome
    alarms: [newVersionErrors]
    deploymentSettings:
      type: \${param:deploymentType}
      alias: Live
      alarms: [WelcomeNewVersionErrorsAlarm]

  hold:
    handler: hold.handler
    description: Works as long as a file is there
    timeout: 60
`;

const HOLD = `import { existsSync, writeFileSync } from 'node:fs';

export const handler = async ({ file }: { file: string }) => {
  writeFileSync(file, 'held');
  while (existsSync(file)) await new Promise((wake) => setTimeout(wake, 20));
};
`;

/** The Canary action and Deploy as they are, inert but for what {@link Steering} says. */
async function steered(path: string, { canaryDies, deployDies }: Steering): Promise<void> {
  for (const name of ['canary-action', 'release']) {
    await rename(join(path, `bin/${name}.ts`), join(path, `bin/${name}.original.ts`));
  }
  await writeFile(
    join(path, 'bin/canary-action.ts'),
    `// @ts-nocheck: written by a test
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { handler as original } from './canary-action.original';

export const handler = (event, context) => {
  const file = ${JSON.stringify(canaryDies)};
  const deaths = existsSync(file) ? readFileSync(file, 'utf8') : '††';
  if (deaths.length < 2) {
    writeFileSync(file, deaths + '†');
    process.exit(1);
  }
  return original(event, context);
};
`,
  );
  await writeFile(
    join(path, 'bin/release.ts'),
    `// @ts-nocheck: written by a test
import { existsSync, writeFileSync } from 'node:fs';

const file = ${JSON.stringify(deployDies)};
if (existsSync(file)) {
  if (process.argv[2] === 'conclude') process.exit(1);
  writeFileSync(file, String(process.ppid));
}
require('./release.original');
`,
  );
}

/** Who comes to the public door of the fixture's service: everybody but hooks. */
const VISITOR = 'Mozilla/5.0';

function handlerFile({ trouble }: Steering, release: string, before: string): string {
  return `// @ts-nocheck: written by a test
import { existsSync } from 'node:fs';
import { hello as greet } from './greeting';

export const release = '${release}';
let began;

export const hello = async (event, context) => {
  const agent = event.headers?.['user-agent'] ?? '';
  const visitor = agent === '${VISITOR}';
  const hook = agent === 'pre-traffic-hook';
  if (visitor) began ??= Date.now();
  if (visitor && existsSync(${JSON.stringify(trouble)})) return { statusCode: 503, body: 'the database is down' };
  ${before}
  return greet(event, context);
};
`;
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}

/** @throws Error if the text has no such part, or more than one */
export function replaced(text: string, part: string, by: string): string {
  const [before, after, ...more] = text.split(part);
  if (before === undefined || after === undefined || more.length > 0) throw new Error(`'${part}' is not there once`);
  return before + by + after;
}
