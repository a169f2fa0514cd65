import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configurationFile, printFunctions } from '../../rehearsal/declared-functions';
import { linkPackages } from '../../rehearsal/scratch/linked-packages';
import { Scratch } from '../../rehearsal/scratch/scratch';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await Scratch.open();
});
afterAll(() => scratch.close());

test('sls prints the functions of a configuration in TypeScript, with its variables resolved', async () => {
  const checkout = await scratch.directory('checkout');
  await linkPackages(join(__dirname, '../..'), checkout);
  const service = join(checkout, 'apps/api');
  await mkdir(service, { recursive: true });
  await writeFile(
    join(service, 'serverless.ts'),
    `const hello: object = { handler: 'src/\${sls:stage}.hello', events: [{ httpApi: 'GET /hello' }] };
export default { service: 'shop', provider: { name: 'aws', region: '\${env:NONE, "us-east-1"}' }, functions: { hello } };
`,
  );
  expect(configurationFile(service)).toEqual({ path: join(service, 'serverless.ts'), data: false });
  const where = { serviceDirectory: 'apps/api', stage: 'prod', region: 'eu-central-1' };
  expect(await printFunctions({ scratch, checkout, ...where })).toMatchObject({
    hello: { handler: 'src/prod.hello', events: [{ httpApi: 'GET /hello' }] },
  });
});
