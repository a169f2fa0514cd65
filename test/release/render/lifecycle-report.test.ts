import { XMLValidator } from 'fast-xml-parser';
import { lifecycleReport } from '../../../release/render';
import { at, inProgress, lifecycle, promoted, released, rolledBack, sixty, stopped } from '../releases';

test('a release is a suite of passed events', () => {
  const began = at(0).toISOString();
  const lifecycleEvents = [
    { name: 'BeforeAllowTraffic', status: 'Succeeded', began, ended: at(0.05).toISOString() },
    { name: 'AllowTraffic', status: 'Succeeded', began: at(0.05).toISOString(), ended: at(5.05).toISOString() },
    { name: 'AfterAllowTraffic', status: 'Succeeded' },
  ];
  expect(
    lifecycleReport({ ...released, functions: [{ ...promoted, began, lifecycleEvents }] }),
  ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="shop-prod">
  <testsuite name="shop-prod-hello:Live v6 → v7 d-FORWARD01" tests="3" failures="0" errors="0" skipped="0" time="303.000" timestamp="2026-03-02T09:00:00.000Z">
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="BeforeAllowTraffic" time="3.000"/>
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="AllowTraffic" time="300.000"/>
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="AfterAllowTraffic" time="0.000"/>
  </testsuite>
</testsuites>
`);
});

test('a rollback is a failed event, with the diagnostics and the reasons of CloudWatch and the hook', () => {
  expect(lifecycleReport({ ...rolledBack, functions: [stopped] })).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="shop-prod">
  <testsuite name="shop-prod-hello:Live v6 → v7 d-FORWARD01" tests="3" failures="1" errors="0" skipped="1" time="0.000">
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="BeforeAllowTraffic" time="0.000"/>
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="AllowTraffic" time="0.000">
      <failure message="stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again">stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again
shop-prod-hello-v7-errors: Threshold Crossed: 1 datapoint [14.0 (02/03/26 09:01:00)] was greater than the threshold (2.0).
https://eu-central-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-FORWARD01</failure>
    </testcase>
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="AfterAllowTraffic" time="0.000">
      <skipped message="CodeDeploy status: Skipped"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test('a hook that failed says what it logged, colours and angle brackets included', () => {
  const hooked = {
    ...promoted,
    status: 'Failed',
    weightReached: 0,
    seconds: 4,
    lifecycleEvents: [
      { name: 'BeforeAllowTraffic', status: 'Failed', message: 'The hook said <Failed> & left' },
      { name: 'AllowTraffic', status: 'Pending' },
      { name: 'AfterAllowTraffic', status: 'Unknown' },
    ],
    cause: { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic', message: 'it failed' } as const,
    hook: {
      lifecycleEvent: 'BeforeAllowTraffic',
      answered: false,
      functionName: 'shop-prod-preTraffic',
      reasons: ['\u001b[31mexpected "200"\u001b[0m, got <500>'],
    },
    weightNow: 0,
  };
  expect(lifecycleReport({ ...rolledBack, functions: [hooked] })).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="shop-prod">
  <testsuite name="shop-prod-hello:Live v6 → v7 d-FORWARD01" tests="3" failures="1" errors="1" skipped="1" time="0.000">
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="BeforeAllowTraffic" time="0.000">
      <failure message="stopped by the BeforeAllowTraffic hook (it failed) at 0 % after 4 s; v6 serves 100 %">stopped by the BeforeAllowTraffic hook (it failed) at 0 % after 4 s; v6 serves 100 %
CodeDeploy: The hook said &lt;Failed&gt; &amp; left
shop-prod-preTraffic logged: \uFFFD[31mexpected &quot;200&quot;\uFFFD[0m, got &lt;500&gt;
shop-prod-preTraffic did not report to CodeDeploy</failure>
    </testcase>
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="AllowTraffic" time="0.000">
      <skipped message="CodeDeploy status: Pending"/>
    </testcase>
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="AfterAllowTraffic" time="0.000">
      <error message="CodeDeploy status: Unknown"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test('where no event shows how a release ended, a case for the stack does', () => {
  const known = { stackName: 'shop-prod', stackStatus: 'UPDATE_COMPLETE' };
  expect(
    lifecycleReport({ ...known, type: 'unchanged', stackUpdated: true }),
  ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="shop-prod">
  <testsuite name="shop-prod" tests="1" failures="0" errors="0" skipped="1" time="0.000">
    <testcase classname="shop-prod" name="release" time="0.000">
      <skipped message="unchanged: shop-prod, the stack was updated, but no function changed, so no canary ran"/>
    </testcase>
  </testsuite>
</testsuites>
`);
  expect(
    lifecycleReport({
      ...known,
      type: 'failed',
      phase: 'after-cloudformation',
      reason: 'sls deploy failed',
      remedy: 'push again',
      functions: [promoted],
    }),
  ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="shop-prod">
  <testsuite name="shop-prod-hello:Live v6 → v7 d-FORWARD01" tests="3" failures="0" errors="0" skipped="0" time="0.000">
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="BeforeAllowTraffic" time="0.000"/>
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="AllowTraffic" time="0.000"/>
    <testcase classname="shop-prod-hello:Live v6 → v7 d-FORWARD01" name="AfterAllowTraffic" time="0.000"/>
  </testsuite>
  <testsuite name="shop-prod" tests="1" failures="1" errors="0" skipped="0" time="0.000">
    <testcase classname="shop-prod" name="release" time="0.000">
      <failure message="failed after CloudFormation: sls deploy failed">sls deploy failed
push again</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test('the report of a failed release always has a failure', () => {
  const green = { ...stopped, lifecycleEvents: lifecycle('Succeeded', 'Succeeded') };
  const unread = { ...stopped, lifecycleEvents: [], partial: true as const };
  for (const functions of [[green], [unread], []]) {
    expect(lifecycleReport({ ...rolledBack, functions })).toContain('<failure message="rolled back');
  }
  expect(lifecycleReport(inProgress)).toContain('<failure message="in progress');
});

test('sixty functions with very long reasons are a valid report', () => {
  const reason = 'because of <it> '.repeat(2_000);
  const functions = sixty(stopped, () => ({ cause: { type: 'person', message: reason } }));
  const report = lifecycleReport({ ...rolledBack, functions });
  expect(XMLValidator.validate(report)).toBe(true);
  expect(report.match(/<testsuite /g)).toHaveLength(60);
  expect(Math.max(...report.split('\n').map(({ length }) => length))).toBeLessThan(20_000);
});
