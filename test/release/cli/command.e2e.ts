import { type ReleaseCommandContext, type ReleaseCommandName, runReleaseCommand } from '../../../release/cli/command';
import { deployGuarded } from '../guarded-shop';
import { SmallAccount } from '../small-account';

let account: SmallAccount;

beforeAll(async () => {
  account = await SmallAccount.open();
  await deployGuarded(account, { commit: 'a' });
});
afterAll(() => account.close());

async function run(name: ReleaseCommandName, args: string, shell: Record<string, string> = {}) {
  const texts = { stdout: '', stderr: '' };
  const output = (stream: keyof typeof texts) => ({
    write: (text: string) => {
      texts[stream] += text;
    },
  });
  const context: ReleaseCommandContext = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    shell,
    environmentStack: async (environment) => {
      if (environment === 'prod') return { stackName: 'shop-prod', region: 'eu-central-1' };
      throw new Error(`no environment '${environment}' in cdk.json; write one of prod`);
    },
    clients: () => account.clients,
    pause: async () => {},
  };
  return { status: await runReleaseCommand(name, args.split(' ').filter(Boolean), context), ...texts };
}

test('outcome prints the last release of an environment and nothing else', async () => {
  const { status, stdout, stderr } = await run('outcome', '--environment prod');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^✔ first release: shop-prod\n {2}no earlier version to shift from/);
});

test('outcome --json prints the same facts as one document', async () => {
  const { status, stdout } = await run('outcome', '--stack shop-prod --region eu-central-1 --json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'first-release', stackName: 'shop-prod', aliases: [{}, {}] });
});

test('watch succeeds only where something was released', async () => {
  const { status, stdout } = await run('watch', '--environment prod');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^shop-prod {2}first release \(CREATE_COMPLETE\)\n✔ first release: shop-prod\n/);
  const lines = (await run('watch', '--environment prod --json')).stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { type: 'change', view: { status: 'good', word: 'first release' } },
    { type: 'outcome', outcome: { type: 'first-release' } },
  ]);
});

test('a stack that does not exist is a failure, not a wrong call', async () => {
  expect(await run('outcome', '--stack shop-dev', { AWS_REGION: 'eu-central-1' })).toEqual({
    status: 1,
    stdout: '',
    stderr:
      "✖ no stack 'shop-dev' in this account and region; check AWS_PROFILE and --region, or make the first release\n",
  });
});

test.each([
  ['', 'no environment and no stack is given; write --environment or --stack'],
  [
    '--environment prod --stack shop-prod',
    'an environment and a stack are given; write --environment or --stack, not both',
  ],
  ['--environment production', "no environment 'production' in cdk.json; write one of prod"],
  ['--stack shop-prod', 'the region is not known; write --region, or set AWS_REGION'],
  [
    '--enviroment prod',
    "'--enviroment' is not an option\n✖ 'prod' is not an option; write one of --environment, --stack,",
  ],
])('the call "%s" is refused with the reason and with how to call the command', async (args, message) => {
  const { status, stdout, stderr } = await run('outcome', args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.startsWith(`✖ ${message}`)).toBe(true);
  expect(stderr).toContain('usage: npm run outcome -- --environment NAME');
});

test('help goes to stdout', async () => {
  expect(await run('watch', '--help')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^usage: npm run watch/),
  });
});
