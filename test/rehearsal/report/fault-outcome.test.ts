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

function taken(back: Partial<FunctionRelease>): EnvironmentObservation {
  return {
    ...rolledBack,
    outcome: { ...rolledBack.outcome, functions: [{ ...stopped, ...back }] } as ReleaseOutcome,
  };
}

const byAlarm = taken({ ended: '2026-03-02T09:11:02.400Z' });

test('a fault that an alarm stops is caught, with weight, time and exposure', () => {
  const verdict = judge('throws-always', [{ ...promoted, ...staging }, byAlarm]);
  expect(verdict).toEqual({
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
  expect(renderFault(verdict)).toBe(`✔ throws-always: throws in every request
    caught in prod by alarm shop-prod-hello-v2-errors at 10 %, 62 s after the first request that met it
    12 of 4000 requests wrongly served (0.30 %), 14 met the fault`);
});

test('a hook that stops it is named, and before any traffic there is no time to tell', () => {
  const hook = { lifecycleEvent: 'BeforeAllowTraffic', answered: true, functionName: 'shop-pre', reasons: [] };
  const cause = { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic', message: 'failed' } as const;
  const verdict = judge('throws-always', [taken({ cause, hook, weightReached: 0, ended: exposed.firstAt })], unexposed);
  expect(renderFault(verdict)).toBe(`✔ throws-always: throws in every request
    caught in prod by hook shop-pre (BeforeAllowTraffic) at 0 %
    0 of 0 requests wrongly served, 0 met the fault`);
  expect(verdict.wrongShare).toBe(0);
});

test('a fault that reaches everybody is said with what it did', () => {
  const verdict = judge('throws-1-percent', [promoted]);
  expect(verdict.differences).toEqual([
    'throws-1-percent: reached everybody, but ought to be caught: 12 of 4000 requests wrongly served (0.30 %), 14 met the fault',
  ]);
  expect(renderFault(verdict)).toBe(`✖ throws-1-percent: throws in 1 % of requests
    passed: it reached everybody (ought to be caught)
    12 of 4000 requests wrongly served (0.30 %), 14 met the fault`);
});

test('what is not the fault of the release is to pass, and a stop of it is a false alarm', () => {
  expect(judge('background-errors', [promoted]).differences).toEqual([]);
  expect(judge('background-errors', [byAlarm]).differences).toEqual([
    "background-errors: taken back in prod by alarm shop-prod-hello-v2-errors at 10 %, 62 s after the first request that met it, but ought to pass: not the release's fault",
  ]);
});

test('a rollback that leaves failures is a difference, unless the fault is of both versions', () => {
  const traffic = {
    before: { served: 1, failed: 0 },
    during: { served: 1, failed: 1 },
    after: { served: 1, failed: 2 },
  };
  expect(judge('throws-always', [{ ...byAlarm, traffic }]).differences).toEqual([
    'throws-always: prod: 2 requests failed after the rollback, expected none',
  ]);
  const [difference, ...others] = judge('dependency-down', [{ ...byAlarm, traffic }]).differences;
  expect(difference).toContain('ought to pass');
  expect(others).toEqual([]);
});

test('a release that ends otherwise tells nothing of the fault, and says how it ended', () => {
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
    'leaks: the release ended neither caught nor passed: prod failed, no such bucket',
  ]);
  expect(end({ ...promoted, ...staging }, unreached)).toEqual([
    'leaks: the release ended neither caught nor passed: staging released',
  ]);
  expect(end(unreached)).toEqual(['leaks: the release ended neither caught nor passed: no environment was reached']);
  expect(judge('leaks', [unreached]).was).toBe('neither');
});

test('the report has every fault, and the verdict is on all of them', () => {
  const pushes = [['faulty', releaseOf('Greet', [byAlarm])] as const];
  const faults = [judge('throws-always', [byAlarm])];
  const report = reportOf(pushes, { seed: 1, quick: true, faults, differences: [] });
  expect(report.faults).toEqual(faults);
  expect(renderResult(report).split('\n').at(-1)).toBe('✔ as it must be: the fault ended as it ought to');
  expect(
    renderResult({ ...report, differences: ['one', 'two'] })
      .split('\n')
      .slice(-3),
  ).toEqual(['✖ not as it must be:', '  one', '  two']);
});

test('the list has a line for each fault, with what ought to become of it', () => {
  const lines = renderFaults().split('\n');
  expect(lines[0]).toBe('throws-always       caught  throws in every request');
  expect(lines.find((line) => line.startsWith('burst'))).toBe(
    'burst               passed  ten times as many requests for 30 seconds, from two minutes after the shift began',
  );
});
