import { StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { build } from 'esbuild';
import type { InvocationContext } from '../../../release/canary/canary-action';
import { functionsOf } from '../../../release/outcome/outcome';
import { deployWide } from '../collect/wide-shop';
import { deployGuarded, fail } from '../guarded-shop';
import { scope, target } from '../small-account';
import { CanaryBench, said } from './canary-bench';

let bench: CanaryBench;
const failure = (answers: Awaited<ReturnType<CanaryBench['follow']>>) => {
  const last = answers.at(-1);
  if (last?.type !== 'failed') throw new Error(`the action did not fail: ${JSON.stringify(last)}`);
  return last.failure;
};

/** @returns The most calls of the action in any minute. */
const mostCalls = () =>
  Math.max(...bench.calls.map((call) => bench.calls.filter(({ at }) => at >= call.at && at < call.at + 60_000).length));

describe('during a guarded release', () => {
  beforeAll(async () => {
    bench = await CanaryBench.open();
    await deployGuarded(bench.account, { commit: 'a' });
  });
  beforeEach(() => bench.push());
  afterAll(() => bench.close());

  test('a failed hook is reported with what it logged', async () => {
    const [outcome, answers] = await Promise.all([
      bench.deploy(() => deployGuarded(bench.account, { commit: 'b', hook: 'Failed' })),
      bench.follow(),
    ]);
    expect(outcome.type).toBe('rolled-back');
    const { type, message, externalExecutionId } = failure(answers);
    expect(type).toBe('JobFailed');
    expect(message.split('\n')[0]).toMatch(
      /^rolled back: shop-prod-hello v\d+ stopped by the BeforeAllowTraffic hook .*; v1 serves 100 %; 1 other function was/,
    );
    expect(message).toContain('greets the world: expected {"status":200}, received {"status":500}');
    expect(externalExecutionId).toMatch(/^d-/);
  });

  test('an alarm is reported while the release is rolling back, and in the outcome', async () => {
    const [, answers] = await Promise.all([
      bench.deploy(() => deployGuarded(bench.account, { commit: 'c' })),
      bench.follow(),
      fail(bench.account, 'c'),
    ]);
    expect(said(answers).slice(0, -1).join('\n')).toContain('2 shifting at 10 % · 1 alarm OK');
    expect(failure(answers).message.split('\n')[0]).toMatch(
      /^rolled back: shop-prod-hello v\d+ stopped by alarm shop-prod-hello-c-errors at 10 % after/,
    );
    // Two functions, with the budget of one.
    expect(mostCalls()).toBeLessThanOrEqual(30);
  });

  test('a release whose Deploy is stopped during the shift is followed to its end, which is recorded', async () => {
    const { clock } = bench.account;
    const actionExecutionId = bench.deployChanged('STARTED', { externalExecutionId: 'Deploy:stopped' });
    await bench.ledger.begin(await bench.record('Deploy:stopped'));
    const stopping = clock.spawn(async () => {
      await clock.sleep(120_000);
      bench.deployChanged('FAILED', { actionExecutionId });
    });
    const [answers] = await Promise.all([bench.follow(), deployGuarded(bench.account, { commit: 'd' }), stopping]);
    expect(failure(answers).message.split('\n')[0]).toContain(
      'failed after CloudFormation: sls deploy failed although the stack was updated: Deploy ended without reporting an outcome',
    );
    expect(failure(answers).message).toContain('Succeeded');
    expect((await bench.ledger.find('Deploy:stopped'))?.conclusion?.outcome.type).toBe('failed');
  });

  test('a manual stop is reported as such', async () => {
    const { clock, clients } = bench.account;
    const stopping = clock.spawn(async () => {
      let deploymentId: string | undefined;
      while (!deploymentId) {
        await clock.sleep(10_000);
        deploymentId = bench.lastDeployment;
      }
      await clients.codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
    });
    const [, answers] = await Promise.all([
      bench.deploy(() => deployGuarded(bench.account, { commit: 'e' })),
      bench.follow(),
      stopping,
    ]);
    expect(failure(answers).message.split('\n')[0]).toContain('stopped manually');
  });
});

describe('during a release of fifty functions', () => {
  const functions = 50;
  beforeAll(async () => {
    bench = await CanaryBench.open();
    await deployWide(bench.account, { functions, commit: 'a' });
  });
  beforeEach(() => bench.push());
  afterAll(() => bench.close());

  test('the action stays within sixty calls a minute, and within its limits', async () => {
    const [, answers] = await Promise.all([
      bench.deploy(() => deployWide(bench.account, { functions, commit: 'b' })),
      bench.follow((call) => {
        // Lambda does not keep a function's memory for ever.
        if (call % 5 === 4) bench.action = bench.newAction();
      }),
    ]);
    expect(answers.at(-1)).toMatchObject({ type: 'succeeded', outputVariables: { RELEASE_OUTCOME: 'released' } });
    expect(said(answers).join('\n')).toContain('0 of 50 functions at 100 %, 50 shifting at 10 %');
    expect(mostCalls()).toBeLessThanOrEqual(60);
  });

  test('a release whose Deploy died is judged when everything has been read, although one read does not suffice', async () => {
    const actionExecutionId = bench.deployChanged('STARTED', { externalExecutionId: 'Deploy:died' });
    await bench.ledger.begin(await bench.record('Deploy:died'));
    await Promise.all([deployWide(bench.account, { functions, commit: 'c' }), fail(bench.account, 'c')]);
    bench.deployChanged('FAILED', { actionExecutionId });
    await bench.account.clock.elapse(120_000);
    const answers = await bench.follow();
    expect(answers.filter(({ type }) => type === 'continues').length).toBeGreaterThan(3);
    expect(failure(answers).message).toContain('rolled back');
    const outcome = (await bench.ledger.find('Deploy:died'))?.conclusion?.outcome;
    expect(functionsOf(outcome!).filter(({ partial, to }) => partial || to === '?')).toEqual([]);
    expect(mostCalls()).toBeLessThanOrEqual(60);
  });
});

describe('the function as Lambda loads it', () => {
  const entry = `${__dirname}/../../../bin/canary-action.ts`;

  test('contains only this project and is small', async () => {
    const { metafile, outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      target: 'node20',
      external: ['@aws-sdk/*'],
      metafile: true,
      write: false,
    });
    expect(Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'))).toEqual([]);
    expect(outputFiles[0]?.contents.length).toBeLessThan(200_000);
  });

  test("assumes the environment's role, and says when that is denied", async () => {
    bench = await CanaryBench.open();
    const { config } = bench.account.clients.cloudFormation;
    const { accessKeyId, secretAccessKey } = await config.credentials();
    const { protocol, hostname, port } = await config.endpoint!();
    const before = { ...process.env };
    const logged = jest.spyOn(console, 'log').mockImplementation(() => {});
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: scope.region,
      AWS_ENDPOINT_URL: `${protocol}//${hostname}:${port}`,
    });
    try {
      const { handler } = (await import(entry)) as {
        handler: (event: unknown, context?: InvocationContext) => Promise<void>;
      };
      const call = async () => {
        const job = bench.job(undefined);
        await handler(job.event);
        return said([await job.answer]);
      };
      bench.deployChanged('STARTED', { externalExecutionId: 'Deploy:1' });
      expect(await call()).toEqual([
        expect.stringContaining(
          'Deploy is preparing the release · could not read the release ledger (denied: AccessDenied:',
        ),
      ]);
      const Watch = {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'shop-prod-watch',
          Path: '/release/',
          AssumeRolePolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Action: 'sts:AssumeRole',
                Principal: { AWS: `arn:aws:iam::${scope.accountId}:root` },
              },
            ],
          },
          Policies: [
            {
              PolicyName: 'reads',
              PolicyDocument: {
                Statement: {
                  Effect: 'Allow',
                  Action: ['cloudformation:DescribeStackEvents', 'dynamodb:Query'],
                  Resource: '*',
                },
              },
            },
          ],
        },
      };
      const template = { body: JSON.stringify({ Resources: { Watch } }) };
      const capabilities = ['CAPABILITY_NAMED_IAM'];
      await bench.account.region.cloudFormation.deploy({
        stackName: `${target.stackName}-roles`,
        template,
        capabilities,
      });
      expect(await call()).toEqual(['Deploy is preparing the release']);
      expect(logged.mock.calls.map(([line]) => line)).toEqual([
        expect.stringContaining('Deploy is preparing the release · could not read'),
        `shop-prod in ${bench.execution}: Deploy is preparing the release`,
      ]);
    } finally {
      process.env = before;
      logged.mockRestore();
      await bench.close();
    }
  });
});
