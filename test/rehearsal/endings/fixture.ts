import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scratch } from '../../../rehearsal/scratch/scratch';
import { commitFixture } from '../../support/commit-fixture';
import { copyRepository } from '../../support/copy-repository';

const repository = join(__dirname, '../../..');

/** Files outside of the repository whose existence makes parts of the fixture misbehave. */
export interface Steering {
  /** While it exists, the Canary action's function dies and appends a character to it, until there are two. */
  readonly canaryDies: string;
  /** while it is there, Deploy writes into it the group of the processes that release, and ends without an outcome */
  readonly deployDies: string;
  /** While it exists, the function `hold` runs, which writes to it, and virtual time stands still. */
  readonly hold: string;
  /** While it exists, every version fails, because a dependency is down. */
  readonly trouble: string;
}

export interface Fixture {
  readonly path: string;
  readonly steering: Steering;
  /**
   * @param release Different in each change, so that the code is too.
   * @param before Statements before the greeting. `visitor` and `hook` say who sends the request, `event` is the
   * request.
   * @returns The content of a handler's file.
   */
  readonly handler: (release: string, before?: string) => string;
}

/**
 * Creates a repository to rehearse: a copy of this repository's work tree, so that uncommitted changes are tested too.
 * It has only one environment, and can be made to fail in several ways (a second function, steered parts).
 */
export async function makeFixture(scratch: Scratch): Promise<Fixture> {
  const path = await scratch.directory('fixture');
  const outside = await scratch.directory('steering');
  const steering: Steering = {
    canaryDies: join(outside, 'canary-dies'),
    deployDies: join(outside, 'deploy-dies'),
    hold: join(outside, 'hold'),
    trouble: join(outside, 'trouble'),
  };
  const handler = (release: string, before = '') => handlerFile(steering, release, before);
  await copyRepository(repository, path);
  await oneEnvironment(path);
  await twoFunctions(path, handler('as-it-is'));
  await steered(path, steering);
  await commitFixture(scratch, path, repository);
  return { path, steering, handler };
}

async function oneEnvironment(path: string): Promise<void> {
  await edit(join(path, 'cdk.json'), (text) => {
    const cdk = JSON.parse(text);
    cdk.context.pipeline = { ...cdk.context.pipeline, environments: [{ name: 'prod' }], notify: ['team@example.com'] };
    return JSON.stringify(cdk);
  });
  // One request per second, because an hour without a hook's report has 3,600 of them.
  const requests = [{ share: 1, path: '/hello', headers: { 'user-agent': VISITOR } }];
  await writeFile(join(path, 'service/traffic.json'), JSON.stringify({ requestsPerSecond: 1, requests }));
}

/**
 * Splits the sample's function into two functions with separate files, so that a change of one does not change the
 * other.
 */
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

/** Wraps the Canary action's function and Deploy, so that they misbehave as {@link Steering} says. */
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

/** User agent of the traffic, in contrast to the hooks. */
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

/** @throws Error unless the text contains the part exactly once. */
export function replaced(text: string, part: string, by: string): string {
  const [before, after, ...more] = text.split(part);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`the text does not contain '${part}' exactly once`);
  return before + by + after;
}
