import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentStack } from '../../../lib/service/environment-stack';

const repository = mkdtempSync(join(tmpdir(), 'environment-stack-'));
const pipeline = { repository: 'acme/shop', branch: 'main', environments: [{ name: 'staging' }, { name: 'prod' }] };
beforeAll(() => {
  writeFileSync(join(repository, 'cdk.json'), JSON.stringify({ context: { pipeline } }));
  mkdirSync(join(repository, 'service'));
});
afterAll(() => rmSync(repository, { recursive: true }));

test('an environment that cdk.json does not have is refused with those that it has', async () => {
  await expect(environmentStack('production', repository, {})).rejects.toThrow(
    "no environment 'production' in cdk.json; write one of staging, prod, or --stack with the stack's name",
  );
});
