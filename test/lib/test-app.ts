import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';

// CDK's own rules take a second per synthesis. synth.e2e.ts runs them, with the real CLI.
process.env.CDK_VALIDATION = 'false';

export const REPOSITORY = join(__dirname, '../..');
export const CDK_JSON = JSON.parse(readFileSync(join(REPOSITORY, 'cdk.json'), 'utf8'));

/** The functions' code is bundled only in function-code.e2e.ts, which tests it. */
const NO_BUNDLING = { 'aws:cdk:bundling-stacks': [] };

/** Removed at the end. By default, CDK leaves each assembly in the system's temporary directory. */
const assemblies = mkdtempSync(join(tmpdir(), 'synthesise-'));
afterAll(() => rmSync(assemblies, { recursive: true }));

/** An app with the flags of cdk.json. */
export function testApp(): App {
  const outdir = mkdtempSync(join(assemblies, 'assembly-'));
  return new App({ outdir, context: { ...CDK_JSON.context, pipeline: undefined, ...NO_BUNDLING } });
}
