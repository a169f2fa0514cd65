import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackResources } from '../../../release/collect/stack';
import { prepare, takeStanding } from '../../../release/deploy/prepare';
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
  const standing = await takeStanding(account.clients, target.stackName);
  return prepare(account.clients, target, service, standing, attempt);
}

function descriptionIn(service: ServicePackage): unknown {
  const { resources } = ServicePackage.read(service.directory);
  return resources.HelloLambdaFunction?.Properties?.Description;
}

/** A first release that works, and a second one that CloudFormation takes back after its function was published. */
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
      message: `the package in '${directory}' was made for something else:
  stage: the package is for 'staging', the release is for 'prod'
  region: the package is for 'us-east-1', the release is for 'eu-central-1'
  stackName: the package is for 'store-staging', the release is for 'shop-prod'; package the service for this environment with 'npm run package' and release that`,
    });
  });

  test('of another service for the same stage is refused for that alone', async () => {
    const service = account.writePackage('store', {
      service: {
        service: 'store',
        provider: { region: target.region, compiledCloudFormationTemplate: { Resources: {} } },
      },
      package: { artifactDirectoryName: 'serverless/store/prod/1-2026-01-01T00:00:00.000Z' },
    });
    await expect(prepared(service)).rejects.toThrow(`was made for something else:
  stackName: the package is for 'store-prod', the release is for 'shop-prod'; package the service`);
  });

  test('that is not there is refused by its path', () => {
    const directory = join(account.packageDirectory('empty', '{}'), 'no-such');
    expect(() => ServicePackage.read(directory)).toThrow(
      `no package of the service at '${directory}/serverless-state.json': ENOENT: no such file or directory, ` +
        `open '${directory}/serverless-state.json'; run 'npm run package'`,
    );
  });

  test('that sls did not write is refused with all that is wrong in it', () => {
    const directory = account.packageDirectory('strange', { service: { service: 'shop', provider: {} } });
    expect(() => ServicePackage.read(directory)).toThrow(
      `no package of the service at '${directory}/serverless-state.json': ✖ Invalid input: expected object, received undefined
  → at package
✖ Invalid input: expected string, received undefined
  → at service.provider.region
✖ Invalid input: expected object, received undefined
  → at service.provider.compiledCloudFormationTemplate; run 'npm run package'`,
    );
  });
});

describe('a stack', () => {
  test('that is not there yet is as good as any for a first release', async () => {
    expect(await takeStanding(account.clients, target.stackName)).toEqual({
      status: undefined,
      baseline: { stackName: 'shop-prod', eventId: undefined },
    });
    expect(await prepared(await account.package(works))).toEqual({ retried: [] });
  });

  test('that somebody else is changing is refused, until it has settled', async () => {
    const service = await account.package(works);
    const held = account.hold('CREATE_IN_PROGRESS');
    const deploying = account.deploy(service);
    const open = await held;
    await expect(prepared(service)).rejects.toMatchObject({
      code: 'STACK_BUSY',
      message:
        "stack 'shop-prod' is busy (CREATE_IN_PROGRESS): somebody else changes it; wait until it has settled, then retry",
    });
    open();
    await deploying;
    expect(await prepared(service)).toEqual({ retried: [] });
    expect(await takeStanding(account.clients, target.stackName)).toMatchObject({
      status: 'CREATE_COMPLETE',
      baseline: { eventId: expect.any(String) },
    });
  });

  test('whose creation was taken back is refused with what to do about it, and its resources count as gone', async () => {
    const service = await account.package({ ...works, broken: true });
    expect(await account.deploy(service)).toMatchObject({ status: 'ROLLBACK_COMPLETE' });
    await expect(prepared(service)).rejects.toMatchObject({
      code: 'STACK_STUCK',
      message:
        "stack 'shop-prod' is in ROLLBACK_COMPLETE: its creation failed and it can only be deleted; in the service's directory run 'npx sls remove --stage prod --region eu-central-1', then retry",
    });
    expect(await stackResources(account.clients, target.stackName)).toEqual(new Map());
  });

  const remove = "in the service's directory run 'npx sls remove --stage prod --region eu-central-1', then retry";

  test.each([
    [
      'UPDATE_ROLLBACK_FAILED',
      "; continue the rollback in the CloudFormation console ('Continue update rollback'), then retry",
    ],
    ['ROLLBACK_FAILED', `: its creation failed and it can only be deleted; ${remove}`],
    ['CREATE_FAILED', `: its creation failed and it can only be deleted; ${remove}`],
    ['DELETE_FAILED', `: its deletion failed; ${remove}`],
  ])('in %s is refused with what to do about it', async (status, rest) => {
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
  test('fails in CloudFormation as the package is, and publishes a new version once it is prepared', async () => {
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

  test('is told apart from the attempt before it, which was rolled back too', async () => {
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

  test('leaves the package as it is when the code is another one', async () => {
    await releaseAndRollBack();
    const service = await account.package({ code: 'exports.handler = async () => "mended"' });
    const before = readFileSync(join(service.directory, ServicePackage.fileName), 'utf8');
    expect(await prepared(service)).toMatchObject({ retried: [] });
    expect(readFileSync(join(service.directory, ServicePackage.fileName), 'utf8')).toBe(before);
  });
});

test('what is live is not described anew when it is released again', async () => {
  const service = await account.package(works);
  await account.deploy(service);
  expect(await prepared(service)).toMatchObject({ retried: [] });
  expect(descriptionIn(service)).toBeUndefined();
  expect(await account.deploy(service)).toMatchObject({ type: 'unchanged' });
});

test('a change of the configuration alone, which publishes a version by itself, is not described', async () => {
  await account.deploy(await account.package(works));
  const service = await account.package({ ...works, memorySize: 256 });
  expect(await prepared(service)).toMatchObject({ retried: [] });
  expect(descriptionIn(service)).toBeUndefined();
  expect(await account.deploy(service)).toMatchObject({ type: 'succeeded' });
  expect(await account.versions()).toEqual({ published: ['1', '2'], live: '2' });
});

test('a way back to the code before the newest, which is live, is not taken for a retry', async () => {
  await account.deploy(await account.package(works));
  await account.deploy(await account.package(differs));
  const service = await account.package(works);
  expect(await prepared(service)).toMatchObject({ retried: [] });
  expect(await account.deploy(service)).toMatchObject({ type: 'succeeded' });
  expect(await account.versions()).toMatchObject({ live: '3' });
});
