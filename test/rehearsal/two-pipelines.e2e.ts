import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodeDeployClient, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { AccessPrincipal } from '../../aws-rules/access/principal';
import type { WorldProps } from '../../embedded-aws/world';
import { harmful, harmless } from '../../rehearsal/commits';
import { RehearsedWorld } from '../../rehearsal/install/rehearsed-world';
import type { EnvironmentObservation } from '../../rehearsal/observe/release-observer';
import { Rehearsal, type RehearsedRelease } from '../../rehearsal/rehearsal';
import { Scratch } from '../../rehearsal/scratch/scratch';
import { functionsOf } from '../../release/outcome/outcome';
import { commitFixture } from '../support/commit-fixture';
import { copyRepository } from '../support/copy-repository';
import { replaced } from './endings/fixture';
import { failedActions } from './failed-actions';

const REPOSITORY = join(__dirname, '../..');

/** A repository with a pipeline in the account and region that it shares with the other. */
interface Tenant {
  readonly repository: string;
  /** Name of the service in serverless.yml. */
  readonly service: string;
  readonly scratch: Scratch;
  readonly rehearsal: Rehearsal;
  /** Names of the stacks: the pipeline's, the environment's and the service's. */
  readonly stacks: readonly string[];
}

let worldScratch: Scratch;
let world: RehearsedWorld;
const tenants: Tenant[] = [];
const denied: string[] = [];
const listeners = new Set<NonNullable<WorldProps['onCall']>>();

let shop: Tenant;
let parcels: Tenant;
/** Has a service of the same name as the shop's. */
let twin: Tenant;
/** The releases that ran at the same time: one that is rolled back, and one that goes through. */
let bad: RehearsedRelease;
let good: RehearsedRelease;

beforeAll(async () => {
  worldScratch = await Scratch.open();
  world = await RehearsedWorld.open({
    seed: 1,
    scratch: worldScratch,
    onNotice: (text) => {
      if (text.startsWith('denied: ')) denied.push(text);
    },
    onCall: (call) => {
      for (const listener of listeners) listener(call);
    },
  });
});
afterAll(async () => {
  for (const { rehearsal, scratch } of tenants) {
    await rehearsal.close();
    await scratch.close();
  }
  await world?.close();
  await worldScratch?.close();
});

/** Installs the pipeline of a repository that has the sample, with another name for the service. */
async function installed(repository: string, service: string, seed: number): Promise<Tenant> {
  const scratch = await Scratch.open();
  const path = await scratch.directory('fixture');
  await copyRepository(REPOSITORY, path);
  await edit(join(path, 'cdk.json'), (text) => {
    const cdk = JSON.parse(text);
    cdk.context.pipeline = { ...cdk.context.pipeline, repository, environments: [{ name: 'prod' }] };
    return JSON.stringify(cdk);
  });
  await edit(join(path, 'service/serverless.yml'), (text) =>
    replaced(text, 'service: canary-service\n', `service: ${service}\n`),
  );
  await edit(join(path, 'service/traffic.json'), (text) =>
    replaced(text, '"requestsPerSecond": 10', '"requestsPerSecond": 4'),
  );
  await rename(join(path, 'bin/release.ts'), join(path, 'bin/release.original.ts'));
  await writeFile(join(path, 'bin/release.ts'), releaseBehindGate(service));
  await commitFixture(scratch, path, REPOSITORY);
  let name = '';
  const rehearsal = await Rehearsal.join(
    {
      repository: path,
      seed,
      quick: true,
      scratch,
      onEvent: (event) => {
        if (event.type === 'installed') name = event.pipeline.stackName;
      },
    },
    world,
  );
  const stacks = [name, `${service}-prod-release`, `${service}-prod`];
  const tenant = { repository, service, scratch, rehearsal, stacks };
  tenants.push(tenant);
  return tenant;
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}

/** While it exists, no release begins. */
const gate = () => join(worldScratch.path, 'gate');

/** Exists when a release of the service waits at the gate. */
const waiting = (service: string) => join(worldScratch.path, `${service}-waits`);

function releaseBehindGate(service: string): string {
  return `// @ts-nocheck: written by a test
import { existsSync, writeFileSync } from 'node:fs';

const nothing = new Int32Array(new SharedArrayBuffer(4));
while (process.argv[2] === 'prepare' && existsSync(${JSON.stringify(gate())})) {
  writeFileSync(${JSON.stringify(waiting(service))}, '');
  Atomics.wait(nothing, 0, 0, 100);
}
require('./release.original');
`;
}

/**
 * Pushes both changes so that both stacks are updated from the same virtual instant on: both releases begin when the slower
 * build is ready, and no time passes until both update their stack.
 */
async function releasedTogether(): Promise<void> {
  await writeFile(gate(), '');
  const releases = Promise.all([shop.rehearsal.releaseChange(harmful), parcels.rehearsal.releaseChange(harmless)]);
  const begun = untilAll([shop, parcels], ({ service }) => existsSync(waiting(service)));
  const first = await Promise.race([begun, releases]);
  if (first !== undefined) throw new Error('a release ended before it reached the gate');
  const updating = new Set<string>();
  const listener: NonNullable<WorldProps['onCall']> = ({ service, request }) => {
    const form = new URLSearchParams(request.body.toString());
    if (service !== 'cloudformation' || !/^(CreateChangeSet|UpdateStack)$/.test(form.get('Action') ?? '')) return;
    updating.add(form.get('StackName') ?? '');
  };
  listeners.add(listener);
  const held = world.clock.spawn(() =>
    Promise.race([untilAll([shop, parcels], ({ service }) => updating.has(`${service}-prod`)), releases]),
  );
  await rm(gate());
  await held;
  listeners.delete(listener);
  [bad, good] = await releases;
}

/** Waits in real time. */
async function untilAll(each: readonly Tenant[], holds: (tenant: Tenant) => boolean): Promise<undefined> {
  while (!each.every(holds)) await sleep(50);
}

function scope({ rehearsal }: Tenant) {
  const { accountId, region } = rehearsal.environments[0]!;
  return { accountId, region };
}

function access(tenant: Tenant) {
  const { rehearsal } = tenant;
  return {
    endpoint: rehearsal.url,
    region: scope(tenant).region,
    credentials: rehearsal.visitor(rehearsal.environments[0]!),
  };
}

function regionOf(tenant: Tenant) {
  return world.aws.region(scope(tenant));
}

/** @returns The stacks of a tenant with their resources, and how many events, messages and lines of a log it has. */
async function stateOf(tenant: Tenant) {
  const { cloudFormation, sns } = regionOf(tenant);
  const stacks = tenant.stacks.map((name) => {
    const { status, updatedAt, events, resources } = cloudFormation.stack(name)!;
    const described = [...resources].map(([id, { physical, properties }]) => [id, physical, properties]);
    return { name, status, updatedAt, events: events.all.length, resources: JSON.parse(JSON.stringify(described)) };
  });
  return {
    stacks,
    ledger: await ledger(tenant),
    messages: topics(tenant).map((topicArn) => sns.topic(topicArn).messages.length),
    log: loggedBy(tenant).length,
  };
}

function topics(tenant: Tenant): readonly string[] {
  return [...ids(tenant)].filter((id) => /^arn:aws:sns:[^:]+:\d+:[^:]+$/.test(id));
}

/** @returns Every item of the ledger of the tenant's environment, as text. */
async function ledger(tenant: Tenant): Promise<readonly string[]> {
  const { Items = [] } = await new DynamoDBClient(access(tenant)).send(
    new QueryCommand({
      TableName: `${tenant.service}-prod-releases`,
      KeyConditionExpression: 'kind = :release',
      ExpressionAttributeValues: { ':release': { S: 'release' } },
    }),
  );
  return Items.map((item) => JSON.stringify(item));
}

/** @returns The lines of the log groups of the pipeline's functions. */
function loggedBy(tenant: Tenant): readonly string[] {
  const groups = regionOf(tenant).logs.groups(`/aws/lambda/${tenant.stacks[0]}-`);
  return groups.flatMap(({ events }) => events.map(({ message }) => message));
}

/** @returns The physical ids of a tenant's resources. */
function ids(tenant: Tenant): ReadonlySet<string> {
  const { cloudFormation } = regionOf(tenant);
  const resources = tenant.stacks.flatMap((name) => [...cloudFormation.stack(name)!.resources.values()]);
  return new Set(resources.map(({ physical }) => physical.id));
}

/** @returns Texts of which one occurs in the ARN of each resource of the tenant, and none in those of the other. */
function marks(tenant: Tenant, other: Tenant): readonly string[] {
  const common = [...ids(tenant)].filter((id) => ids(other).has(id));
  // An API's stage.
  expect(common).toEqual(['$default']);
  return [...ids(tenant), ...tenant.stacks].filter((id) => !common.includes(id));
}

function observed({ environments }: RehearsedRelease): EnvironmentObservation {
  return environments[0]!;
}

/** @returns From when to when the traffic shifted. */
async function shiftOf(release: RehearsedRelease, tenant: Tenant) {
  const [shift] = functionsOf(observed(release).outcome!);
  const client = new CodeDeployClient(access(tenant));
  const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId: shift!.deploymentId }));
  return { from: deploymentInfo!.createTime!, to: deploymentInfo!.completeTime! };
}

test('further pipelines are installed, and one releases, without a change of anything that belongs to the first', async () => {
  shop = await installed('acme/shop', 'canary-service', 1);
  const first = await shop.rehearsal.release();
  expect(failedActions(first)).toEqual([]);
  const before = await stateOf(shop);

  [parcels, twin] = await Promise.all([
    installed('acme/parcels', 'parcel-service', 2),
    installed('acme/twin', shop.service, 3),
  ]);
  expect(await stateOf(shop)).toEqual(before);
  const second = await parcels.rehearsal.release();
  expect(failedActions(second)).toEqual([]);
  expect(observed(second).outcome?.type).toBe('first-release');
  expect(await stateOf(shop)).toEqual(before);
  expect(scope(parcels)).toEqual(scope(shop));
  expect(parcels.stacks.filter((name) => shop.stacks.includes(name))).toEqual([]);
});

test('a bad version of one is rolled back while the release of the other goes through', async () => {
  await releasedTogether();
  const [hello, stopped] = [`${shop.service}-prod-hello`, observed(bad)];
  expect(stopped).toMatchObject({
    outcome: {
      type: 'rolled-back',
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      functions: [{ functionName: hello, cause: { type: 'alarm', alarms: [`${hello}-v2-errors`] } }],
    },
    serving: [{ functionName: hello, version: '1', weights: {} }],
  });
  expect(observed(good)).toMatchObject({
    outcome: {
      type: 'released',
      stackStatus: 'UPDATE_COMPLETE',
      functions: [{ functionName: `${parcels.service}-prod-hello` }],
    },
    serving: [{ functionName: `${parcels.service}-prod-hello`, version: '2', weights: {} }],
  });
  expect(observed(good).traffic!.during.failed).toBe(0);
  const [one, other] = [await shiftOf(bad, shop), await shiftOf(good, parcels)];
  expect(one.from < other.to && other.from < one.to).toBe(true);
});

test('Deploy, the Canary action, the ledger and the notification of each report only their own release', async () => {
  const releases = [
    { release: bad, tenant: shop, other: parcels, outcome: 'rolled back' },
    { release: good, tenant: parcels, other: shop, outcome: 'released' },
  ];
  for (const { release, tenant, other, outcome } of releases) {
    const { reported } = observed(release);
    const headline = expect.stringContaining(`${outcome}: ${tenant.service}-prod`);
    expect(reported).toMatchObject({ deploy: headline, canary: headline, ledger: headline });
    const [first, ...more] = release.notifications.map(({ message }) => message.split('\n')[0]);
    expect([first, more]).toEqual([expect.stringContaining(`${tenant.service}-prod`), []]);
    const texts = [
      ...release.notifications.map(({ message }) => message),
      ...release.execution.actions.flatMap(({ log, progress }) => [...log, JSON.stringify(progress)]),
      ...(await ledger(tenant)),
      ...loggedBy(tenant),
    ];
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.filter((text) => other.stacks.some((name) => text.includes(name)))).toEqual([]);
  }
});

test('no role of one pipeline, and no service on behalf of one, has requested anything of the other', () => {
  const [ofShop, ofParcels] = [marks(shop, parcels), marks(parcels, shop)];
  const belongs = (text: string, to: readonly string[]) => to.some((mark) => text.includes(mark));
  const requests = world.aws.access.record.decided.map(({ query: { request } }) => ({
    by: `${nameOf(request.principal)} ${request.context['aws:SourceArn'] ?? ''}`,
    action: request.action,
    resource: request.resource,
  }));
  const crossing = requests.filter(
    ({ by, resource }) =>
      (belongs(by, ofShop) && belongs(resource, ofParcels)) || (belongs(by, ofParcels) && belongs(resource, ofShop)),
  );
  expect(crossing).toEqual([]);
  for (const mine of [ofShop, ofParcels]) {
    expect(requests.filter(({ by, resource }) => belongs(by, mine) && belongs(resource, mine)).length).toBeGreaterThan(
      50,
    );
  }
  expect(denied).toEqual([]);
});

test('a pipeline whose service has the name of another one is refused before it changes a resource', async () => {
  const releaseStack = `${shop.service}-prod-release`;
  const before = await stateOf(shop);
  const release = await twin.rehearsal.release();
  expect(failedActions(release)).toEqual([expect.stringContaining(`prod/${releaseStack}.Deploy: `)]);
  const { events } = regionOf(shop).cloudFormation.stack(releaseStack)!;
  const { logicalId, reason } = events.all.findLast(({ status }) => status === 'UPDATE_FAILED')!;
  expect([logicalId, reason]).toEqual([
    expect.stringMatching(/^Boundary/),
    'CloudFormation cannot update a stack when a custom-named resource requires replacing. ' +
      `Rename ${shop.service}-prod-boundary and update the stack again.`,
  ]);
  const after = await stateOf(shop);
  const resources = ({ stacks }: typeof after) => stacks.map((stack) => stack.resources);
  expect(resources(after)).toEqual(resources(before));
  const others = ({ stacks, ...rest }: typeof after) => [stacks.filter(({ name }) => name !== releaseStack), rest];
  expect(others(after)).toEqual(others(before));
});

function nameOf(principal: AccessPrincipal): string {
  if (principal.type === 'session') return principal.roleArn;
  return principal.type === 'service' ? principal.name : principal.accountId;
}
