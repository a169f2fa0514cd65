import { notice, render, SUBJECT_LIMIT } from '../../../release/render';
import { stageNotice, strayNotice } from '../../../release/render/notice';
import { inProgress, promoted, released, rolledBack, sixty, stopped } from '../releases';

const origin = {
  commit: '4f2a9c1',
  execution: '01234567-0123-0123-0123-012345678901',
  console:
    'https://eu-central-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/shop/executions/01234567-0123-0123-0123-012345678901/timeline?region=eu-central-1',
};

test('a notice is the verdict in its subject, and the log in its body', () => {
  expect(notice(released)).toEqual({
    subject: 'released: shop-prod-hello v7 serves 100 % after 5 min 5 s',
    body: `released: shop-prod-hello v7 serves 100 % after 5 min 5 s\n\n${render(released)}`,
  });
});

test('a subject is ASCII on one line and no longer than SNS takes', () => {
  const { subject } = notice({ ...rolledBack, stackName: 'größe\n→prod' });
  expect(subject).toBe(
    'gr??e ->prod rolled back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % a...',
  );
  expect(subject).toHaveLength(SUBJECT_LIMIT);
});

test('sixty functions fit into a notice whole', () => {
  const functions = sixty(promoted, (index) => (index === 0 ? stopped : { fate: 'taken-back' }));
  const { subject, body } = notice({ ...rolledBack, functions });
  expect(subject.length).toBeLessThanOrEqual(SUBJECT_LIMIT);
  expect(body).toContain('shop-prod-function60:Live');
});

test('a release that goes back is told with its cause, what to do, and where it comes from', () => {
  const outcome = { ...inProgress, direction: 'rolling-back', functions: [stopped] } as const;
  const [, ...details] = render(outcome).split('\n');
  expect(notice(outcome, origin)).toEqual({
    subject: 'being rolled back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2...',
    body: `being rolled back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again

${details.join('\n')}

what to do: wait until the stage has failed, for the rollback goes on; mend the cause and push again

commit     4f2a9c1
execution  01234567-0123-0123-0123-012345678901
           ${origin.console}`,
  });
});

test('what is in the way of everyone comes before mending', () => {
  const obstacles = [{ code: 'ROLLBACK_FAILED', subject: 'shop-prod', remedy: 'continue the rollback' }] as const;
  expect(notice({ ...rolledBack, obstacles }).body).toContain(
    '\n\nwhat to do: do first what stands at each !; then mend the cause and push again',
  );
});

test('a stage that failed before any release is told by its action', () => {
  const message =
    'Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while executing command: npm test. Reason: exit status 1';
  const url = 'https://console.aws.amazon.com/codebuild/home?region=eu-central-1#/builds/shop:1/view/new';
  expect(stageNotice({ pipeline: 'shop', stage: 'Build', actions: [{ name: 'Build', message, url }], origin })).toEqual(
    {
      subject: 'shop Build failed: Build: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUT...',
      body: `stage Build of shop failed, nothing was released

✖ Build: ${message}
  ${url}

what to do: read the action's own log, mend the cause and push again; if it was an accident, choose Retry stage in CodePipeline's console

commit     4f2a9c1
execution  01234567-0123-0123-0123-012345678901
           ${origin.console}`,
    },
  );
});

test('a stage that failed beside its release tells how that ended', () => {
  const release = { words: 'yet the release itself is released', outcome: released };
  const { subject, body } = stageNotice({
    pipeline: 'shop',
    stage: 'prod',
    actions: [{ name: 'Canary' }],
    release,
    origin: {},
  });
  expect(subject).toBe('shop prod failed: Canary: CodePipeline gave no reason');
  expect(body).toContain(`stage prod of shop failed; yet the release itself is released

✖ Canary: CodePipeline gave no reason

${render(released)}

what to do: `);
});

test('a shift by hand that stopped is told as none of the releases', () => {
  const stray = {
    deploymentId: 'd-FORWARD01',
    application: 'shop-prod-Shifts-1',
    group: 'hello',
    stacks: ['shop-prod'],
  };
  expect(strayNotice({ ...stray, shift: stopped, console: stopped.console })).toEqual({
    subject: 'shop-prod stopped outside of a release: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-er...',
    body: `a deployment that no release of the pipeline started has stopped: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again

deployment d-FORWARD01 of shop-prod-Shifts-1, group hello
https://eu-central-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-FORWARD01

what to do: find out who shifts traffic by hand, and see that the alias routes to one version: a release fails on an alias that is split between two`,
  });
  expect(strayNotice({ ...stray, stacks: ['shop-prod', 'shop-test'] }).subject).toBe(
    'shop-prod or shop-test stopped outside of a release: d-FORWARD01, CodeDeploy does not say why',
  );
});
