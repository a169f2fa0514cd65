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
      v7 reached 10 % at 09:00:03
      shop-prod-hello-v7-errors went into ALARM at 09:02:00: Threshold Crossed: 1 datapoint [14.0 (02/03/26 09:01:00)] was greater than the threshold (2.0).
        datapoints: 09:00 0 · 09:01 14
    v6 serves 100 % again (rollback d-BACKWARD1)
    invocations during the deployment, as counted by CloudWatch so far: v7 212 (14 errors), v6 1810 (2 errors)
    deployment  https://eu-central-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-FORWARD01
  stack  https://eu-central-1.console.aws.amazon.com/cloudformation/home`);
});

test('of sixty functions the failed ones come first, and what is left out is counted', () => {
  const functions = sixty(promoted, (index) => {
    if (index < 2) return { ...stopped, functionName: `shop-prod-bad${index}` };
    return { fate: index < 20 ? 'cancelled' : 'taken-back', weightNow: 0 };
  });
  const message = failureMessage({ ...rolledBack, functions });
  expect(message.length).toBeLessThanOrEqual(FAILURE_LIMIT);
  const lines = message.split('\n');
  expect(lines.slice(0, 2)).toEqual([
    'rolled back: shop-prod-bad0 v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again; 1 other function also failed, 18 other functions were cancelled, 40 other functions were rolled back',
    'shop-prod (UPDATE_ROLLBACK_COMPLETE), 60 functions',
  ]);
  expect(lines).toContain('    not the cause, cancelled with the release: v6 serves 100 % again');
  expect(lines.at(-1)).toMatch(/^… \d+ more lines \(\d+ characters\) left out$/);
  const [, left, characters] = /^… (\d+) more lines \((\d+) /.exec(lines.at(-1)!)!;
  // Two before, nine for each failed function, three for each other one, one for the stack.
  expect(lines.length - 1 + Number(left)).toBe(2 + 2 * 9 + 58 * 3 + 1);
  expect(Number(characters)).toBeGreaterThan(5_000);
});

test('a reason of any length leaves room for the remedy', () => {
  const failed: Failed = {
    type: 'failed',
    stackName: 'shop-prod',
    stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
    phase: 'cloudformation',
    reason: `Table: ${'x'.repeat(3_000)}`,
    remedy: 'fix the cause and push again',
  };
  const message = failureMessage(failed);
  expect(message.length).toBeLessThanOrEqual(FAILURE_LIMIT);
  expect(message.split('\n')[0]).toMatch(
    /^failed in CloudFormation, no traffic shifted: Table: x+… \(\d+ more characters\)$/,
  );
  expect(message).toContain('fix the cause and push again');
  expect(failureMessage({ ...failed, reason: 'x'.repeat(9_000) }).length).toBeLessThanOrEqual(FAILURE_LIMIT);
});
