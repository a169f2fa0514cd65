import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Deployed, type StackOfPackage, stackOfPackage } from './deployed';
import { preflight } from './preflight';
import { render, toJson } from './render';
import { readTemplate } from './template/template';
import { readTrafficPlan, type TrafficPlan } from './traffic-plan';

/** What `sls package` names the template that it deploys. */
export const TEMPLATE = 'cloudformation-template-update-stack.json';

/** The world around the command. */
export interface PreflightContext {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Directories of this repository's own packages, none if it has none yet. */
  readonly packages: () => readonly string[];
  /** Where this repository's service declares its traffic. */
  readonly traffic: string;
  /** Asks CloudFormation what is live. Never fails: that it cannot be asked is an answer, too. */
  readonly deployed: (stack: StackOfPackage) => Promise<Deployed>;
  /** milliseconds since the epoch */
  readonly now: number;
}

const usage = `usage: npm run preflight -- [options]

Reads a packaged service and says which releases its canaries cannot stop, or stop without need: findings with a rule's
id, where, why and what to write, and what each alarm is worth at the declared traffic. docs/preflight.md explains them.

  --service DIR            what sls package left, with ${TEMPLATE}
                           [the packages of this repository's environments in .package]
  --deployed [FILE]        compares with the template that is live, and shows changes that are unsafe while two versions
                           run: asks CloudFormation for the package's stack, with your credentials; or FILE, as
                           aws cloudformation get-template gives it [not compared]
  --traffic FILE           declares the traffic [traffic.json in DIR or beside it; service/traffic.json]
  --build-timeout MINUTES  after which the build that deploys is ended [not checked]
  --json
  --help

exit status: 0 no error; 1 errors; 2 the call is wrong. Warnings do not fail.

examples:
  npm run preflight
  npm run preflight -- --deployed
  npm run preflight -- --service ../shop/.serverless --traffic ../shop/traffic.json
  npm run --silent preflight -- --service .package/prod --build-timeout 60 --json
  npm run preflight -- --service service     fails: a service that is not packaged`;

/** @returns the exit status; findings go to stdout, what is wrong with the call to stderr */
export async function runPreflight(args: readonly string[], context: PreflightContext): Promise<0 | 1 | 2> {
  try {
    const call = readCall(args, context);
    if (!call) {
      context.stdout.write(`${usage}\n`);
      return 0;
    }
    const results = await Promise.all(
      call.services.map(async ({ directory, traffic }) => {
        const template = readTemplate(join(directory, TEMPLATE));
        const live = await deployedOf(directory, call.deployed, context);
        const deployed = live.type === 'template' ? live.template : undefined;
        const result = preflight({ template, deployed, traffic, buildTimeout: call.buildTimeout, now: context.now });
        return { directory, result, live };
      }),
    );
    const shown = call.json
      ? JSON.stringify(
          results.map(({ directory, result, live }) => toJson(directory, result, live)),
          undefined,
          2,
        )
      : results.map(({ directory, result, live }) => render(directory, result, live)).join('\n\n');
    context.stdout.write(`${shown}\n`);
    return results.some(({ result }) => result.findings.some(({ severity }) => severity === 'error')) ? 1 : 0;
  } catch (error) {
    context.stderr.write(`✖ ${(error as Error).message}\n\nnpm run preflight -- --help shows how it is called\n`);
    return 2;
  }
}

/** Where the live template comes from: nowhere, a file, or CloudFormation. */
type DeployedFrom = 'nowhere' | 'CloudFormation' | { readonly file: string };

async function deployedOf(directory: string, from: DeployedFrom, context: PreflightContext): Promise<Deployed> {
  if (from === 'nowhere') return { type: 'unknown', why: '--deployed asks CloudFormation for it' };
  if (from === 'CloudFormation') return context.deployed(stackOfPackage(directory));
  return { type: 'template', template: readTemplate(from.file) };
}

interface Call {
  readonly services: readonly { readonly directory: string; readonly traffic: TrafficPlan | undefined }[];
  readonly deployed: DeployedFrom;
  readonly buildTimeout: number | undefined;
  readonly json: boolean;
}

/** @returns undefined when only help is wanted. @throws Error for a wrong call */
function readCall(args: readonly string[], context: PreflightContext): Call | undefined {
  const { values } = parseArgs({
    args: args.map((each, index) => (each === '--deployed' && !isValue(args[index + 1]) ? '--deployed=' : each)),
    options: {
      service: { type: 'string' },
      deployed: { type: 'string' },
      traffic: { type: 'string' },
      'build-timeout': { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const directories = values.service === undefined ? context.packages() : [values.service];
  if (directories.length === 0)
    throw new Error("there is no package of the service; run 'npm run package', or write --service DIR");
  for (const directory of directories) {
    if (existsSync(join(directory, TEMPLATE))) continue;
    const remedy =
      values.service === undefined
        ? "run 'npm run package'"
        : 'run sls package there and write --service DIR/.serverless';
    throw new Error(`'${directory}' holds no ${TEMPLATE}; ${remedy}`);
  }
  const deployed = deployedFrom(values.deployed);
  if (typeof deployed === 'object' && directories.length > 1) {
    throw new Error(`--deployed ${deployed.file} is the template of one stack; write --service, too`);
  }
  return {
    services: directories.map((directory) => ({
      directory,
      traffic: trafficOf(directory, values.traffic, values.service === undefined ? context.traffic : undefined),
    })),
    deployed,
    buildTimeout: minutes(values['build-timeout']),
    json: values.json,
  };
}

/** Whether what follows an option is its value. */
function isValue(next: string | undefined): boolean {
  return next !== undefined && !next.startsWith('--');
}

function deployedFrom(given: string | undefined): DeployedFrom {
  if (given === undefined) return 'nowhere';
  return given === '' ? 'CloudFormation' : { file: given };
}

function minutes(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(given))
    throw new Error(`--build-timeout: '${given}' is not a number of minutes; write one such as 60`);
  return Number(given);
}

function trafficOf(directory: string, given: string | undefined, own: string | undefined): TrafficPlan | undefined {
  if (given !== undefined) return readTrafficPlan(given);
  const beside = [join(directory, 'traffic.json'), join(dirname(directory), 'traffic.json'), ...(own ? [own] : [])];
  const file = beside.find((each) => existsSync(each));
  return file === undefined ? undefined : readTrafficPlan(file);
}
