import type { ActionResult } from '../../../rehearsal/pipeline/action-runner';
import type { Action } from '../../../rehearsal/pipeline/model';
import type { PipelineEvent } from '../../../rehearsal/pipeline/pipeline-event';
import type { RehearsalEvent } from '../../../rehearsal/rehearsal';
import { elapsed, progressLines } from '../../../rehearsal/report/progress';
import { actionIn, releaseOf } from '../releases';

const at = Date.parse('2026-03-02T09:01:35Z');
const build = actionIn('Build', 'Build');

function rendered(...events: RehearsalEvent[]): string {
  const lines = progressLines();
  return events.flatMap((event) => lines(event)).join('\n');
}

function pipeline(event: PipelineEvent): RehearsalEvent {
  return { type: 'pipeline-event', event };
}

function ended(result: ActionResult, action: Action = build): RehearsalEvent {
  return pipeline({ at, type: 'action-ended', action, result });
}

function output(line: string, action: Action = build): RehearsalEvent {
  return pipeline({ at, type: 'build-event', action, event: { type: 'output', phase: 'BUILD', line } });
}

function tested(...tests: number[]): ActionResult {
  const reports = tests.map((each) => ({ group: 'jest', tests: each, failures: 0, skipped: 0, failed: [] }));
  const result = { id: 'p:1', status: 'SUCCEEDED', failure: undefined, exported: {}, reports, skipped: [] } as const;
  return { type: 'succeeded', summary: 'Build p:1 succeeded', variables: {}, build: result };
}

test('the first lines have the URL of the embedded AWS, uncommitted files and the pipeline', () => {
  const stages = ['Source', 'Build', 'prod'].map((name) => ({ name, actions: [] }));
  const read = { name: 'service', stackName: 'PipelineStack', templateFile: 'x', stages };
  expect(
    rendered(
      { type: 'opened', endpointUrl: 'http://127.0.0.1:1', uncommitted: ['README.md', 'a.ts'] },
      { type: 'installed', pipeline: read, resources: 57 },
      { type: 'notice', text: 'runs under another Node' },
    ),
  ).toBe(`embedded AWS at http://127.0.0.1:1
! 2 uncommitted files are not rehearsed, because a push releases what is committed
installed PipelineStack: 57 resources
pipeline service: Source → Build → prod
! runs under another Node`);
  expect(rendered({ type: 'opened', endpointUrl: 'http://127.0.0.1:1', uncommitted: [] })).toBe(
    'embedded AWS at http://127.0.0.1:1',
  );
});

test('each action has one line, when it has ended, with its virtual time', () => {
  const { commit } = releaseOf('Count the greetings', []);
  expect(
    rendered(
      pipeline({ at, type: 'execution-started', executionId: 'e', commit }),
      pipeline({ at, type: 'stage-started', stage: 'Source' }),
      ended({ type: 'succeeded', summary: 'Count the greetings', variables: {} }, actionIn('Source', 'GitHub')),
      pipeline({ at, type: 'stage-ended', stage: 'Source', status: 'Succeeded' }),
      pipeline({ at, type: 'action-started', action: build }),
      output('not shown, because the build succeeds'),
      ended(tested(200, 13)),
      ended(tested()),
      ended({ type: 'reported', summary: 'not run' }, actionIn('UpdatePipeline', 'SelfMutate')),
      pipeline({ at, type: 'execution-ended', executionId: 'e', status: 'Succeeded' }),
      { type: 'released', release: releaseOf('Count the greetings', []) },
    ),
  ).toBe(`
▸ push 0123456  Count the greetings
  09:01:35  ✔ Source / GitHub                                Count the greetings
  09:01:35  ✔ Build / Build                                  succeeded, 200 passed (jest), 13 passed (jest)
  09:01:35  ✔ Build / Build                                  succeeded
  09:01:35  ◌ UpdatePipeline / SelfMutate                    not run`);
});

test('the summary of an action is shown when it changes, and the whole message of a function’s failure at its end', () => {
  const action = actionIn('prod', 'Canary');
  const says = (summary: string, minutes: number) =>
    pipeline({ at: at + minutes * 60_000, type: 'action-progress', action, summary, percentComplete: minutes });
  expect(
    rendered(
      pipeline({ at, type: 'action-started', action }),
      pipeline({ at, type: 'action-progress', action, externalId: 'build:1' }),
      says('10 % on v2 for 0 of 5 min · 4 alarms OK', 0),
      says('10 % on v2 for 0 of 5 min · 4 alarms OK', 0.5),
      says('10 % on v2 for 1 of 5 min · 4 alarms OK', 1),
      ended({ type: 'failed', code: 'JobFailed', message: 'rolled back: hello v2\nshop-prod\n  hello:Live' }, action),
      pipeline({ at, type: 'action-started', action }),
      says('10 % on v2 for 1 of 5 min · 4 alarms OK', 1),
    ),
  ).toBe(`  09:01:35  … prod / Canary                                  10 % on v2 for 0 of 5 min · 4 alarms OK
  09:02:35  … prod / Canary                                  10 % on v2 for 1 of 5 min · 4 alarms OK
  09:01:35  ✖ prod / Canary                                  rolled back: hello v2
              │ shop-prod
              │   hello:Live
  09:02:35  … prod / Canary                                  10 % on v2 for 1 of 5 min · 4 alarms OK`);
});

test('a skipped command is shown', () => {
  const event = { type: 'command-skipped', phase: 'BUILD', command: 'npm test' } as const;
  expect(rendered(pipeline({ at, type: 'build-event', action: build, event }))).toBe(
    '  09:01:35    skipped, because of --quick: npm test',
  );
});

test('the last lines of a failed build are shown, and none of other builds', () => {
  const other = actionIn('prod', 'Deploy');
  const lines = Array.from({ length: 14 }, (_, index) => output(`line ${index + 1}`));
  const shown = Array.from({ length: 12 }, (_, index) => `              │ line ${index + 3}`);
  expect(
    rendered(
      pipeline({ at, type: 'action-started', action: build }),
      output('before', other),
      ...lines,
      ended({ type: 'failed', code: 'JobFailed', message: 'Build terminated' }),
      pipeline({ at, type: 'action-started', action: build }),
      ended({ type: 'failed', code: 'JobFailed', message: 'terminated at once' }),
    ),
  ).toBe(
    [
      '  09:01:35  ✖ Build / Build                                  Build terminated',
      ...shown,
      '  09:01:35  ✖ Build / Build                                  terminated at once',
    ].join('\n'),
  );
});

test('the duration of a rehearsal is shown in minutes and seconds', () => {
  expect(elapsed(1_000, 73_400)).toBe('1 min 12 s');
});
