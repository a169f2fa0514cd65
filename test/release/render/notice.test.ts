import { notice, render, SUBJECT_LIMIT } from '../../../release/render';
import { stageNotice, strayNotice } from '../../../release/render/notice';
import { inProgress, promoted, released, rolledBack, sixty, stopped } from '../releases';

const source = {
  commit: '4f2a9c1',
  execution: '01234567-0123-0123-0123-012345678901',
  console:
    'https://eu-central-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/shop/executions/01234567-0123-0123-0123-012345678901/timeline?region=eu-central-1',
};

test('a notice has the headline in its subject, and the log in its body', () => {
  expect(notice(released)).toEqual({
    subject: 'released: shop-prod-hello v7 serves 100 % after 5 min 5 s',
    body: `released: shop-prod-hello v7 serves 100 % after 5 min 5 s\n\n${render(released)}`,
  });
});

test('a subject is one line of ASCII within the limit of SNS', () => {
  const { subject } = notice({ ...rolledBack, stackName: 'größe\n→prod' });
  expect(subject).toBe(
    'gr??e ->prod rolled back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % a...',
  );
  expect(subject).toHaveLength(SUBJECT_LIMIT);
});

test('sixty functions fit into a notice completely', () => {
  const functions = sixty(promoted, (index) => (index === 0 ? stopped : { fate: 'taken-back' }));
  const { subject, body } = notice({ ...rolledBack, functions });
  expect(subject.length).toBeLessThanOrEqual(SUBJECT_LIMIT);
  expect(body).toContain('shop-prod-function60:Live');
});

test('a release that is rolling back is announced with its cause, what to do, and where it comes from', () => {
  const outcome = { ...inProgress, direction: 'rolling-back', functions: [stopped] } as const;
  const [, ...details] = render(outcome).split('\n');
  expect(notice(outcome, source)).toEqual({
    subject: 'rolling back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 1...',
    body: `rolling back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again

${details.join('\n')}

what to do: wait until the stage has failed, because the rollback is still running; then fix the cause and push again

commit     4f2a9c1
execution  01234567-0123-0123-0123-012345678901
           ${source.console}`,
  });
});

test('obstacles come before the fix', () => {
  const obstacles = [{ code: 'ROLLBACK_FAILED', subject: 'shop-prod', remedy: 'continue the rollback' }] as const;
  expect(notice({ ...rolledBack, obstacles }).body).toContain(
    "\n\nwhat to do: resolve what is marked with '!'; then fix the cause and push again",
  );
});

test('a stage that failed before any release is announced with its action', () => {
  const message =
    'Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while executing command: npm test. Reason: exit status 1';
  const url = 'https://console.aws.amazon.com/codebuild/home?region=eu-central-1#/builds/shop:1/view/new';
  expect(stageNotice({ pipeline: 'shop', stage: 'Build', actions: [{ name: 'Build', message, url }], source })).toEqual(
    {
      subject: 'shop Build failed: Build: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUT...',
      body: `stage Build of shop failed; nothing was released

✖ Build: ${message}
  ${url}

what to do: read the failed action's log, fix the cause and push again; if the cause was temporary, choose 'Retry stage' in the CodePipeline console

commit     4f2a9c1
execution  01234567-0123-0123-0123-012345678901
           ${source.console}`,
    },
  );
});

test('a stage that failed although its release succeeded is announced with that outcome', () => {
  const release = { state: 'its release succeeded (released: …)', outcome: released };
  const { subject, body } = stageNotice({
    pipeline: 'shop',
    stage: 'prod',
    actions: [{ name: 'Canary' }],
    release,
    source: {},
  });
  expect(subject).toBe('shop prod failed: Canary: CodePipeline gave no reason');
  expect(body).toContain(`stage prod of shop failed; its release succeeded (released: …)

✖ Canary: CodePipeline gave no reason

${render(released)}

what to do: `);
});

test('a stopped deployment outside the pipeline is not announced as a release', () => {
  const stray = {
    deploymentId: 'd-FORWARD01',
    application: 'shop-prod-Shifts-1',
    group: 'hello',
    stacks: ['shop-prod'],
  };
  expect(strayNotice({ ...stray, shift: stopped, console: stopped.console })).toEqual({
    subject: 'shop-prod, outside the pipeline: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at...',
    body: `a deployment that the pipeline did not start has stopped: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 % after 2 min 11 s; v6 serves 100 % again

deployment d-FORWARD01 of shop-prod-Shifts-1, group hello
https://eu-central-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-FORWARD01

what to do: find out who started it (CloudTrail event CreateDeployment), and make sure that the alias points to one version: a release fails on an alias that is split between two`,
  });
  expect(strayNotice({ ...stray, stacks: ['shop-prod', 'shop-test'] }).subject).toBe(
    'shop-prod or shop-test, outside the pipeline: deployment d-FORWARD01 stopped, CodeDeploy gave no...',
  );
});
