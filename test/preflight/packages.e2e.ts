import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findingsOf, preflight } from '../../preflight/preflight';
import { subjectOf } from '../../preflight/subject';
import type { Template } from '../../preflight/template/template';
import { readTrafficPlan } from '../../preflight/traffic-plan';
import { packageService, removeDirectories } from '../support/package-service';

const root = join(__dirname, '../..');
const article = join(__dirname, 'fixtures/article');
const now = Date.now();

afterAll(removeDirectories);

const asTemplate = (value: unknown) => ({ Parameters: {}, ...(value as object) }) as Template;

test('the article’s template in the fixture is what sls package makes of its serverless.yml', async () => {
  const { template } = await packageService(article);
  const kept = JSON.parse(readFileSync(join(article, 'cloudformation-template-update-stack.json'), 'utf8'));
  // Logical ids of versions and keys of zips contain hashes, which may differ.
  const plain = (value: unknown) =>
    JSON.parse(JSON.stringify(value).replaceAll(/LambdaVersion\w+|(?<="S3Key":")[^"]+|(?<="CodeSha256":")[^"]+/g, ''));
  expect(plain(template.Resources)).toEqual(plain(kept.Resources));
});

test.each([
  ['prod', 'Canary10Percent5Minutes'],
  ['prod', 'Linear10PercentEvery1Minute'],
  ['staging', 'AllAtOnce'],
])('the bundled service has no error: %s, %s', async (stage, type) => {
  const packaged = await packageService(join(root, 'service'), {
    args: ['--stage', stage, `--param=deploymentType=${type}`],
  });
  expect(packaged.exitCode).toBe(0);
  const template = asTemplate(packaged.template);
  const traffic = readTrafficPlan(join(root, 'service/traffic.json'));
  const result = preflight({ template, deployed: template, traffic, buildTimeout: 120, now });
  expect(result.subject.canaries.length).toBeGreaterThan(0);
  expect(result.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('the bundled service’s alarms stop bad releases, and very few good ones', async () => {
  const packaged = await packageService(join(root, 'service'), { args: ['--stage', 'prod'] });
  const traffic = readTrafficPlan(join(root, 'service/traffic.json'));
  const { powers, findings } = preflight({ template: asTemplate(packaged.template), traffic, now });
  expect(findings).toEqual([]);
  const [{ alarms, together }] = powers as [(typeof powers)[number]];
  expect(alarms.map(({ alarm, power }) => [alarm.id, power.type])).toEqual([
    ['HelloNewVersionErrorsAlarm', 'estimated'],
    ['HelloNewVersionLatencyAlarm', 'not computed'],
    ['HelloApiServerErrorsAlarm', 'estimated'],
    ['HelloThrottlesAlarm', 'not computed'],
    ['PreTrafficHookCrashesAlarm', 'not computed'],
    ['PostTrafficHookCrashesAlarm', 'not computed'],
  ]);
  const [tiny, one, ...more] = together!.stopsBad;
  expect(tiny).toBeLessThan(0.05);
  expect(Math.abs(one! - 0.64)).toBeLessThan(0.02);
  expect(Math.min(...more)).toBeGreaterThan(0.999);
  expect(Math.max(...together!.stopsGood)).toBeLessThanOrEqual(0.003);
  // 5 % of a tenth of the requests is just the threshold of the alarm on the whole API.
  expect(together!.answering5xx!.stopsBad.map((chance) => Math.round(chance * 2) / 2)).toEqual([0, 0, 0.5, 1, 1]);
});

test('an update of the bundled service that removes a permission from its function is an error', async () => {
  const packaged = await packageService(join(root, 'service'), { args: ['--stage', 'prod'] });
  const template = asTemplate(packaged.template);
  const deployed = structuredClone(template);
  const alias = Object.values(deployed.Resources).find(({ Type }) => Type === 'AWS::Lambda::Alias')!;
  alias.Properties.FunctionVersion = { 'Fn::GetAtt': ['HelloLambdaVersionBefore', 'Version'] };
  const policies = deployed.Resources.IamRoleLambdaExecution!.Properties.Policies as {
    PolicyDocument: { Statement: object[] };
  }[];
  policies[0]!.PolicyDocument.Statement.push({ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: ['*'] });
  const findings = findingsOf(subjectOf({ template, deployed, now }));
  expect(findings.map(({ rule }) => rule)).toContain('permission-removed');
});
