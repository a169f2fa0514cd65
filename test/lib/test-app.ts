import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';

// CDK's own rules take a second a synthesis. They run, as errors, where the real CLI synthesises: synth.e2e.ts.
process.env.CDK_VALIDATION = 'false';

export const REPOSITORY = join(__dirname, '../..');
export const CDK_JSON = JSON.parse(readFileSync(join(REPOSITORY, 'cdk.json'), 'utf8'));

/** The functions' code is bundled where it is looked at: function-code.e2e.ts. */
const NO_BUNDLING = { 'aws:cdk:bundling-stacks': [] };

/** CDK would leave each assembly in the system's temporary directory. */
const assemblies = mkdtempSync(join(tmpdir(), 'synthesise-'));
afterAll(() => rmSync(assemblies, { recursive: true }));

/** An app with the flags of cdk.json. */
export function testApp(): App {
  const outdir = mkdtempSync(join(assemblies, 'assembly-'));
  return new App({ outdir, context: { ...CDK_JSON.context, pipeline: undefined, ...NO_BUNDLING } });
}
