import { releaseView } from '../../../release/cli/release-view';
import { at, inProgress, released, rolledBack, shifting, stopped } from '../releases';

const now = at(3).getTime();

test('a view of a running release has text and numbers, and no layout', () => {
  expect(releaseView(inProgress, now)).toEqual({
    stackName: 'shop-prod',
    stackStatus: 'UPDATE_IN_PROGRESS',
    status: 'running',
    word: 'in progress',
    summary: '10 % on v7 for 3 of 5 min · 2 alarms OK · 0.0 % errors (v6: 0.1 %)',
    percentComplete: 59,
    functions: [
      {
        name: 'shop-prod-hello:Live',
        status: 'running',
        word: 'InProgress',
        versions: 'v6 → v7',
        deploymentType: 'Canary10Percent5Minutes',
        deploymentId: 'd-FORWARD01',
        weight: 10,
        standing: '10 % on v7 for 3 of 5 min',
        details: [
          { kind: 'event', status: 'good', word: 'Succeeded', text: 'BeforeAllowTraffic' },
          { kind: 'event', status: 'running', word: 'InProgress', text: 'AllowTraffic' },
          { kind: 'event', status: 'waiting', word: 'Pending', text: 'AfterAllowTraffic' },
          { kind: 'alarm', status: 'good', word: 'OK', text: 'shop-errors' },
          { kind: 'alarm', status: 'good', word: 'OK', text: 'shop-5xx' },
        ],
      },
    ],
    notes: [],
  });
});

test('a function that was rolled back has no traffic left, whatever it had reached', () => {
  const [back, sibling] = releaseView(
    { ...rolledBack, functions: [stopped, { ...shifting, fate: 'cancelled', weightNow: 0 }] },
    now,
  ).functions;
  expect(back).toMatchObject({ status: 'bad', word: 'Stopped', weight: 0 });
  expect(sibling).toMatchObject({ status: 'skipped', word: 'Cancelled', weight: 0, standing: 'v6 serves 100 % again' });
});

test('obstacles and what could not be read are notes', () => {
  const notes = releaseView(
    {
      ...released,
      obstacles: [{ code: 'STACK_BUSY', subject: 'shop-prod', remedy: 'wait' }],
      unread: [{ what: 'the alarms', why: 'denied', message: 'AccessDenied: no' }],
    },
    now,
  ).notes;
  expect(notes).toEqual(['STACK_BUSY: wait', 'could not read the alarms: denied']);
});
