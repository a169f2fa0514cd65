import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeService, serviceDescription } from '../../../lib/service/service-description';

const PRINTED = {
  service: 'greeter',
  provider: {},
  functions: {
    hello: { deploymentSettings: { type: 'Canary10Percent5Minutes', preTrafficHook: 'check' } },
    check: {},
  },
};

test('only functions with deployment settings shift, and only declared hooks count', () => {
  expect(serviceDescription(PRINTED, 'prod')).toEqual({
    name: 'greeter',
    shifts: [
      {
        function: 'hello',
        functionName: 'greeter-prod-hello',
        deploymentType: 'Canary10Percent5Minutes',
        hooks: ['preTrafficHook'],
      },
    ],
  });
});

test("a function's settings override the common ones", () => {
  const custom = { deploymentSettings: { type: 'AllAtOnce', postTrafficHook: 'check' } };
  expect(serviceDescription({ ...PRINTED, custom }, 'prod').shifts).toEqual([
    {
      function: 'hello',
      functionName: 'greeter-prod-hello',
      deploymentType: 'Canary10Percent5Minutes',
      hooks: ['preTrafficHook', 'postTrafficHook'],
    },
  ]);
});

test('a function may have a custom name', () => {
  const functions = { hello: { ...PRINTED.functions.hello, name: 'greeter-prod-says-hello' } };
  expect(serviceDescription({ ...PRINTED, functions }, 'prod').shifts[0]).toMatchObject({
    function: 'hello',
    functionName: 'greeter-prod-says-hello',
  });
});

test('functions may be a list of maps, as when they are read from several files', () => {
  const { hello, check } = PRINTED.functions;
  expect(serviceDescription({ ...PRINTED, functions: [{ hello }, { check }] }, 'prod')).toEqual(
    serviceDescription(PRINTED, 'prod'),
  );
});

test('no function shifts in an sls stage without canaries', () => {
  const custom = { deploymentSettings: { stages: ['prod'] } };
  expect(serviceDescription({ ...PRINTED, custom }, 'staging').shifts).toEqual([]);
});

test('an unknown deployment type is refused with the list of the known ones', () => {
  const functions = { hello: { deploymentSettings: { type: 'Canary' } } };
  expect(() => serviceDescription({ ...PRINTED, functions }, 'prod')).toThrow(
    'functions.hello.deploymentSettings.type: "Canary" is not a deployment type; write one of AllAtOnce, ',
  );
});

test('a custom stack name is refused, because the roles are limited to the default one', () => {
  expect(() => serviceDescription({ ...PRINTED, provider: { stackName: 'hello' } }, 'prod')).toThrow(
    'provider.stackName: "hello" is not "greeter-prod", to which the pipeline\'s roles are limited; remove the setting',
  );
});

describe('the configuration of a service', () => {
  const directory = mkdtempSync(join(tmpdir(), 'service-description-'));
  beforeEach(() => {
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const describe = () => describeService({ serviceDirectory: directory, stage: 'prod' });

  test('that sls cannot read fails with the message of sls', async () => {
    writeFileSync(join(directory, 'serverless.yml'), 'service: shop\nprovider: { name: \n');
    await expect(describe()).rejects.toThrow(/^sls print --format json --stage prod failed:\n[\s\S]*serverless\.yml/);
  });

  test('with another name is refused with the name that sls would find', async () => {
    writeFileSync(join(directory, 'serverless.aws.yml'), 'service: shop\n');
    await expect(describe()).rejects.toThrow(
      `'${directory}' holds no serverless.yml, nor serverless.yaml, .json, .js, .mjs, .cjs, .ts; rename serverless.aws.yml`,
    );
    rmSync(join(directory, 'serverless.aws.yml'));
    await expect(describe()).rejects.toThrow('; write the directory that does as "serviceDirectory" in cdk.json');
  });
});

test('everything that the pipeline does not support is refused at once', () => {
  const printed = {
    service: 'greeter',
    provider: { stackName: 'mine', deploymentBucket: { name: 'acme-deployments' } },
    functions: {
      ...PRINTED.functions,
      check: { name: 'legacy-check' },
      slow: { deploymentSettings: { type: 'Slowly' } },
    },
  };
  expect(() => serviceDescription(printed, 'prod', 'AllAtOnce')).toThrow(
    new RegExp(
      [
        'provider\\.stackName: "mine" is not "greeter-prod", .*',
        'provider\\.deploymentBucket\\.name: "acme-deployments" is not .*',
        'functions\\.check\\.name: "legacy-check" does not begin with "greeter-prod-".*',
        'functions\\.slow\\.deploymentSettings\\.type: "Slowly" is not a deployment type.*',
        'functions: no function is released by AllAtOnce, the deploymentType of prod in cdk\\.json, but by Canary10Percent5Minutes.*',
      ].join('\\n'),
    ),
  );
});
