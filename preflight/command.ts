import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommandSpec, Mistake, OptionSpecs, OptionValues } from '../cli/command-spec';
import { text, wholeNumber } from '../cli/parsers';
import { Misuse, runCommand, type Streams } from '../cli/run-command';
import { type Deployed, type StackOfPackage, stackOfPackage } from './deployed';
import { preflight } from './preflight';
import { render, toJson } from './render';
import type { RuleProblem } from './rules/rule';
import { readTemplate } from './template/template';
import { readTrafficPlan, type TrafficPlan } from './traffic-plan';

/** Name that `sls package` gives the template that it deploys. */
export const TEMPLATE = 'cloudformation-template-update-stack.json';

/** What the command gets from outside. */
export interface PreflightContext extends Streams {
  /**
   * Directories of this repository's own packages; none when the service is not packaged yet.
   *
   * @throws Error when they cannot be determined. Its message is the command's, with exit status 1, as in other commands.
   */
  readonly packages: () => readonly string[];
  /** File in which this repository's service declares its traffic. */
  readonly traffic: () => string;
  /** Compares one of this repository's packages with what its pipeline needs. */
  readonly contract: (directory: string) => Promise<readonly RuleProblem[]>;
  /** Reads from CloudFormation what is live. It never fails: that CloudFormation cannot be read is a result too. */
  readonly deployed: (stack: StackOfPackage) => Promise<Deployed>;
  /** Current time, in milliseconds since the epoch. */
  readonly now: number;
}

/** Value of `--deployed` without a file. */
const FROM_CLOUDFORMATION = Symbol('CloudFormation');

const options = {
  service: {
    type: 'value',
    placeholder: 'DIR',
    description: `directory in which sls package left ${TEMPLATE}`,
    parse: text,
    defaultText: "the packages of this repository's environments in .package",
  },
  deployed: {
    type: 'value',
    placeholder: 'FILE',
    description:
      'compare with the template that is live, and show changes that are unsafe while two versions run: reads the ' +
      "package's stack from CloudFormation, with your credentials; or FILE, as aws cloudformation get-template prints it",
    parse: (file: string): { readonly value: string | typeof FROM_CLOUDFORMATION } => ({ value: file }),
    bare: FROM_CLOUDFORMATION,
    defaultText: 'not compared',
  },
  traffic: {
    type: 'value',
    placeholder: 'FILE',
    description: 'file that declares the traffic',
    parse: text,
    defaultText: "traffic.json in DIR or its parent directory; that of this repository's service",
  },
  'build-timeout': {
    type: 'value',
    placeholder: 'MINUTES',
    description: 'time after which the build that deploys is stopped',
    parse: wholeNumber({ from: 1, example: 60 }),
    defaultText: 'not checked',
  },
  json: { type: 'flag', description: 'print the results as one JSON document' },
} as const satisfies OptionSpecs;

type PreflightValues = OptionValues<typeof options>;

/** `npm run preflight`. */
export function preflightCommand({ packages }: Pick<PreflightContext, 'packages'>): CommandSpec<typeof options> {
  return {
    call: 'npm run preflight --',
    description:
      'Reads a packaged service and reports which releases its canaries cannot stop, or stop without need: findings with ' +
      "a rule's id, where, why and what to write, and what each alarm detects at the declared traffic. docs/preflight.md " +
      'explains them.',
    options,
    check: ({ service, deployed }) => mistakesIn(service, deployed, packages),
    exitStatus: { 0: 'no errors; there may be warnings', 1: 'errors, or cdk.json has mistakes' },
    examples: [
      { line: 'npm run preflight' },
      { line: 'npm run preflight -- --deployed' },
      { line: 'npm run preflight -- --service ../shop/.serverless --traffic ../shop/traffic.json' },
      { line: 'npm run --silent preflight -- --service .package/prod --build-timeout 60 --json' },
      { line: 'npm run preflight -- --service docs', fails: `'--service docs' holds no ${TEMPLATE}` },
    ],
  };
}

/** @returns the exit status; findings go to stdout, mistakes in the call to stderr */
export function runPreflight(args: readonly string[], context: PreflightContext): Promise<number> {
  return runCommand(preflightCommand(context), args, context, ({ values }) => examine(values, context));
}

async function examine(values: PreflightValues, context: PreflightContext): Promise<0 | 1> {
  const buildTimeout = values['build-timeout'];
  const results = await Promise.all(
    directoriesOf(values.service, context.packages).map(async (directory) => {
      const { template, traffic, live } = await readInput(directory, values, context);
      const deployed = live.type === 'template' ? live.template : undefined;
      const contract = values.service === undefined ? await context.contract(directory) : [];
      const subject = { template, deployed, traffic, buildTimeout, now: context.now };
      return { directory, result: preflight(subject, contract), live };
    }),
  );
  const shown = values.json
    ? JSON.stringify(
        results.map(({ directory, result, live }) => toJson(directory, result, live)),
        undefined,
        2,
      )
    : results.map(({ directory, result, live }) => render(directory, result, live)).join('\n\n');
  context.stdout.write(`${shown}\n`);
  return results.some(({ result }) => result.findings.some(({ severity }) => severity === 'error')) ? 1 : 0;
}

/** @throws Misuse when a file that the call names cannot be read */
async function readInput(directory: string, values: PreflightValues, context: PreflightContext) {
  try {
    return {
      template: readTemplate(join(directory, TEMPLATE)),
      traffic: trafficOf(directory, values, context),
      live: await deployedOf(directory, values.deployed, context),
    };
  } catch (cause) {
    throw new Misuse((cause as Error).message, { cause });
  }
}

async function deployedOf(
  directory: string,
  from: PreflightValues['deployed'],
  context: PreflightContext,
): Promise<Deployed> {
  if (from === undefined) return { type: 'unknown', why: '--deployed reads it from CloudFormation' };
  if (from === FROM_CLOUDFORMATION) return context.deployed(stackOfPackage(directory));
  return { type: 'template', template: readTemplate(from) };
}

function trafficOf(
  directory: string,
  { traffic, service }: PreflightValues,
  context: PreflightContext,
): TrafficPlan | undefined {
  if (traffic !== undefined) return readTrafficPlan(traffic);
  const candidates = [
    join(directory, 'traffic.json'),
    join(dirname(directory), 'traffic.json'),
    ...(service === undefined ? [context.traffic()] : []),
  ];
  const file = candidates.find((each) => existsSync(each));
  return file === undefined ? undefined : readTrafficPlan(file);
}

function directoriesOf(service: string | undefined, packages: () => readonly string[]): readonly string[] {
  return service === undefined ? packages() : [service];
}

function mistakesIn(
  service: string | undefined,
  deployed: PreflightValues['deployed'],
  packages: () => readonly string[],
): readonly Mistake[] {
  const directories = directoriesOf(service, packages);
  if (directories.length === 0) {
    return [{ problem: 'the service is not packaged', remedy: "run 'npm run package', or write --service DIR" }];
  }
  const mistakes: Mistake[] = directories
    .filter((directory) => !existsSync(join(directory, TEMPLATE)))
    .map((directory) =>
      service === undefined
        ? { problem: `'${directory}' holds no ${TEMPLATE}`, remedy: "run 'npm run package'" }
        : {
            problem: `'--service ${directory}' holds no ${TEMPLATE}`,
            remedy: 'run sls package there and write --service DIR/.serverless',
          },
    );
  if (typeof deployed === 'string' && directories.length > 1) {
    mistakes.push({
      problem: `'--deployed ${deployed}' is the template of one stack, and there are ${directories.length} packages`,
      remedy: 'add --service DIR',
    });
  }
  return mistakes;
}
