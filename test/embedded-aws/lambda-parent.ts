import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LambdaFixture } from './lambda-fixture';

/** Runs an idle and a busy execution environment until a test kills it; prints their process ids as JSON. */
async function main(): Promise<void> {
  const aws = new LambdaFixture();
  await aws.endpoint.listen();
  const file = join(aws.directory, 'pid');
  await aws.define('idle', 'exports.handler = async () => process.pid');
  await aws.define(
    'busy',
    'exports.handler = async (file) => { require("fs").writeFileSync(file, String(process.pid)); for (;;); }',
  );
  const idle = Number((await aws.lambda.invoke('idle', '{}')).payload);
  aws.lambda.invoke('busy', JSON.stringify(file));
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') await wait(10);
  const pids = [idle, Number(readFileSync(file, 'utf8'))];
  process.stdout.write(`${JSON.stringify({ pids, directory: aws.directory })}\n`);
}

main();
