import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { packageService } from '../../benchmark/packaged-service';
import { playRelease, type Stopper } from '../../benchmark/played-release';
import { releaseKinds } from '../../benchmark/release-kinds';
import { faultNamed } from '../../rehearsal/faults/catalogue';
import { Rehearsal, type RehearsedRelease } from '../../rehearsal/rehearsal';
import { differences } from '../../rehearsal/report/expectation';
import { type FaultOutcome, judgeFault } from '../../rehearsal/report/fault-outcome';
import { Scratch } from '../../rehearsal/scratch/scratch';

const HELLO = 'canary-service-prod-hello';

/** The benchmark's name for each cause of a rollback. */
const STOPPERS: Readonly<Record<string, Stopper['type']>> = { alarm: 'alarms', hook: 'hook' };

/** How each rehearsed fault ended, in the benchmark's terms. */
const rehearsed = new Map<string, { caught: boolean; by: Stopper['type'] | undefined; weight: number }>();

/** One rehearsal for all tests: each pushes on top of the one before. */
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

async function rehearse(name: string): Promise<{ outcome: FaultOutcome; release: RehearsedRelease }> {
  const faulty = await rehearsal.releaseFault(faultNamed(name)!);
  const outcome = judgeFault(faulty);
  const { was, stop } = outcome;
  rehearsed.set(name, { caught: was === 'caught', by: STOPPERS[stop?.by.type ?? ''], weight: stop?.weight ?? 100 });
  return { outcome, release: faulty.release };
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

test('a fault cannot be rehearsed before the first release', async () => {
  await expect(rehearse('leaks')).rejects.toThrow('cannot rehearse the fault leaks: there is no traffic yet');
  const release = await rehearsal.release();
  expect(differences([['as-it-is', release]])).toEqual([]);
});

test('a module that crashes at import is caught by the hook before the shift, in the environment with traffic', async () => {
  const { outcome, release } = await rehearse('crashes-at-import');
  expect(outcome).toMatchObject({
    was: 'caught',
    stop: { environment: 'prod', by: { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic' }, weight: 0 },
    exposure: { wrong: 0, met: 0 },
    differences: [],
  });
  expect(outcome.stop).not.toHaveProperty('secondsAfterFirst');
  expect(outcome.exposure.requests).toBeGreaterThan(500);
  expect(types(release)).toEqual(['released', 'rolled-back']);
  expect((await logged("reading 'default'")).join('\n')).toContain('Uncaught Exception');
});

test('the removal of a permission that only the old version needs is caught before the shift, and rolled back', async () => {
  const { outcome, release } = await rehearse('permission-removed');
  expect(outcome).toMatchObject({
    was: 'caught',
    stop: { environment: 'prod', by: { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic' }, weight: 0 },
    differences: [],
  });
  const { exposure, wrongShare } = outcome;
  // The old version fails from the update of the stack until the rollback.
  expect(exposure.wrong).toBe(exposure.met);
  expect(exposure.wrong).toBeGreaterThan(100);
  expect(wrongShare).toBeCloseTo(exposure.wrong / exposure.requests);
  expect(release.environments.at(-1)!.traffic!.after.failed).toBe(0);
  expect((await logged('AccessDeniedException')).length).toBeGreaterThan(100);
  expect(JSON.stringify(release.environments.at(-1)!.outcome)).toContain('fails since this update');
});

test('a version that runs out of memory after a while is caught by real traffic', async () => {
  const { outcome } = await rehearse('out-of-memory');
  expect(outcome).toMatchObject({
    was: 'caught',
    stop: { environment: 'prod', by: { type: 'alarm', alarms: [expect.stringMatching(/-errors$/)] }, weight: 10 },
    differences: [],
  });
  expect(outcome.stop!.secondsAfterFirst).toBeGreaterThan(10);
  expect(outcome.stop!.secondsAfterFirst).toBeLessThan(300);
  expect(outcome.exposure.wrong).toBeLessThan(20);
});

test('a dependency that is down for both versions causes no rollback', async () => {
  const { outcome, release } = await rehearse('dependency-down');
  expect(outcome).toMatchObject({ was: 'passed', differences: [] });
  expect(types(release)).toEqual(['released', 'released']);
  expect(outcome.wrongShare).toBe(1);
});

test('the benchmark has the same results for these faults', async () => {
  const { service, configurations } = await packageService();
  const configuration = configurations.find(({ name }) => name === 'ours')!;
  const played = new Map<string, unknown>();
  for (const name of rehearsed.keys()) {
    const kind = releaseKinds.find((each) => each.name === name)!;
    const { caught, by, weight } = await playRelease({ kind, configuration, service, seed: 1 });
    played.set(name, { caught, by: by?.type, weight });
  }
  expect([...rehearsed.keys()]).toEqual([
    'crashes-at-import',
    'permission-removed',
    'out-of-memory',
    'dependency-down',
  ]);
  expect(played).toEqual(rehearsed);
});
