import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';

// CDK's own rules take a second per synthesis. They run, as errors, where the real CLI synthesises: synth.e2e.ts.
process.env.CDK_VALIDATION = 'false';

/** Root of the product. Tests of the product read neither its cdk.json nor its service: users change both. */
export const REPOSITORY = join(__dirname, '../..');

/** The feature flags that cdk.json sets; synth.e2e.ts compares them. */
export const FEATURE_FLAGS: Readonly<Record<string, unknown>> = {
  ...CURRENTLY_RECOMMENDED_FLAGS,
  '@aws-cdk/pipelines:reduceAssetRoleTrustScope': true,
  '@aws-cdk/pipelines:reduceCrossAccountActionRoleTrustScope': true,
  '@aws-cdk/pipelines:reduceStageRoleTrustScope': true,
};

/** function-code.e2e.ts tests the bundled code of the functions; here it would only take time. */
const NO_BUNDLING = { 'aws:cdk:bundling-stacks': [] };

/** Without an output directory CDK leaves every assembly in the system's temporary directory. */
const assemblies = mkdtempSync(join(tmpdir(), 'synthesise-'));
afterAll(() => rmSync(assemblies, { recursive: true }));

export function testApp(): App {
  const outdir = mkdtempSync(join(assemblies, 'assembly-'));
  return new App({ outdir, context: { ...FEATURE_FLAGS, ...NO_BUNDLING } });
}
