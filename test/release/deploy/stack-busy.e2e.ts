import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkPackages } from '../../../rehearsal/scratch/linked-packages';
import { slsFailure } from '../../../release/deploy/sls-log';
import { wasStackBusy } from '../../../release/outcome/attempt';
import { SmallAccount, scope, target } from '../small-account';

const repository = join(__dirname, '../../..');
let account: SmallAccount;
let service: string;

beforeAll(async () => {
  account = await SmallAccount.open();
  service = mkdtempSync(join(tmpdir(), 'stack-busy-'));
  await linkPackages(repository, service);
  writeFileSync(join(service, 'index.js'), 'exports.handler = async () => "works";');
  writeFileSync(
    join(service, 'serverless.yml'),
    `service: shop
provider: { name: aws, runtime: nodejs20.x, region: ${scope.region} }
package: { patterns: ['!**', 'index.js'] }
functions: { hello: { handler: index.handler } }
`,
  );
});
afterAll(async () => {
  await account.close();
  rmSync(service, { recursive: true });
});

/** Runs the real `sls deploy` as Deploy does. */
function deploy(): Promise<{ status: number | null; log: string }> {
  const { accessKeyId, secretAccessKey } = account.visitor;
  const sls = join(repository, 'node_modules/serverless/bin/serverless.js');
  const child = spawn(process.execPath, [sls, 'deploy', '--verbose', '--force', '--stage', target.stage], {
    cwd: service,
    env: {
      PATH: process.env.PATH,
      HOME: service,
      AWS_ENDPOINT_URL: account.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      SLS_AWS_MONITORING_FREQUENCY: '100',
      SLS_SCHEMA_CACHE_BASE_DIR: join(repository, 'node_modules/.cache/sls'),
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, log })));
}

test('the error message of sls during another operation on the stack is recognised', async () => {
  const first = await deploy();
  expect(first.log).toContain('Service deployed to stack shop-prod');
  writeFileSync(join(service, 'index.js'), 'exports.handler = async () => "differs";');
  for (const status of ['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS']) {
    account.region.cloudFormation.stack(target.stackName)!.enter(status);
    const blocked = await deploy();
    const refusal = slsFailure(blocked.log);
    expect(blocked.status).toBe(1);
    expect(refusal).toMatch(new RegExp(`^Stack:arn:\\S+ is in ${status} state and can not be updated\\.$`));
    expect(wasStackBusy({ deployed: false, refusal: refusal! })).toBe(true);
  }
});
