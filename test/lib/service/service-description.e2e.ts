import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeService } from '../../../lib/service/service-description';

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

test.each([
  ['serverless.yaml', 'service: shop\nprovider: { name: aws }\n'],
  ['serverless.json', '{ "service": "shop", "provider": { "name": "aws" } }'],
  [
    'serverless.ts',
    "const provider: { name: string } = { name: 'aws' };\nexport default { service: 'shop', provider };\n",
  ],
])('the configuration of a service may be %s', async (name, content) => {
  const directory = mkdtempSync(join(tmpdir(), 'service-description-'));
  directories.push(directory);
  writeFileSync(join(directory, name), content);
  expect(await describeService({ serviceDirectory: directory, stage: 'prod' })).toEqual({ name: 'shop', shifts: [] });
});
