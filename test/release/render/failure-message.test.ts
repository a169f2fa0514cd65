import type { Failed } from '../../../release/outcome/outcome';
import { FAILURE_LIMIT, failureMessage } from '../../../release/render';
import { promoted, rolledBack, sixty, stopped } from '../releases';

test('the first line of a failure message says what happened, the rest is the log', () => {
  expect(
    failureMessage(rolledBack),
  ).toBe(`rolled back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again
shop-prod (UPDATE_ROLLBACK_COMPLETE)
  shop-prod-hello:Live  v6 → v7  Canary10Percent5Minutes  d-FORWARD01
    ✔ BeforeAllowTraffic Succeeded   ✖ AllowTraffic Failed   ◌ AfterAllowTraffic Skipped
    stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s
      v7 had 10 % from 09:00:03 on
      shop-prod-hello-v7-errors went off at 09:02:00: Threshold Crossed: 1 datapoint [14.0 (02/03/26 09:01:00)] was greater than the threshold (2.0).
        its metric: 09:00 0 · 09:01 14
    v6 serves 100 % again (rollback d-BACKWARD1)
    while it ran, as far as CloudWatch had counted: v7 answered 212 calls, 14 with an error; v6 answered 1810 calls, 2 with an error
    deployment  https://eu-central-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-FORWARD01
  stack  https://eu-central-1.console.aws.amazon.com/cloudformation/home`);
});

test('of sixty functions the culprits come first, and what is left out is counted', () => {
  const functions = sixty(promoted, (index) => {
    if (index < 2) return { ...stopped, functionName: `shop-prod-bad${index}` };
    return { fate: index < 20 ? 'cancelled' : 'taken-back', weightNow: 0 };
  });
  const message = failureMessage({ ...rolledBack, functions });
  expect(message.length).toBeLessThanOrEqual(FAILURE_LIMIT);
  const lines = message.split('\n');
  expect(lines.slice(0, 2)).toEqual([
    'rolled back: shop-prod-bad0 v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again; 1 other function failed too, 18 other functions were cancelled, 40 other functions were taken back',
    'shop-prod (UPDATE_ROLLBACK_COMPLETE), 60 functions',
  ]);
  expect(lines).toContain('    nothing was wrong with it; it was cancelled with the release: v6 serves 100 % again');
  expect(lines.at(-1)).toMatch(/^… \d+ more lines, \d+ characters, left out$/);
  const [, left, characters] = /^… (\d+) more lines, (\d+) /.exec(lines.at(-1)!)!;
  // two before, nine for each culprit, three for each of the others, one for the stack
  expect(lines.length - 1 + Number(left)).toBe(2 + 2 * 9 + 58 * 3 + 1);
  expect(Number(characters)).toBeGreaterThan(5_000);
});

test('a reason of any length leaves room for what to do', () => {
  const failed: Failed = {
    type: 'failed',
    stackName: 'shop-prod',
    stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
    phase: 'cloudformation',
    reason: `Table: ${'x'.repeat(3_000)}`,
    remedy: 'mend the cause and push again',
  };
  const message = failureMessage(failed);
  expect(message.length).toBeLessThanOrEqual(FAILURE_LIMIT);
  expect(message.split('\n')[0]).toMatch(
    /^failed in CloudFormation, no traffic shifted: Table: x+… \(\d+ characters more\)$/,
  );
  expect(message).toContain('mend the cause and push again');
  expect(failureMessage({ ...failed, reason: 'x'.repeat(9_000) }).length).toBeLessThanOrEqual(FAILURE_LIMIT);
});
