import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CodeDeployClient, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { harmful } from '../../rehearsal/commits';
import type { RehearsedEnvironment } from '../../rehearsal/install/rehearsed-environment';
import type { EnvironmentObservation } from '../../rehearsal/observe/release-observer';
import type { Action } from '../../rehearsal/pipeline/model';
import { Rehearsal, type RehearsalEvent, type RehearsedRelease } from '../../rehearsal/rehearsal';
import { differences } from '../../rehearsal/report/expectation';
import { linkPackages } from '../../rehearsal/scratch/linked-packages';
import { Scratch } from '../../rehearsal/scratch/scratch';
import { slsFailure } from '../../release/deploy/sls-log';
import type { FunctionRelease } from '../../release/outcome/outcome';

const repository = join(__dirname, '../..');
const HELLO = 'canary-service-prod-hello';
const STACK = 'canary-service-prod';

/** One rehearsal for all tests: each pushes on top of the one before. */
let rehearsal: Rehearsal;
let scratch: Scratch;
const events: RehearsalEvent[] = [];
const builds = { quick: true };
/** The release that was rolled back, which several tests check. */
let harmfulRelease: RehearsedRelease;

beforeAll(async () => {
  scratch = await Scratch.open();
  rehearsal = await Rehearsal.open({
    repository,
    seed: 1,
    // Read before each command, because the builds of one push run their tests.
    get quick() {
      return builds.quick;
    },
    scratch,
    onEvent: (event) => events.push(event),
  });
});

afterAll(async () => {
  await rehearsal?.close();
  await scratch?.close();
});

function environment(name: string): RehearsedEnvironment {
  return rehearsal.environments.find((each) => each.name === name)!;
}

function access(name = 'prod') {
  const { region } = environment(name);
  return { endpoint: rehearsal.url, region, credentials: rehearsal.visitor(environment(name)) };
}

function observed(release: RehearsedRelease, name = 'prod'): EnvironmentObservation {
  return release.environments.find((each) => each.environment === name)!;
}

/** @returns The result of each action, e.g. `['Source/GitHub succeeded', 'Build/Build failed']`. */
function progress({ execution }: RehearsedRelease): string[] {
  return execution.actions.map(({ action, result }) => `${action.stage}/${action.name} ${result.type}`);
}

/** @returns The output of a stage's builds during one release. */
function output({ execution }: RehearsedRelease, stage: string): string {
  const begun = events.findLastIndex(
    (each) =>
      each.type === 'pipeline-event' &&
      each.event.type === 'execution-started' &&
      each.event.executionId === execution.executionId,
  );
  return events
    .slice(begun)
    .flatMap((each) =>
      each.type === 'pipeline-event' &&
      each.event.type === 'build-event' &&
      each.event.event.type === 'output' &&
      each.event.action.stage === stage
        ? [each.event.event.line]
        : [],
    )
    .join('\n');
}

async function stackEvents(StackName = STACK): Promise<StackEvent[]> {
  const client = new CloudFormationClient(access());
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents;
}

async function live(functionName = HELLO) {
  const lambda = new LambdaClient(access());
  return lambda.send(new GetAliasCommand({ FunctionName: functionName, Name: 'Live' }));
}

/** @returns The response of the public API. */
async function greeted(): Promise<unknown> {
  return (await fetch(`${rehearsal.frontDoor(environment('prod'))}/hello`)).json();
}

/** A file of the commit that was pushed last. */
function pushed(path: string): string {
  return readFileSync(join(scratch.path, 'repository', path), 'utf8');
}

function actionOf(release: RehearsedRelease, stage: string, type: Action['type'] = 'CodeBuild') {
  return release.execution.actions.findLast(({ action }) => action.stage === stage && action.type === type)!;
}

test('the first push creates everything, and no traffic shifts', async () => {
  const release = await rehearsal.release();
  expect(release.execution.status).toBe('Succeeded');
  expect(observed(release, 'staging').outcome?.type).toBe('first-release');
  expect(observed(release).outcome?.type).toBe('first-release');
  // The build synthesises the same templates as those that were installed, with the same code of functions.
  expect(actionOf(release, 'UpdatePipeline', 'SelfMutation').result).toEqual({
    type: 'reported',
    summary: 'not run: the pipeline would not change',
  });
  expect(await live()).toMatchObject({ FunctionVersion: '1' });
  expect(await greeted()).toEqual({ message: 'Hello, world!', version: '1' });
});

test('a commit that changes no function succeeds in all environments, without a canary', async () => {
  const release = await rehearsal.releaseFiles('Say more in the README', { 'docs/more.md': '# More\n' });
  expect(release.execution.status).toBe('Succeeded');
  for (const name of ['staging', 'prod']) {
    expect(observed(release, name)).toMatchObject({ outcome: { type: 'unchanged' }, canaries: [], serving: [] });
  }
  const begun = observed(release).traffic!;
  expect([begun.before.failed, begun.during.failed, begun.after.failed]).toEqual([0, 0, 0]);
  expect(await live()).toMatchObject({ FunctionVersion: '1' });
});

describe('a harmful commit', () => {
  test('is rolled back during the shift, and its Deploy fails', async () => {
    harmfulRelease = await rehearsal.releaseChange(harmful);
    expect(progress(harmfulRelease).slice(-3)).toEqual([
      'prod/canary-service-prod-release.Deploy succeeded',
      'prod/Deploy failed',
      'prod/Canary failed',
    ]);
    expect(observed(harmfulRelease)).toMatchObject({
      outcome: {
        type: 'rolled-back',
        stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
        functions: [
          { from: '1', to: '2', weightReached: 10, cause: { type: 'alarm', alarms: [`${HELLO}-v2-errors`] } },
        ],
      },
      serving: [{ functionName: HELLO, version: '1', weights: {} }],
    });
    expect(observed(harmfulRelease).traffic!.during.failed).toBeGreaterThan(0);
    expect(observed(harmfulRelease).traffic!.after.failed).toBe(0);
    expect(output(harmfulRelease, 'prod')).toContain(`✖ rolled back: ${STACK} (UPDATE_ROLLBACK_COMPLETE)`);
    // Deploy's log, the Canary action, the ledger and the notification report the same outcome.
    expect(differences([['harmful', harmfulRelease]])).toEqual([]);
  });

  test('fails in a command whose text says so, and its lifecycle events are the test report', () => {
    const { result } = actionOf(harmfulRelease, 'prod');
    expect(result).toMatchObject({
      message: expect.stringMatching(/Phase: POST_BUILD, .* executing command: .* 'ROLLED BACK; .* exit status 1$/),
      build: {
        reports: [{ group: 'lifecycle', tests: 3, failures: 1, failed: [expect.stringMatching(/ › AllowTraffic$/)] }],
      },
    });
  });

  test('has no stack operation in progress any more when its Deploy ends', async () => {
    const { ended } = actionOf(harmfulRelease, 'prod');
    const before = (await stackEvents()).filter(({ Timestamp }) => Timestamp!.getTime() <= ended);
    expect(before[0]).toMatchObject({ LogicalResourceId: STACK, ResourceStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    const { Stacks } = await new CloudFormationClient(access()).send(new DescribeStacksCommand({ StackName: STACK }));
    expect(Stacks).toMatchObject([{ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' }]);
  });
});

describe('after that, a client of the AWS API finds', () => {
  let shift: FunctionRelease;

  beforeAll(() => {
    const { outcome } = observed(harmfulRelease);
    if (outcome?.type !== 'rolled-back') throw new Error(`the release ended as ${outcome?.type}`);
    shift = outcome.functions[0]!;
  });

  test('the stack events of the update and of its rollback', async () => {
    const found = await stackEvents();
    const of = (id: string) =>
      found
        .filter(({ LogicalResourceId }) => LogicalResourceId === id)
        .map(({ ResourceStatus, ResourceStatusReason = '' }) => `${ResourceStatus} ${ResourceStatusReason}`.trim());
    expect(of(STACK).slice(0, 4)).toEqual([
      'UPDATE_ROLLBACK_COMPLETE',
      'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      expect.stringContaining('UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [HelloLambda'),
      'UPDATE_IN_PROGRESS User Initiated',
    ]);
    const alias = of('HelloLambdaFunctionAliasLive');
    expect(alias).toContain(`UPDATE_IN_PROGRESS CodeDeploy deployment started: ${shift.deploymentId}`);
    expect(alias).toContainEqual(expect.stringContaining(`${shift.deploymentId} failed. One or more alarms`));
  });

  test('the deployment that was stopped, and the one that restored the old version', async () => {
    const client = new CodeDeployClient(access());
    const stopped = await client.send(new GetDeploymentCommand({ deploymentId: shift.deploymentId }));
    expect(stopped.deploymentInfo).toMatchObject({
      status: 'Stopped',
      computePlatform: 'Lambda',
      deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      errorInformation: { code: 'ALARM_ACTIVE', message: expect.stringContaining(`<${HELLO}-v2-errors>`) },
      rollbackInfo: { rollbackDeploymentId: shift.rollbackDeploymentId },
    });
    const back = await client.send(new GetDeploymentCommand({ deploymentId: shift.rollbackDeploymentId }));
    expect(back.deploymentInfo).toMatchObject({
      status: 'Succeeded',
      creator: 'codeDeployRollback',
      rollbackInfo: { rollbackTriggeringDeploymentId: shift.deploymentId },
    });
  });

  test('the alias with the old version only', async () => {
    const alias = await live();
    expect(alias).toMatchObject({ Name: 'Live', FunctionVersion: '1' });
    expect(alias.RoutingConfig).toBeUndefined();
    expect(await greeted()).toMatchObject({ version: '1' });
  });

  test('the alarms of the version that serves', async () => {
    const client = new CloudWatchClient(access());
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: STACK }));
    const states = Object.fromEntries(MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
    expect(states).toEqual({
      [`${HELLO}-api-5xx`]: 'OK',
      [`${HELLO}-v1-errors`]: 'OK',
      [`${HELLO}-v1-latency`]: 'OK',
      [`${HELLO}-v1-throttles`]: 'OK',
      [`${STACK}-postTraffic-crashes`]: 'OK',
      [`${STACK}-preTraffic-crashes`]: 'OK',
      [`${STACK}-release-undelivered`]: 'OK',
    });
    expect(MetricAlarms.find(({ AlarmName }) => AlarmName === `${HELLO}-v1-errors`)).toMatchObject({
      Metrics: expect.arrayContaining([expect.objectContaining({ Id: 'unexplained', ReturnData: true })]),
      Threshold: 2,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  test('the same with the AWS CLI, if it is installed', async () => {
    const cli = await awsCli();
    if (!cli) return;
    const name = ['--stack-name', STACK, '--max-items', '1'];
    const { StackEvents } = await cli('cloudformation', 'describe-stack-events', ...name);
    expect(StackEvents[0]).toMatchObject({ LogicalResourceId: STACK, ResourceStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    const { deploymentInfo } = await cli('deploy', 'get-deployment', '--deployment-id', shift.deploymentId);
    expect(deploymentInfo).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE' } });
    const alias = await cli('lambda', 'get-alias', '--function-name', HELLO, '--name', 'Live');
    expect(alias).toMatchObject({ FunctionVersion: '1' });
    const { MetricAlarms } = await cli('cloudwatch', 'describe-alarms', '--alarm-names', `${HELLO}-v1-errors`);
    expect(MetricAlarms).toMatchObject([{ StateValue: 'OK' }]);
  });
});

describe('sls by itself, with the package that was rolled back,', () => {
  let checkout: string;

  beforeAll(async () => {
    checkout = await checkOut(harmfulRelease);
  });

  test('reports no changes and succeeds without --force, with the old version live', async () => {
    const { status, text } = await sls(checkout, ['--verbose', '--stage', 'prod', '--package', '../.package/prod']);
    expect(text).toContain('No changes to deploy');
    expect(status).toBe(0);
    expect(await live()).toMatchObject({ FunctionVersion: '1' });
  });

  test('cannot publish the code a second time with --force', async () => {
    const arguments_ = ['--verbose', '--force', '--stage', 'prod', '--package', '../.package/prod'];
    const { status, text } = await sls(checkout, arguments_);
    expect(text).toContain('Version already exists');
    expect(slsFailure(text)).toMatch(
      /^CREATE_FAILED: HelloLambdaVersion\w+ \(AWS::Lambda::Version\)\n.*already exists/,
    );
    expect(status).toBe(1);
    expect(await live()).toMatchObject({ FunctionVersion: '1' });
  });

  test('fails with the package of another stage, which the service refuses', async () => {
    const before = await stackEvents();
    const arguments_ = ['--verbose', '--force', '--stage', 'prod', '--package', '../.package/staging'];
    const { status, text } = await sls(checkout, arguments_);
    expect(text).toContain('this package was made for stage "staging", not for "prod"');
    expect(slsFailure(text)).toContain('this package was made for stage "staging", not for "prod"');
    expect(status).toBe(1);
    expect(await stackEvents()).toEqual(before);
  });
});

test('the same commit again is a new release: a new version, a canary, and a rollback', async () => {
  const release = await rehearsal.release();
  expect(release.commit).toEqual(harmfulRelease.commit);
  expect(progress(release).slice(-2)).toEqual(['prod/Deploy failed', 'prod/Canary failed']);
  expect(observed(release)).toMatchObject({
    outcome: {
      type: 'rolled-back',
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      functions: [{ from: '1', to: '3', weightReached: 10, cause: { type: 'alarm' } }],
    },
    serving: [{ version: '1', weights: {} }],
  });
  expect(observed(release).canaries[0]!.invocations).toBeGreaterThan(0);
  expect(output(release, 'prod')).toContain(
    `${HELLO}: this code was released and rolled back before; it gets a new version and its own canary`,
  );
  // In staging it is live already, so nothing changes.
  expect(observed(release, 'staging').outcome?.type).toBe('unchanged');
});

test('a package for another environment is refused before the stack is updated', async () => {
  const before = await stackEvents('canary-service-staging');
  const manifest = JSON.parse(pushed('package.json'));
  // After the preflight, which would refuse it in Build.
  manifest.scripts.preflight += ' && rm -r .package/staging && cp -R .package/prod .package/staging';
  const release = await rehearsal.releaseFiles('Save a package', { 'package.json': JSON.stringify(manifest) });
  expect(progress(release)).toContain('staging/Deploy failed');
  const deploy = release.execution.actions.find(({ action }) => action.stage === 'staging' && action.name === 'Deploy');
  expect(deploy?.result).toMatchObject({
    message: expect.stringMatching(/Phase: POST_BUILD, .* 'FAILED before CloudFormation, .* exit status 1$/),
  });
  expect(output(release, 'staging')).toContain(`✖ the package in '.package/staging' does not match this release:
  stage: the package is for 'prod', the release is for 'staging'
  stackName: the package is for 'canary-service-prod', the release is for 'canary-service-staging'`);
  expect(output(release, 'staging')).toContain(
    '✖ failed before CloudFormation, no traffic shifted: canary-service-staging (untouched by this release, ',
  );
  expect(await stackEvents('canary-service-staging')).toEqual(before);
  expect(observed(release).outcome).toBeUndefined();
});

test('a commit with an invalid serverless.yml fails with the message of sls, and the running version stays', async () => {
  const before = await stackEvents();
  const broken = pushed('service/serverless.yml').replace('handler: handler.hello', '$&\n    timout: 3');
  const release = await rehearsal.releaseFiles('Allow for slow greetings', { 'service/serverless.yml': broken });
  expect(progress(release)).toEqual(['Source/GitHub succeeded', 'Build/Build failed']);
  expect(output(release, 'Build')).toContain("at 'functions.hello': unrecognized property 'timout'");
  expect(await stackEvents()).toEqual(before);
  expect(await greeted()).toMatchObject({ version: '1' });
  const { traffic } = observed(release);
  expect(traffic!.before.served).toBeGreaterThan(1_000);
  expect(traffic!.before.failed).toBe(0);
});

test('a commit with failing tests does not get past Build', async () => {
  builds.quick = false;
  const manifest = JSON.parse(pushed('package.json'));
  // Only the service's own tests, to save time. The buildspec runs them.
  manifest.scripts.test =
    'JEST_JUNIT_OUTPUT_FILE=reports/jest.xml jest --config service/jest.config.js --reporters=default --reporters=jest-junit';
  const release = await rehearsal.releaseFiles('Greet less warmly', {
    'package.json': JSON.stringify(manifest),
    'service/serverless.yml': readFileSync(join(repository, 'service/serverless.yml'), 'utf8'),
    'service/handler.original.ts': pushed('service/handler.original.ts').replace('Hello, ', 'Go away, '),
  });
  builds.quick = true;
  expect(progress(release)).toEqual(['Source/GitHub succeeded', 'Build/Build failed']);
  const { result } = actionOf(release, 'Build');
  expect(result).toMatchObject({
    message:
      'Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, ' +
      'Message: Error while executing command: npm test. Reason: exit status 1',
  });
  expect(result.type === 'failed' && result.build?.reports).toMatchObject([{ failures: expect.any(Number) }]);
  expect(output(release, 'Build')).toContain('Go away, ');
  expect(await live()).toMatchObject({ FunctionVersion: '1' });
});

/**
 * Creates a work tree with the source of a release, the packages that Build made, and this repository's node_modules.
 */
async function checkOut({ execution }: RehearsedRelease): Promise<string> {
  const directory = join(scratch.path, 'checkout');
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const artifacts = join(scratch.path, 'artifacts', execution.executionId);
  for (const name of readdirSync(artifacts)) {
    const artifact = join(artifacts, name);
    if (existsSync(join(artifact, 'service/serverless.yml'))) await cp(artifact, directory, { recursive: true });
  }
  for (const name of readdirSync(artifacts)) {
    const artifact = join(artifacts, name);
    if (existsSync(join(artifact, 'prod'))) await cp(artifact, join(directory, '.package'), { recursive: true });
  }
  await linkPackages(repository, directory);
  return directory;
}

/** Runs `sls deploy` against the rehearsal's endpoint, as a person with credentials would. */
async function sls(checkout: string, args: readonly string[]): Promise<{ status: number; text: string }> {
  const { accessKeyId, secretAccessKey } = rehearsal.visitor(environment('prod'));
  const lines: string[] = [];
  const exit = await scratch.run({
    file: process.execPath,
    arguments: [join(repository, 'node_modules/serverless/bin/serverless.js'), 'deploy', ...args],
    cwd: join(checkout, 'service'),
    environment: {
      PATH: process.env.PATH ?? '',
      HOME: checkout,
      AWS_ENDPOINT_URL: rehearsal.url,
      AWS_REGION: environment('prod').region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      SLS_AWS_MONITORING_FREQUENCY: '200',
      SLS_SCHEMA_CACHE_BASE_DIR: join(repository, 'node_modules/.cache/sls'),
    },
    onLine: (line) => lines.push(line),
  });
  if (exit.type !== 'exited') throw new Error(`sls was ${exit.type}`);
  return { status: exit.code, text: lines.join('\n') };
}

/** @returns A function that runs the AWS CLI against the rehearsal. Undefined if the CLI is not installed. */
async function awsCli() {
  const execute = promisify(execFile);
  const { accessKeyId, secretAccessKey } = rehearsal.visitor(environment('prod'));
  const env = {
    PATH: process.env.PATH,
    HOME: scratch.path,
    AWS_ENDPOINT_URL: rehearsal.url,
    AWS_DEFAULT_REGION: environment('prod').region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  const found = await execute('aws', ['--version'], { env }).then(
    () => true,
    () => false,
  );
  if (!found) return undefined;
  return async (...args: string[]) => JSON.parse((await execute('aws', [...args, '--output', 'json'], { env })).stdout);
}
