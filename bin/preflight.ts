import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pipelineConfig } from '../lib/config';
import { PACKAGE_DIRECTORY } from '../lib/steps/build-step';
import { runPreflight, TEMPLATE } from '../preflight/command';
import { readTemplate } from '../preflight/template/template';

const REPOSITORY = join(__dirname, '..');

/** `npm run preflight`: the packages that `npm run package` left, unless the call names another. */
void runPreflight(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  packages,
  traffic: join(REPOSITORY, 'service', 'traffic.json'),
  deployedTemplate: async (file) => (file === undefined ? undefined : readTemplate(file)),
  now: Date.now(),
}).then((status) => {
  process.exitCode = status;
});

/** Of every environment of cdk.json, so that one that was not packaged is missed; none if none was. */
function packages(): readonly string[] {
  const cdkJson = JSON.parse(readFileSync(join(REPOSITORY, 'cdk.json'), 'utf8'));
  const directories = pipelineConfig(cdkJson.context?.pipeline).environments.map(({ name }) =>
    join(REPOSITORY, PACKAGE_DIRECTORY, name),
  );
  if (!directories.some((each) => existsSync(join(each, TEMPLATE)))) return [];
  return directories.map((each) => relative(process.cwd(), each));
}
