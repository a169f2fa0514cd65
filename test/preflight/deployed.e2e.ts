import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { TEMPLATE } from '../../preflight/command';
import { readDeployed } from '../../preflight/read-deployed';
import { SmallAccount, scope, target } from '../release/small-account';

const root = join(__dirname, '../..');
const stack = { stackName: target.stackName, region: scope.region };
let account: SmallAccount;
let directory: string;

beforeAll(async () => {
  account = await SmallAccount.open();
  directory = mkdtempSync(join(tmpdir(), 'preflight-deployed-'));
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await account.close();
});

/** Runs the command on a package in a child process, with only these variables for the SDK. */
function preflight(env: Readonly<Record<string, string>>) {
  const args = ['--import', 'tsx', 'bin/preflight.ts', '--service', directory, '--deployed', '--json'];
  const own = {
    PATH: process.env.PATH,
    HOME: directory,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: account.url,
  };
  return new Promise<{ status: number; found: { comparedWithDeployed: boolean; notCompared?: string } }>((done) => {
    execFile(process.execPath, args, { cwd: root, env: { ...own, ...env } }, (error, stdout) => {
      done({ status: Number(error?.code ?? 0), found: JSON.parse(stdout)[0] });
    });
  });
}

test('before the first release nothing is deployed; after it the live template is compared', async () => {
  expect(await readDeployed(account.clients.cloudFormation, stack)).toEqual({ type: 'nothing', ...stack });
  const first = await account.package({ code: 'exports.handler = async () => "works"' });
  await account.deploy(first);
  expect(await readDeployed(account.clients.cloudFormation, stack)).toMatchObject({
    type: 'template',
    template: { Resources: first.resources },
  });
});

test('the command finds the stack of the package, and credentials as the AWS SDK does', async () => {
  const next = await account.package({ code: 'exports.handler = async () => "works"' });
  cpSync(next.directory, directory, { recursive: true });
  writeFileSync(join(directory, TEMPLATE), JSON.stringify({ Resources: next.resources }));
  const { accessKeyId, secretAccessKey } = account.visitor;
  const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const { found } = await preflight(keys);
  expect(found).toMatchObject({ comparedWithDeployed: true });
  expect(found.notCompared).toBeUndefined();

  const without = await preflight({});
  expect(without.found.comparedWithDeployed).toBe(false);
  expect(without.found.notCompared).toMatch(
    /the template of shop-prod in eu-central-1 cannot be read: Could not load credentials .*; set AWS_PROFILE/,
  );
  expect(without.status).toBe((await preflight(keys)).status);
});

test.each([
  ['InvalidClientTokenId', 'The security token included in the request is invalid', 'get new credentials'],
  [
    'AccessDenied',
    'User: arn:aws:iam::111122223333:user/ci is not authorized to perform: cloudformation:GetTemplate',
    'allow cloudformation:GetTemplate on the stack',
  ],
])('%s is reported with AWS’s error message and what to do', async (code, message, remedy) => {
  // The embedded endpoint does not check permissions of callers; this is what AWS answers to a caller without them.
  const error = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  const server = createServer((_, response) => response.writeHead(403).end(error)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new CloudFormationClient({ region: scope.region, endpoint, credentials: account.visitor });
  const deployed = await readDeployed(client, stack);
  client.destroy();
  server.close();
  expect(deployed).toEqual({
    type: 'unknown',
    why: `the template of shop-prod in eu-central-1 cannot be read: ${message}; ${remedy}`,
  });
});
