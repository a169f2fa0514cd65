import { prepareDeploy } from './plugin';

/** A deploy to prod: sls has `configured` when it loads the plugin, and `packaged` after it restored the package. */
function deploy({
  configured = {},
  packaged = {},
  stage = 'prod',
}: {
  configured?: object;
  packaged?: object;
  stage?: string;
}) {
  const service = { provider: configured, package: { artifactDirectoryName: '' } };
  const prepare = prepareDeploy({ service, classes: { Error } }, { getStage: () => 'prod' });
  service.provider = packaged;
  service.package.artifactDirectoryName = `serverless/canary-service/${stage}/1-2026-01-01T00:00:00.000Z`;
  prepare();
  return service.provider;
}

test('region and role are those of whoever deploys, not of the machine that packaged', () => {
  const provider = deploy({
    configured: { region: 'eu-central-1', iam: { deploymentRole: 'arn:aws:iam::1:role/deploys' } },
    packaged: { region: 'us-east-1', iam: { deploymentRole: null, role: 'kept' }, runtime: 'kept' },
  });
  expect(provider).toEqual({
    region: 'eu-central-1',
    iam: { deploymentRole: 'arn:aws:iam::1:role/deploys', role: 'kept' },
    runtime: 'kept',
  });
});

test('a role that was set where the package was made is not used where none is set', () => {
  const provider = deploy({
    configured: { region: 'eu-central-1' },
    packaged: { region: 'eu-central-1', iam: { deploymentRole: 'arn:aws:iam::1:role/packages' } },
  });
  expect(provider).toEqual({ region: 'eu-central-1', iam: { deploymentRole: undefined } });
});

test('a package that was made for another stage is not deployed', () => {
  expect(() => deploy({ stage: 'staging' })).toThrow(
    '--stage: this package was made for stage "staging", not for "prod"\n' +
      '  remedy: deploy it with --stage staging, or package again with --stage prod',
  );
});
