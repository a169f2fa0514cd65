import { join } from 'node:path';
import { runCommand, type Streams, start } from '../cli/run-command';
import { harmful, harmless } from './commits';
import { faultNamed, faults } from './faults/catalogue';
import { chosenFaults, type RehearsalOptions, rehearseCommand } from './options';
import { Rehearsal, type RehearsedRelease } from './rehearsal';
import { differences, type Push } from './report/expectation';
import { type FaultOutcome, judgeFault } from './report/fault-outcome';
import { renderFaults } from './report/fault-report';
import { elapsed, progressLines } from './report/progress';
import { renderRelease, renderResult, reportOf } from './report/report';
import { Scratch } from './scratch/scratch';

/** @returns the exit status */
async function rehearse(options: RehearsalOptions, { stdout, stderr }: Streams): Promise<number> {
  const began = Date.now();
  const progress = (line: string) => stderr.write(`${line}\n`);
  const print = (text: string) => stdout.write(`${text}\n`);
  const printText = options.json ? () => {} : print;
  const scratch = await Scratch.open({ keep: options.keep });
  scratch.closeOnSignals((signal) => progress(`\n${signal}: ending every process and removing ${scratch.path}`));
  const lines = progressLines();
  try {
    const rehearsal = await Rehearsal.open({
      repository: join(__dirname, '..'),
      seed: options.seed,
      quick: options.quick,
      scratch,
      onEvent: (event) => {
        for (const line of lines(event)) progress(line);
      },
    });
    try {
      const pushes: [Push, RehearsedRelease][] = [];
      const faultOutcomes: FaultOutcome[] = [];
      for await (const { push, release, faultOutcome } of pushesOf(rehearsal, options.faults)) {
        pushes.push([push, release]);
        if (faultOutcome) faultOutcomes.push(faultOutcome);
        printText(renderRelease(release));
      }
      const differ = [...differences(pushes), ...faultOutcomes.flatMap((outcome) => outcome.differences)];
      const report = reportOf(pushes, {
        ...options,
        faults: faultOutcomes,
        differences: differ,
        denied: rehearsal.world.access.denials,
      });
      printText(`\n${renderResult(report)}`);
      if (options.json) print(JSON.stringify(report, undefined, 2));
      progress(`\nrehearsed in ${elapsed(began, Date.now())}`);
      if (options.hold) await hold(rehearsal, progress);
      return report.differences.length === 0 ? 0 : 1;
    } finally {
      await rehearsal.close();
    }
  } finally {
    if (options.keep) progress(`left in ${scratch.path}`);
    await scratch.close();
  }
}

interface Pushed {
  readonly push: Push;
  readonly release: RehearsedRelease;
  /** How the release with the fault ended. @default - the push has no fault */
  readonly faultOutcome?: FaultOutcome;
}

/** Pushes one commit after the other. When the repository as it is committed cannot be released, nothing else is pushed. */
async function* pushesOf(rehearsal: Rehearsal, named: readonly string[]): AsyncGenerator<Pushed> {
  const release = await rehearsal.release();
  yield { push: 'as-it-is', release };
  if (release.execution.status === 'Failed') return;
  for (const name of named) {
    const faulty = await rehearsal.releaseFault(faultNamed(name)!);
    yield { push: 'faulty', release: faulty.release, faultOutcome: judgeFault(faulty) };
  }
  if (named.length > 0) return;
  for (const change of [harmless, harmful]) {
    yield { push: change.name, release: await rehearsal.releaseChange(change) };
  }
}

/** Keeps the endpoint running until the process is interrupted. */
async function hold(rehearsal: Rehearsal, progress: (text: string) => void): Promise<void> {
  const environment = rehearsal.environments.at(-1)!;
  const { accessKeyId, secretAccessKey } = rehearsal.visitor(environment);
  progress(`
the embedded AWS keeps running until Ctrl-C; in another terminal:

  export AWS_ENDPOINT_URL=${rehearsal.url} AWS_REGION=${environment.region} AWS_DEFAULT_REGION=${environment.region}
  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}
  aws cloudformation describe-stack-events --stack-name ${environment.stackName}
  aws deploy list-deployments
  aws cloudwatch describe-alarms
  npm run outcome -- --stack ${environment.stackName} --region ${environment.region}
  npm run watch -- --stack ${environment.stackName} --region ${environment.region}
  curl ${rehearsal.frontDoor(environment)}/hello
`);
  rehearsal.followRealTime();
  await new Promise(() => {});
}

start(
  (args, streams) =>
    runCommand(rehearseCommand, args, streams, ({ values }) => {
      const { fault, 'list-faults': listFaults, ...options } = values;
      if (!listFaults) return rehearse({ ...options, faults: chosenFaults(fault) }, streams);
      const list = values.json ? JSON.stringify(faults, ['name', 'line', 'expected', 'scope'], 2) : renderFaults();
      streams.stdout.write(`${list}\n`);
      return 0;
    }),
  { causes: true },
);
