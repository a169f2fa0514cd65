import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
