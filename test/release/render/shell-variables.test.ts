import { spawnSync } from 'node:child_process';
import { functionsOf } from '../../../release/outcome/outcome';
import { releaseVariables, shellExports } from '../../../release/render';
import { promoted, released, rolledBack, sixty } from '../releases';

test('a release in variables', () => {
  expect(releaseVariables(rolledBack)).toEqual({
    RELEASE_OUTCOME: 'rolled-back',
    RELEASE_FAILED_PHASE: 'none',
    RELEASE_HEADLINE:
      'rolled back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again',
    RELEASE_DEPLOYMENTS: 'd-FORWARD01',
  });
});

test('no value is empty, and a reason of many lines becomes one', () => {
  expect(
    releaseVariables({
      type: 'failed',
      phase: 'cloudformation',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      reason: 'Table: "shop"\r\n\tcosts $5 \u001b[31mtoo\u001b[0m much\n',
      remedy: 'pay',
    }),
  ).toEqual({
    RELEASE_OUTCOME: 'failed',
    RELEASE_FAILED_PHASE: 'cloudformation',
    RELEASE_HEADLINE: 'failed in CloudFormation, no traffic shifted: Table: "shop" costs $5 [31mtoo [0m much',
    RELEASE_DEPLOYMENTS: 'none',
  });
});

test('sixty deployments and a very long headline stay within the limit, with complete ids', () => {
  const functions = sixty(promoted).map((each, index) => ({ ...each, deploymentId: `d-DEPLOYMENT-OF-MANY-${index}` }));
  const many = releaseVariables({ ...released, functions });
  expect(many.RELEASE_DEPLOYMENTS.length).toBeLessThanOrEqual(1_000);
  const ids = many.RELEASE_DEPLOYMENTS.split(',');
  expect(ids.length).toBeGreaterThan(30);
  expect(functionsOf({ ...released, functions }).map(({ deploymentId }) => deploymentId)).toEqual(
    expect.arrayContaining(ids),
  );
  const endless = releaseVariables({ ...rolledBack, reason: 'why '.repeat(1_000) }).RELEASE_HEADLINE;
  expect(endless).toHaveLength(1_000);
  expect(endless).toMatch(/^rolled back: .*… \(\d+ more characters\)$/);
});

const hostile = `it's "v7" at 10 %; $(touch x) \`id\` $HOME \\ ! # … →`;

test('the lines to source quote every value', () => {
  expect(shellExports({ A: 'plain', B: `it's "$5"`, C: 'two\nlines' })).toBe(
    `export A='plain'\nexport B='it'\\''s "$5"'\nexport C='two\nlines'\n`,
  );
});

test.each(['sh', 'bash'])('%s reads back what was written', (shell) => {
  const script = `${shellExports({ A: hostile, B: 'two\nlines\n' })}exec node -p 'JSON.stringify([process.env.A, process.env.B])'`;
  const { stdout } = spawnSync(shell, ['-c', script], { encoding: 'utf8' });
  expect(JSON.parse(stdout)).toEqual([hostile, 'two\nlines\n']);
});
