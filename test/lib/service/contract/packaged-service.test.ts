import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPackagedService } from '../../../../lib/service/contract/packaged-service';

const directory = mkdtempSync(join(tmpdir(), 'packaged-service-'));
afterAll(() => rmSync(directory, { recursive: true }));

const config = { account: '111111111111', deployPermissions: [], functionPermissions: [] };

test.each([
  ['eu-central-1', 'aws'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['cn-north-1', 'aws-cn'],
  ['eusc-de-east-1', 'aws-eusc'],
])('ARNs of a package for %s have the partition %s', (region, partition) => {
  const files = {
    'cloudformation-template-update-stack.json': { Resources: {} },
    'serverless-state.json': { service: { service: 'greeter', provider: { region } } },
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), JSON.stringify(content));
  expect(readPackagedService(directory, { name: 'prod', region }, config).stack).toMatchObject({ region, partition });
});
