import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { packageService } from '../../benchmark/packaged-service';
import { playRelease, type Stopper } from '../../benchmark/played-release';
import { releaseKinds } from '../../benchmark/release-kinds';
import { faultNamed } from '../../rehearsal/faults/catalogue';
import { Rehearsal, type RehearsedRelease } from '../../rehearsal/rehearsal';
import { differences } from '../../rehearsal/report/expectation';
import { type FaultVerdict, judgeFault } from '../../rehearsal/report/fault-verdict';
import { Scratch } from '../../rehearsal/scratch/scratch';

const HELLO = 'canary-service-prod-hello';

/** How the comparison calls what stops a release. */
const KINDS: Readonly<Record<string, Stopper['type']>> = { alarm: 'alarms', hook: 'hook' };

/** What became of each fault that was rehearsed, as the comparison tells it. */
const rehearsed = new Map<string, { caught: boolean; by: Stopper['type'] | undefined; weight: number }>();

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
  const verdict = judgeFault(faulty);
  const { was, stop } = verdict;
  rehearsed.set(name, { caught: was === 'caught', by: KINDS[stop?.by.type ?? ''], weight: stop?.weight ?? 100 });
  return { verdict, release: faulty.release };
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

test('a permission that only the old version needs is missed before any traffic shifts, and given back', async () => {
  const { verdict, release } = await rehearse('permission-removed');
  expect(verdict).toMatchObject({
    was: 'caught',
    stop: { environment: 'prod', by: { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic' }, weight: 0 },
    differences: [],
  });
  const { exposure, wrongShare } = verdict;
  // The old version fails from the update of its stack until that is rolled back.
  expect(exposure.wrong).toBe(exposure.met);
  expect(exposure.wrong).toBeGreaterThan(100);
  expect(wrongShare).toBeCloseTo(exposure.wrong / exposure.requests);
  expect(release.environments.at(-1)!.traffic!.after.failed).toBe(0);
  expect((await logged('AccessDeniedException')).length).toBeGreaterThan(100);
  expect(JSON.stringify(release.environments.at(-1)!.outcome)).toContain('fails since this update');
});

test('memory that runs out only after a while is found out by real traffic', async () => {
  const { verdict } = await rehearse('out-of-memory');
  expect(verdict).toMatchObject({
    was: 'caught',
    stop: { environment: 'prod', by: { type: 'alarm', alarms: [expect.stringMatching(/-errors$/)] }, weight: 10 },
    differences: [],
  });
  expect(verdict.stop!.secondsAfterFirst).toBeGreaterThan(10);
  expect(verdict.stop!.secondsAfterFirst).toBeLessThan(300);
  expect(verdict.exposure.wrong).toBeLessThan(20);
});

test('a dependency that is down for both versions takes no release back', async () => {
  const { verdict, release } = await rehearse('dependency-down');
  expect(verdict).toMatchObject({ was: 'passed', differences: [] });
  expect(types(release)).toEqual(['released', 'released']);
  expect(verdict.wrongShare).toBe(1);
});

test('what the comparison of configurations says of these faults is what became of them here', async () => {
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
