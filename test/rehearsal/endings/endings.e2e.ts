import { rm } from 'node:fs/promises';
import { CloudFormationClient, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient, ListDeploymentsCommand, StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import type { RehearsedRelease } from '../../../rehearsal/rehearsal';
import { actionOf, agreement } from './agreement';
import { replaced } from './fixture';
import { canarySays, deployBegins, deployLogs, put, Stage } from './stage';

/** Every way in which a release ends, and that all places report the same outcome. */
let stage: Stage;

const STACK = 'canary-service-prod';
const HELLO = `${STACK}-hello`;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(() => stage?.close());

/** Pushes a change of the public function. */
function push(name: string, before = '', files: Readonly<Record<string, string>> = {}): Promise<RehearsedRelease> {
  return stage.push(name, { 'service/handler.ts': stage.fixture.handler(name, before), ...files });
}

/** Statement with which this version fails every request of a visitor. */
const FAILS = `if (visitor) throw new Error('no model');`;

test('first release', async () => {
  const release = await stage.rehearsal.release();
  expect(await agreement(stage, release)).toEqual({
    type: 'first-release',
    headline: `first release: ${STACK}, no earlier version to shift from, so no canary ran`,
  });
});

test('no function changed', async () => {
  const release = await stage.push('Say more', { 'docs/more.md': '# More\n' });
  expect(await agreement(stage, release)).toEqual({
    type: 'unchanged',
    headline: expect.stringMatching(`^unchanged: ${STACK}, .*, so no canary ran$`),
  });
});

test('released, while the Canary action shows the progress', async () => {
  const release = await push('released');
  const { progress, result } = actionOf(release, 'Canary');
  const shown = progress.map(({ percentComplete, summary }) => `${percentComplete} % ${summary}`);
  expect(shown).toEqual(
    expect.arrayContaining([
      '0 % Deploy is starting its build',
      '0 % no traffic shifted yet · stack UPDATE_IN_PROGRESS',
      expect.stringMatching(/^\d+ % 10 % on v2 for 2 of 5 min · 6 alarms OK · 0\.0 % errors \(v1: 0\.0 %\)$/),
    ]),
  );
  expect(result).toMatchObject({
    externalId: expect.stringMatching(/^d-/),
    variables: { RELEASE_OUTCOME: 'released' },
  });
  expect(await agreement(stage, release)).toEqual({
    type: 'released',
    headline: expect.stringMatching(`^released: ${HELLO} v2 serves 100 % after 5 min( \\d+ s)?$`),
  });
});

describe('rolled back', () => {
  test('by an alarm at 10 %', async () => {
    const release = await push('alarm', FAILS);
    expect(await agreement(stage, release)).toEqual({
      type: 'rolled-back',
      headline: expect.stringMatching(
        `^rolled back: ${HELLO} v3 stopped by alarms? .*${HELLO}-v3-errors.* at 10 % after .*; v2 serves 100 % again$`,
      ),
    });
  });

  test('by an alarm at 10 %, when the same commit is pushed again', async () => {
    const release = await stage.rehearsal.release();
    expect(await agreement(stage, release)).toEqual({
      type: 'rolled-back',
      headline: expect.stringMatching(
        `^rolled back: ${HELLO} v4 stopped by alarms? .*${HELLO}-v4-errors.* at 10 % after .*; v2 serves 100 % again$`,
      ),
    });
  });

  test('by an alarm during a linear shift', async () => {
    const serverless = await stage.file('service/serverless.yml');
    const linear = replaced(
      serverless,
      'Canary10Percent5Minutes\n\nprovider',
      'Linear10PercentEvery1Minute\n\nprovider',
    );
    const release = await push('linear', `if (visitor && Date.now() - began > 130_000) throw new Error('full');`, {
      'service/serverless.yml': linear,
    });
    expect(await agreement(stage, release)).toEqual({
      type: 'rolled-back',
      headline: expect.stringMatching(
        `^rolled back: ${HELLO} v5 stopped by alarms? .*${HELLO}-.* at [2-6]0 % after .*; v2 serves 100 % again$`,
      ),
    });
  });

  test('by the pre-traffic hook', async () => {
    const release = await push('pre-hook', `if (hook) return { statusCode: 500, body: 'not today' };`);
    expect(await agreement(stage, release)).toEqual({
      type: 'rolled-back',
      headline: expect.stringMatching(
        `^rolled back: ${HELLO} v6 stopped by the BeforeAllowTraffic hook .* at 0 % after .*; v2 serves 100 %$`,
      ),
    });
  });

  test('by the post-traffic hook at 100 %', async () => {
    const release = await push('post-hook', `if (!hook && !visitor) return { statusCode: 404, body: 'not here' };`);
    expect(await agreement(stage, release)).toEqual({
      type: 'rolled-back',
      headline: expect.stringMatching(
        `^rolled back: ${HELLO} v7 stopped by the AfterAllowTraffic hook .* at 100 % after .*; v2 serves 100 % again$`,
      ),
    });
  });

  test('by a manual stop', async () => {
    const release = await stage.perform(() => push('person'), {
      when: canarySays(/^10 % on v8/),
      act: () => stopShift(),
    });
    expect(await agreement(stage, release)).toEqual({
      type: 'rolled-back',
      headline: expect.stringMatching(
        `^rolled back: ${HELLO} v8 stopped manually .* at 10 % after .*; v2 serves 100 % again$`,
      ),
    });
  });

  test('by a hook that does not report for an hour', async () => {
    const release = await push('silent-hook', '', {
      'service/hooks/pre-traffic.ts': 'export const handler = async () => {};\n',
    });
    expect(await agreement(stage, release)).toEqual({
      type: 'rolled-back',
      headline: expect.stringMatching(
        `^rolled back: ${HELLO} v9 stopped by the BeforeAllowTraffic hook .* at 0 % after 1 h.*; v2 serves 100 %$`,
      ),
    });
  });

  test('by an alarm that was in ALARM before the shift', async () => {
    const { trouble } = stage.fixture.steering;
    await put(trouble);
    const release = await stage.perform(() => push('trouble'), {
      when: (event) => event.type === 'action-ended' && event.action.name === 'Deploy',
      act: () => rm(trouble),
    });
    expect(await agreement(stage, release)).toEqual({
      type: 'rolled-back',
      headline: expect.stringMatching(
        `^rolled back: ${HELLO} v10 stopped by alarm ${HELLO}-api-5xx at 0 % after .*; v2 serves 100 %$`,
      ),
    });
  });

  test('with two functions, of which one fails', async () => {
    const release = await push('two', FAILS, { 'service/welcome.ts': stage.fixture.handler('two') });
    expect(await agreement(stage, release)).toEqual({
      type: 'rolled-back',
      headline: expect.stringMatching(
        `^rolled back: ${HELLO} v11 stopped by alarms? .* at 10 % after .*; v2 serves 100 % again; 1 other function was (cancelled|rolled back)$`,
      ),
    });
  });
});

describe('failed before CloudFormation', () => {
  test('because another operation updates the stack when the release is prepared', async () => {
    const release = await stage.perform(
      () => push('busy'),
      { when: deployBegins, act: () => startUpdateWithoutEnd() },
      { when: deployLogs(/nothing was deployed/), act: () => stage.letTimePass() },
    );
    expect(await agreement(stage, release)).toEqual({
      type: 'failed',
      headline: expect.stringMatching(
        `^failed before CloudFormation, no traffic shifted: stack '${STACK}' is busy \\(UPDATE_IN_PROGRESS\\): another operation is changing it$`,
      ),
    });
  });

  test('because another operation begins to update the stack between prepare and sls', async () => {
    const release = await stage.perform(
      () => stage.rehearsal.release(),
      { when: deployLogs(/is ready to be released/), act: () => startUpdateWithoutEnd() },
      { when: deployLogs(/state and can ?not be updated/), act: () => stage.letTimePass() },
    );
    expect(await agreement(stage, release)).toEqual({
      type: 'failed',
      headline: expect.stringMatching(
        /^failed before CloudFormation, no traffic shifted: .*UPDATE_IN_PROGRESS state and can ?not be updated/,
      ),
    });
  });

  test('because the package has no code', async () => {
    const manifest = await stage.file('package.json');
    const changed = JSON.parse(manifest);
    changed.scripts.package += ' && rm .package/prod/hello.zip';
    const before = await newestEvent();
    const release = await push('no-zip', '', { 'package.json': JSON.stringify(changed) });
    expect(await agreement(stage, release)).toEqual({
      type: 'failed',
      headline: expect.stringMatching(/^failed before CloudFormation, no traffic shifted: .*hello\.zip/),
    });
    expect(await newestEvent()).toEqual(before);
  });
});

test("released, although the Canary action's function dies twice meanwhile", async () => {
  const { canaryDies } = stage.fixture.steering;
  const release = await stage.perform(() => push('dies'), { when: canarySays(/^10 %/), act: () => put(canaryDies) });
  expect(await agreement(stage, release)).toEqual({
    type: 'released',
    headline: expect.stringMatching(`^released: ${HELLO} v\\d+ serves 100 % after 5 min( \\d+ s)?$`),
  });
});

test('rolled back, which the other places report when Deploy is stopped during the shift', async () => {
  const { deployDies } = stage.fixture.steering;
  await put(deployDies);
  const release = await stage.perform(() => push('stopped', FAILS), {
    when: canarySays(/^10 %/),
    act: () => stage.stopDeploy(),
  });
  await rm(deployDies);
  expect(await agreement(stage, release, 'deploy')).toEqual({
    type: 'rolled-back',
    headline: expect.stringMatching(
      `^rolled back: ${HELLO} v13 stopped by alarms? .* at 10 % after .*; v12 serves 100 % again$`,
    ),
  });
});

async function stopShift(): Promise<void> {
  const client = new CodeDeployClient(stage.access);
  const { deployments = [] } = await client.send(new ListDeploymentsCommand({ includeOnlyStatuses: ['InProgress'] }));
  expect(deployments).toHaveLength(1);
  await client.send(new StopDeploymentCommand({ deploymentId: deployments[0], autoRollbackEnabled: true }));
}

/** Starts an update of the stack that does not end before {@link Stage.letTimePass}. */
async function startUpdateWithoutEnd(): Promise<void> {
  await stage.holdTime();
  await stage.updateByHand();
}

async function newestEvent(): Promise<string | undefined> {
  const client = new CloudFormationClient(stage.access);
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: STACK }));
  return StackEvents[0]?.EventId;
}
