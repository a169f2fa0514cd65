import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { differences } from '../../rehearsal/expectation';
import { faultNamed } from '../../rehearsal/faults/catalogue';
import { type FaultVerdict, judgeFault } from '../../rehearsal/faults/fault-verdict';
import { Rehearsal, type RehearsedRelease } from '../../rehearsal/rehearsal';
import { Scratch } from '../../rehearsal/scratch';

const HELLO = 'canary-service-prod-hello';

/** One rehearsal for all: each test pushes on top of the one before. */
let rehearsal: Rehearsal;
let scratch: Scratch;

beforeAll(async () => {
  scratch = await Scratch.open();
  const repository = join(__dirname, '../..');
  rehearsal = await Rehearsal.open({ repository, seed: 1, quick: true, scratch, onEvent: () => {} });
});
afterAll(async () => {
  await rehearsal?.close();
  await scratch?.close();
});

async function rehearse(name: string): Promise<{ verdict: FaultVerdict; release: RehearsedRelease }> {
  const faulty = await rehearsal.releaseFault(faultNamed(name)!);
  return { verdict: judgeFault(faulty), release: faulty.release };
}

function types({ environments }: RehearsedRelease) {
  return environments.map(({ outcome }) => outcome?.type);
}

async function logged(pattern: string): Promise<readonly string[]> {
  const { region } = rehearsal.environments.at(-1)!;
  const credentials = rehearsal.visitor(rehearsal.environments.at(-1)!);
  const logs = new CloudWatchLogsClient({ endpoint: rehearsal.url, region, credentials });
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${HELLO}`, filterPattern: `"${pattern}"` }),
  );
  return events.map(({ message = '' }) => message);
}

test('before there is a release, there is nothing that a fault could befall', async () => {
  await expect(rehearse('leaks')).rejects.toThrow('cannot rehearse the fault leaks: no first release');
  const release = await rehearsal.release();
  expect(differences([['as-it-is', release]])).toEqual([]);
});

test('a module that crashes at import is caught before it gets traffic, in the environment with the traffic', async () => {
  const { verdict, release } = await rehearse('crashes-at-import');
  expect(verdict).toMatchObject({
    was: 'caught',
    stop: { environment: 'prod', by: { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic' }, weight: 0 },
    exposure: { wrong: 0, met: 0 },
    differences: [],
  });
  expect(verdict.stop).not.toHaveProperty('secondsAfterFirst');
  expect(verdict.exposure.requests).toBeGreaterThan(500);
  expect(types(release)).toEqual(['released', 'rolled-back']);
  expect((await logged("reading 'default'")).join('\n')).toContain('Uncaught Exception');
});

test('a permission that only the old version needs fails most of the traffic, until alarms bring it back', async () => {
  const { verdict, release } = await rehearse('permission-removed');
  expect(verdict).toMatchObject({
    was: 'caught',
    stop: { environment: 'prod', by: { type: 'alarm' } },
    differences: [],
  });
  const { exposure, stop, wrongShare } = verdict;
  expect(exposure.wrong).toBe(exposure.met);
  expect(exposure.wrong).toBeGreaterThan(100);
  expect(wrongShare).toBeCloseTo(exposure.wrong / exposure.requests);
  expect(stop!.secondsAfterFirst).toBeGreaterThan(10);
  expect(stop!.secondsAfterFirst).toBeLessThan(300);
  expect(release.environments.at(-1)!.traffic!.after.failed).toBe(0);
  expect((await logged('AccessDeniedException')).length).toBeGreaterThan(100);
});
