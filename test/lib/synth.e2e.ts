import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FEATURE_FLAGS, REPOSITORY } from './test-app';

const directory = mkdtempSync(join(tmpdir(), 'synth-'));
afterAll(() => rmSync(directory, { recursive: true }));

test("cdk synth needs no credentials and no home directory, and CDK's own rules find no error", () => {
  execFileSync(process.execPath, [require.resolve('aws-cdk/bin/cdk'), 'synth', '--quiet', '--output', directory], {
    cwd: REPOSITORY,
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    stdio: 'pipe',
  });
  const { Resources } = JSON.parse(readFileSync(join(directory, 'PipelineStack.template.json'), 'utf8'));
  const templates = [...JSON.stringify(Resources).matchAll(/"TemplatePath":"Build_Output::([^"]+)"/g)];
  expect(templates).toHaveLength(2);
  expect(templates.map(([, path]) => existsSync(join(directory, path as string)))).toEqual([true, true]);
});

test("cdk.json sets the feature flags that CDK recommends, with which the product's tests synthesise", () => {
  const {
    pipeline: _,
    'cli-telemetry': __,
    ...flags
  } = JSON.parse(readFileSync(join(REPOSITORY, 'cdk.json'), 'utf8')).context;
  expect(flags).toEqual(FEATURE_FLAGS);
});
