import { join } from 'node:path';
import { harmful, harmless } from './commits';
import { faultNamed, faults } from './faults/catalogue';
import { type Options, readOptions } from './options';
import { Rehearsal, type RehearsedRelease } from './rehearsal';
import { differences, type Push } from './report/expectation';
import { type FaultOutcome, judgeFault } from './report/fault-outcome';
import { renderFaults } from './report/fault-report';
import { elapsed, progressLines } from './report/progress';
import { renderRelease, renderResult, reportOf } from './report/report';
import { Scratch } from './scratch/scratch';

const usage = `usage: npm run rehearse -- [options]

Sends three commits through the synthesised pipeline on this machine, without AWS: the repository as it is committed, a
harmless change, and a harmful one that only real traffic finds out. With faults: the repository as it is, and then for
each fault a harmless change to which the fault happens in the last environment, without changing the source of what it
befalls.

  --quick      leave out the builds' tests
  --seed N     another run of chance (traffic, who meets the canary); the same N gives the same run  [1]
  --hold       keep the embedded AWS up after the last release, until Ctrl-C, and print its address
  --json       one JSON document on stdout, and nothing else there
  --fault NAME rehearse this fault; several may be given, each is a push of its own; 'all' is every one
  --list-faults  print each fault, whether it ought to be caught or passed, and what it is
  --keep       leave the scratch directory, and print its path
  --help

exit status: 0 if the harmless change was released and the harmful one rolled back, with the old version serving
everything, or each fault was caught or passed as it ought to be; 1 if anything differed; 2 if the call is wrong

examples:
  npm run rehearse
  npm run rehearse -- --quick --json > rehearsal.json
  npm run rehearse -- --hold
  npm run rehearse -- --quick --fault throws-always --fault dependency-down
  npm run rehearse -- --list-faults
  npm run rehearse -- --seed one      fails: '--seed one' is not a whole number
  npm run rehearse -- --fault throws  fails: '--fault throws' is no fault, and which there are`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(options: Options): Promise<number> {
  const began = Date.now();
  const result = options.json ? () => {} : say;
  const scratch = await Scratch.open({ keep: options.keep });
  scratch.closeOnSignals((signal) => tell(`\n${signal}: ending every process and removing ${scratch.path}`));
  const lines = progressLines();
  try {
    const rehearsal = await Rehearsal.open({
      repository: join(__dirname, '..'),
      seed: options.seed,
      quick: options.quick,
      scratch,
      onEvent: (event) => {
        for (const line of lines(event)) tell(line);
      },
    });
    try {
      const pushes: [Push, RehearsedRelease][] = [];
      const faultOutcomes: FaultOutcome[] = [];
      for await (const { push, release, faultOutcome } of rehearse(rehearsal, options.faults)) {
        pushes.push([push, release]);
        if (faultOutcome) faultOutcomes.push(faultOutcome);
        result(renderRelease(release));
      }
      const differ = [...differences(pushes), ...faultOutcomes.flatMap((each) => each.differences)];
      const report = reportOf(pushes, { ...options, faults: faultOutcomes, differences: differ });
      result(`\n${renderResult(report)}`);
      if (options.json) say(JSON.stringify(report, undefined, 2));
      tell(`\nrehearsed in ${elapsed(began, Date.now())}`);
      if (options.hold) await hold(rehearsal);
      return report.differences.length === 0 ? 0 : 1;
    } finally {
      await rehearsal.close();
    }
  } finally {
    if (options.keep) tell(`left in ${scratch.path}`);
    await scratch.close();
  }
}

interface Pushed {
  readonly push: Push;
  readonly release: RehearsedRelease;
  /** what became of its fault, @default it had none */
  readonly faultOutcome?: FaultOutcome;
}

/** Pushes what is to be pushed, one after the other; nothing more when the first does not get through. */
async function* rehearse(rehearsal: Rehearsal, named: readonly string[]): AsyncGenerator<Pushed> {
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

/** Keeps the endpoint up until the person ends it. */
async function hold(rehearsal: Rehearsal): Promise<void> {
  const environment = rehearsal.environments.at(-1)!;
  const { accessKeyId, secretAccessKey } = rehearsal.visitor(environment);
  tell(`
the embedded AWS stays up until Ctrl-C; in another terminal:

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

function start(): Promise<number> | number {
  const command = readOptions(process.argv.slice(2));
  switch (command.type) {
    case 'rehearse':
      return main(command.options);
    case 'help':
      say(usage);
      return 0;
    case 'list-faults':
      say(command.json ? JSON.stringify(faults, ['name', 'line', 'expected', 'scope'], 2) : renderFaults());
      return 0;
    case 'mistaken':
      tell(`${command.mistakes.join('\n')}\n\n${usage}`);
      return 2;
  }
}

Promise.resolve(start()).then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    tell(`✖ ${error.message}`);
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause) tell(`  because: ${cause.message}`);
    process.exitCode = 1;
  },
);
