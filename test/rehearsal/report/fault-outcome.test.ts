import { faultNamed } from '../../../rehearsal/faults/catalogue';
import type { EnvironmentObservation } from '../../../rehearsal/observe/release-observer';
import type { Exposure } from '../../../rehearsal/observe/traffic';
import { type FaultOutcome, judgeFault } from '../../../rehearsal/report/fault-outcome';
import { renderFault, renderFaults } from '../../../rehearsal/report/fault-report';
import { renderResult, reportOf } from '../../../rehearsal/report/report';
import type { FunctionRelease, ReleaseOutcome } from '../../../release/outcome/outcome';
import { firstRelease, promoted, releaseOf, rolledBack, stopped } from '../releases';

const exposed = { requests: 4_000, wrong: 12, met: 14, firstAt: '2026-03-02T09:10:00.000Z' };
const unexposed = { requests: 0, wrong: 0, met: 0 };
const staging = { environment: 'staging', stackName: 'shop-staging', traffic: undefined };

function judge(name: string, environments: EnvironmentObservation[], exposure: Exposure = exposed): FaultOutcome {
  return judgeFault({ fault: faultNamed(name)!, release: releaseOf('Greet', environments), exposure });
}

function rolledBackWith(changes: Partial<FunctionRelease>): EnvironmentObservation {
  return {
    ...rolledBack,
    outcome: { ...rolledBack.outcome, functions: [{ ...stopped, ...changes }] } as ReleaseOutcome,
  };
}

const byAlarm = rolledBackWith({ ended: '2026-03-02T09:11:02.400Z' });

test('a fault that is stopped by an alarm is caught, with weight, time and exposure', () => {
  const outcome = judge('throws-always', [{ ...promoted, ...staging }, byAlarm]);
  expect(outcome).toEqual({
    name: 'throws-always',
    line: 'throws in every request',
    expected: 'caught',
    was: 'caught',
    stop: {
      environment: 'prod',
      by: { type: 'alarm', alarms: ['shop-prod-hello-v2-errors'] },
      weight: 10,
      at: '2026-03-02T09:11:02.400Z',
      secondsAfterFirst: 62.4,
    },
    exposure: exposed,
    wrongShare: 0.003,
    differences: [],
  });
  expect(renderFault(outcome)).toBe(`✔ throws-always: throws in every request
    caught in prod by alarm shop-prod-hello-v2-errors at 10 %, 62 s after the first affected request
    12 of 4000 requests served wrongly (0.30 %), 14 affected by the fault`);
});

test('a hook that stops a release is named, and without affected requests no time is given', () => {
  const hook = { lifecycleEvent: 'BeforeAllowTraffic', answered: true, functionName: 'shop-pre', reasons: [] };
  const cause = { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic', message: 'failed' } as const;
  const outcome = judge(
    'throws-always',
    [rolledBackWith({ cause, hook, weightReached: 0, ended: exposed.firstAt })],
    unexposed,
  );
  expect(renderFault(outcome)).toBe(`✔ throws-always: throws in every request
    caught in prod by hook shop-pre (BeforeAllowTraffic) at 0 %
    0 of 0 requests served wrongly, 0 affected by the fault`);
  expect(outcome.wrongShare).toBe(0);
});

test('a fault that was released is a difference, with its exposure', () => {
  const outcome = judge('throws-1-percent', [promoted]);
  expect(outcome.differences).toEqual([
    'throws-1-percent: released, expected to be caught: 12 of 4000 requests served wrongly (0.30 %), 14 affected by the fault',
  ]);
  expect(renderFault(outcome)).toBe(`✖ throws-1-percent: throws in 1 % of requests
    passed: it was released (expected: caught)
    12 of 4000 requests served wrongly (0.30 %), 14 affected by the fault`);
});

test('the rollback of a release that did not cause the fault is a difference', () => {
  expect(judge('background-errors', [promoted]).differences).toEqual([]);
  expect(judge('background-errors', [byAlarm]).differences).toEqual([
    'background-errors: rolled back in prod by alarm shop-prod-hello-v2-errors at 10 %, 62 s after the first affected request, expected to pass: the release did not cause the fault',
  ]);
});

test('failed requests after a rollback are a difference, unless the fault affects both versions', () => {
  const traffic = {
    before: { served: 1, failed: 0 },
    during: { served: 1, failed: 1 },
    after: { served: 1, failed: 2 },
  };
  expect(judge('throws-always', [{ ...byAlarm, traffic }]).differences).toEqual([
    'throws-always: prod: failed requests after the rollback: 2, expected 0',
  ]);
  const [difference, ...others] = judge('dependency-down', [{ ...byAlarm, traffic }]).differences;
  expect(difference).toContain('expected to pass');
  expect(others).toEqual([]);
});

test('a release that was neither stopped nor released is a difference, with its last outcome', () => {
  const failed: ReleaseOutcome = {
    type: 'failed',
    stackName: 'shop-prod',
    stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
    phase: 'cloudformation',
    reason: 'no such bucket',
    remedy: 'make one',
  };
  const unreached = { ...firstRelease, outcome: undefined };
  const end = (...environments: EnvironmentObservation[]) => judge('leaks', environments).differences;
  expect(end({ ...promoted, outcome: failed })).toEqual([
    'leaks: the release was neither caught nor passed: prod failed, no such bucket',
  ]);
  expect(end({ ...promoted, ...staging }, unreached)).toEqual([
    'leaks: the release was neither caught nor passed: staging released',
  ]);
  expect(end(unreached)).toEqual(['leaks: the release was neither caught nor passed: no environment was reached']);
  expect(judge('leaks', [unreached]).was).toBe('neither');
});

test('the report has all faults, and the result covers all of them', () => {
  const pushes = [['faulty', releaseOf('Greet', [byAlarm])] as const];
  const faults = [judge('throws-always', [byAlarm])];
  const report = reportOf(pushes, { seed: 1, quick: true, faults, differences: [] });
  expect(report.faults).toEqual(faults);
  expect(renderResult(report).split('\n').at(-1)).toBe('✔ as expected: 1 fault rehearsed');
  expect(
    renderResult({ ...report, differences: ['one', 'two'] })
      .split('\n')
      .slice(-3),
  ).toEqual(['✖ not as expected:', '  one', '  two']);
});

test('the list has a line for each fault, with the expected result', () => {
  const lines = renderFaults().split('\n');
  expect(lines[0]).toBe('throws-always       caught  throws in every request');
  expect(lines.find((line) => line.startsWith('burst'))).toBe(
    'burst               passed  ten times as many requests for 30 seconds, beginning two minutes after the start of the shift',
  );
});
