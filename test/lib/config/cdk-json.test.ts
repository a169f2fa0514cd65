import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPipelineConfig } from '../../../lib/config/cdk-json';

const repository = mkdtempSync(join(tmpdir(), 'cdk-json-'));
afterAll(() => rmSync(repository, { recursive: true }));

test.each([
  ['missing', undefined, /^cannot read cdk\.json: ENOENT/],
  ['not JSON', '{ context }', /^cannot read cdk\.json: .*JSON.*; correct it/],
  ['null', 'null', /^cdk\.json, context key "pipeline":\n {2}pipeline: missing/],
  ['without a pipeline', '{}', /^cdk\.json, context key "pipeline":\n {2}pipeline: missing/],
])('a cdk.json that is %s is refused', (_, text, message) => {
  if (text !== undefined) writeFileSync(join(repository, 'cdk.json'), text);
  expect(() => readPipelineConfig(repository)).toThrow(message);
});

test.each([
  ['that it names', { serviceDirectory: 'apps/api' }, 'apps/api'],
  ['of the default', {}, 'service'],
])('a directory %s and that does not exist is reported together with the other mistakes', (_, more, directory) => {
  const pipeline = { repository: 'acme/shop', branch: '', environments: [{ name: 'prod' }], ...more };
  writeFileSync(join(repository, 'cdk.json'), JSON.stringify({ context: { pipeline } }));
  expect(() => readPipelineConfig(repository)).toThrow(
    `cdk.json, context key "pipeline":
  pipeline.branch: "" is not a branch; write its name, such as "main"
  pipeline.serviceDirectory: "${directory}" is not a directory of this repository; write the one that holds serverless.yml`,
  );
  mkdirSync(join(repository, directory), { recursive: true });
  expect(() => readPipelineConfig(repository)).toThrow(/such as "main"$/);
});
