import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeSnapshot } from '../../../release/collect/baseline';
import { stackResources } from '../../../release/collect/stack';
import { prepare } from '../../../release/deploy/prepare';
import { ServicePackage } from '../../../release/deploy/service-package';
import { SmallAccount, target } from '../small-account';

let account: SmallAccount;

beforeEach(async () => {
  account = await SmallAccount.open();
});
afterEach(() => account.close());

const works = { code: 'exports.handler = async () => "works"' };
const differs = { code: 'exports.handler = async () => "differs"' };

async function prepared(service: ServicePackage, attempt = 'service:2') {
  const snapshot = await takeSnapshot(account.clients, target.stackName);
  return prepare(account.clients, target, service, snapshot, attempt);
}

function descriptionIn(service: ServicePackage): unknown {
  const { resources } = ServicePackage.read(service.directory);
  return resources.HelloLambdaFunction?.Properties?.Description;
}

/** A first release that works, and a second one that CloudFormation rolls back after its function was published. */
async function releaseAndRollBack(): Promise<void> {
  expect(await account.deploy(await account.package(works))).toMatchObject({ type: 'succeeded' });
  const outcome = await account.deploy(await account.package({ ...differs, broken: true }));
  expect(outcome).toMatchObject({ type: 'failed', status: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(await account.versions()).toEqual({ published: ['1', '2'], live: '1' });
}

describe('a package', () => {
  test('for another stage, region and service is refused, with every difference at once', async () => {
    const directory = account.packageDirectory('staging', {
      service: {
        service: 'store',
        provider: { stage: 'prod', region: 'us-east-1', compiledCloudFormationTemplate: { Resources: {} } },
      },
      package: { artifactDirectoryName: 'serverless/store/staging/1-2026-01-01T00:00:00.000Z' },
    });
    await expect(prepared(ServicePackage.read(directory))).rejects.toMatchObject({
      code: 'PACKAGE_MISMATCH',
      message: `the package in '${directory}' does not match this release:
  stage: the package is for 'staging', the release is for 'prod'
  region: the package is for 'us-east-1', the release is for 'eu-central-1'
  stackName: the package is for 'store-staging', the release is for 'shop-prod'; package the service for this environment with 'npm run package', then release that package`,
    });
  });

  test('of another service for the same stage is refused with that difference alone', async () => {
    const service = account.writePackage('store', {
      service: {
        service: 'store',
        provider: { region: target.region, compiledCloudFormationTemplate: { Resources: {} } },
      },
      package: { artifactDirectoryName: 'serverless/store/prod/1-2026-01-01T00:00:00.000Z' },
    });
    await expect(prepared(service)).rejects.toThrow(`does not match this release:
  stackName: the package is for 'store-prod', the release is for 'shop-prod'; package the service`);
  });

  test('that does not exist is refused with its path', () => {
    const directory = join(account.packageDirectory('empty', '{}'), 'no-such');
    expect(() => ServicePackage.read(directory)).toThrow(
      `no valid package of the service at '${directory}/serverless-state.json': ENOENT: no such file or directory, ` +
        `open '${directory}/serverless-state.json'; run 'npm run package'`,
    );
  });

  test('that sls did not write is refused with every problem in it', () => {
    const directory = account.packageDirectory('strange', { service: { service: 'shop', provider: {} } });
    expect(() => ServicePackage.read(directory)).toThrow(
      `no valid package of the service at '${directory}/serverless-state.json': ✖ Invalid input: expected object, received undefined
  → at package
✖ Invalid input: expected string, received undefined
  → at service.provider.region
✖ Invalid input: expected object, received undefined
  → at service.provider.compiledCloudFormationTemplate; run 'npm run package'`,
    );
  });
});

describe('a stack', () => {
  test('that another repository releases is refused by its tag; one without the tag is accepted', async () => {
    const service = await account.package(works);
    const release = async (repository: string) =>
      prepare(
        account.clients,
        { ...target, repository },
        service,
        await takeSnapshot(account.clients, target.stackName),
        'service:2',
      );
    await account.deploy(service);
    expect(await release('acme/shop')).toEqual({ retried: [] });
    const template = { body: JSON.stringify({ Resources: service.resources }) };
    const tags = { 'pipeline:repository': 'acme/shop' };
    await account.region.cloudFormation.deploy({ stackName: target.stackName, template, tags });
    expect(await release('Acme/Shop')).toEqual({ retried: [] });
    await expect(release('acme/store')).rejects.toMatchObject({
      code: 'STACK_OF_ANOTHER',
      message:
        "stack 'shop-prod' is released by the repository acme/shop (its tag pipeline:repository), not by acme/store; give " +
        'the service in serverless.yml or the environment another name; if the repository was renamed, change the tag as ' +
        'the runbook describes',
    });
  });

  test('that does not exist yet allows a first release', async () => {
    expect(await takeSnapshot(account.clients, target.stackName)).toEqual({
      status: undefined,
      tags: {},
      baseline: { stackName: 'shop-prod', eventId: undefined },
    });
    expect(await prepared(await account.package(works))).toEqual({ retried: [] });
  });

  test('that another operation is changing is refused until it has settled', async () => {
    const service = await account.package(works);
    const held = account.hold('CREATE_IN_PROGRESS');
    const deploying = account.deploy(service);
    const open = await held;
    await expect(prepared(service)).rejects.toMatchObject({
      code: 'STACK_BUSY',
      message:
        "stack 'shop-prod' is busy (CREATE_IN_PROGRESS): another operation is changing it; wait until it has finished, then retry",
    });
    open();
    await deploying;
    expect(await prepared(service)).toEqual({ retried: [] });
    expect(await takeSnapshot(account.clients, target.stackName)).toMatchObject({
      status: 'CREATE_COMPLETE',
      baseline: { eventId: expect.any(String) },
    });
  });

  test('whose creation was rolled back is refused with a remedy, and its resources count as deleted', async () => {
    const service = await account.package({ ...works, broken: true });
    expect(await account.deploy(service)).toMatchObject({ status: 'ROLLBACK_COMPLETE' });
    await expect(prepared(service)).rejects.toMatchObject({
      code: 'STACK_STUCK',
      message:
        "stack 'shop-prod' is in ROLLBACK_COMPLETE: its creation failed, so it can only be deleted; run 'npx sls remove --stage prod --region eu-central-1' in the service's directory, then retry",
    });
    expect(await stackResources(account.clients, target.stackName)).toEqual(new Map());
  });

  const remove = "run 'npx sls remove --stage prod --region eu-central-1' in the service's directory, then retry";

  test.each([
    [
      'UPDATE_ROLLBACK_FAILED',
      "; continue the rollback in the CloudFormation console ('Continue update rollback'), then retry",
    ],
    ['ROLLBACK_FAILED', `: its creation failed, so it can only be deleted; ${remove}`],
    ['CREATE_FAILED', `: its creation failed, so it can only be deleted; ${remove}`],
    ['DELETE_FAILED', `: its deletion failed; ${remove}`],
  ])('in %s is refused with a remedy', async (status, rest) => {
    const service = await account.package(works);
    await account.deploy(service);
    account.region.cloudFormation.stack(target.stackName)!.enter(status);
    await expect(prepared(service)).rejects.toMatchObject({
      code: 'STACK_STUCK',
      message: `stack 'shop-prod' is in ${status}${rest}`,
    });
  });
});

describe('a release of code that was rolled back', () => {
  test('fails in CloudFormation unless it is prepared, and then publishes a new version', async () => {
    await releaseAndRollBack();
    const unprepared = await account.deploy(await account.package(differs));
    expect(unprepared).toMatchObject({ type: 'failed' });
    const reasons = account.region.cloudFormation.events(target.stackName).map(({ reason }) => reason);
    expect(reasons).toContainEqual(expect.stringContaining('Version already exists'));

    const service = await account.package(differs);
    expect(await prepared(service, 'service:7')).toMatchObject({ retried: ['shop-prod-hello'] });
    expect(descriptionIn(service)).toBe('released again by service:7');
    expect(await account.deploy(ServicePackage.read(service.directory))).toMatchObject({ type: 'succeeded' });
    expect(await account.versions()).toEqual({ published: ['1', '2', '3'], live: '3' });
  });

  test('differs from the attempt before it, which was rolled back too', async () => {
    await releaseAndRollBack();
    const second = await account.package({ ...differs, broken: true });
    await prepared(second, 'service:7');
    await account.deploy(second);
    expect(await account.versions()).toEqual({ published: ['1', '2', '3'], live: '1' });

    const third = await account.package(differs);
    expect(await prepared(third, 'service:8')).toMatchObject({ retried: ['shop-prod-hello'] });
    expect(await account.deploy(third)).toMatchObject({ type: 'succeeded' });
    expect(await account.versions()).toEqual({ published: ['1', '2', '3', '4'], live: '4' });
  });

  test('leaves the package unchanged when the code differs', async () => {
    await releaseAndRollBack();
    const service = await account.package({ code: 'exports.handler = async () => "fixed"' });
    const before = readFileSync(join(service.directory, ServicePackage.fileName), 'utf8');
    expect(await prepared(service)).toMatchObject({ retried: [] });
    expect(readFileSync(join(service.directory, ServicePackage.fileName), 'utf8')).toBe(before);
  });
});

test('a live version gets no new description when it is released again', async () => {
  const service = await account.package(works);
  await account.deploy(service);
  expect(await prepared(service)).toMatchObject({ retried: [] });
  expect(descriptionIn(service)).toBeUndefined();
  expect(await account.deploy(service)).toMatchObject({ type: 'unchanged' });
});

test('a change of the configuration, which publishes a version by itself, gets no new description', async () => {
  await account.deploy(await account.package(works));
  const service = await account.package({ ...works, memorySize: 256 });
  expect(await prepared(service)).toMatchObject({ retried: [] });
  expect(descriptionIn(service)).toBeUndefined();
  expect(await account.deploy(service)).toMatchObject({ type: 'succeeded' });
  expect(await account.versions()).toEqual({ published: ['1', '2'], live: '2' });
});

test('a return to the code before the newest version, which is live, is not a retry', async () => {
  await account.deploy(await account.package(works));
  await account.deploy(await account.package(differs));
  const service = await account.package(works);
  expect(await prepared(service)).toMatchObject({ retried: [] });
  expect(await account.deploy(service)).toMatchObject({ type: 'succeeded' });
  expect(await account.versions()).toMatchObject({ live: '3' });
});
