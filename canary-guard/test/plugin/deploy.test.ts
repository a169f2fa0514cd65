import { prepareDeploy } from '../../plugin/deploy.js';
import type { Service } from '../../plugin/model';
import { namingOf } from './small-model';

/** A deploy to prod: sls has `configured` when it loads the plugin, and `packaged` after it restored the package. */
function deploy({
  configured = {},
  packaged = {},
  stage = 'prod',
}: {
  configured?: Service['provider'];
  packaged?: Service['provider'];
  stage?: string;
}) {
  const template = { compiledCloudFormationTemplate: { Resources: {} } };
  const service = { provider: { ...configured, ...template }, package: { artifactDirectoryName: '' } };
  const provider = { naming: namingOf('svc-prod'), getStage: () => 'prod', getRegion: () => 'eu-central-1' };
  const prepare = prepareDeploy(
    { service, serviceDir: '/svc', classes: { Error }, getProvider: () => provider },
    provider,
  );
  service.provider = { ...packaged, ...template };
  service.package.artifactDirectoryName = `serverless/canary-service/${stage}/1-2026-01-01T00:00:00.000Z`;
  prepare();
  const { compiledCloudFormationTemplate: _, ...deployed } = service.provider;
  return deployed;
}

test('region and role are those of the machine that deploys, not of the machine that packaged', () => {
  const provider = deploy({
    configured: { region: 'eu-central-1', iam: { deploymentRole: 'arn:aws:iam::1:role/deploys' } },
    packaged: { region: 'us-east-1', iam: { deploymentRole: null, role: { permissionsBoundary: 'kept' } }, timeout: 7 },
  });
  expect(provider).toEqual({
    region: 'eu-central-1',
    iam: { deploymentRole: 'arn:aws:iam::1:role/deploys', role: { permissionsBoundary: 'kept' } },
    timeout: 7,
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
