import { parseArgs } from 'node:util';
import type { ReleaseClients } from '../aws/clients';
import { awsTime } from '../collect/aws-time';
import { ReleaseError } from '../errors';
import { type ReleaseOutcome, succeeded } from '../outcome/outcome';
import { render } from '../render';
import { releaseView } from './release-view';
import { screen, screenOptions, type TerminalOutput } from './screen';
import { lastOutcome, watchRelease } from './watch';

/** The world around a command. */
export interface CommandContext {
  readonly stdout: TerminalOutput;
  readonly stderr: TerminalOutput;
  /** as `process.env` */
  readonly shell: Readonly<Record<string, string | undefined>>;
  /** @throws Error if there is no such environment */
  readonly environmentStack: (
    environment: string,
  ) => Promise<{ readonly stackName: string; readonly region?: string | undefined }>;
  readonly clients: (region: string) => ReleaseClients;
  /** waits between two looks of `watch` */
  readonly pause: () => Promise<void>;
}

export type CommandName = 'outcome' | 'watch';

const usages: Readonly<Record<CommandName, string>> = {
  outcome: `usage: npm run outcome -- --environment NAME | --stack NAME [options]

Says what became of the last release of an environment, as the pipeline wrote it down; where it did not, of the last
operation on the stack.

  --environment NAME   one of cdk.json's
  --stack NAME         the service's stack by its own name, in place of --environment
  --region REGION      [the environment's of cdk.json, else AWS_REGION]
  --json               the outcome as one JSON document
  --help

exit status: 0 if it was released, unchanged or the first release; 1 if not, or if it is still in progress; 2 if the
call is wrong

examples:
  npm run outcome -- --environment prod
  npm run --silent outcome -- --stack canary-service-prod --region eu-central-1 --json
  npm run outcome                        fails: write --environment or --stack`,
  watch: `usage: npm run watch -- --environment NAME | --stack NAME [options]

Shows the release that is under way in an environment until it has ended: on a terminal in place, elsewhere a line for
every change. When nothing is under way it shows how the last release ended, as the pipeline wrote it down.

  --environment NAME   one of cdk.json's
  --stack NAME         the service's stack by its own name, in place of --environment
  --region REGION      [the environment's of cdk.json, else AWS_REGION]
  --json               a JSON object a line: {"type":"change","view":…} for every change, at last {"type":"outcome","outcome":…}
  --help

Respects NO_COLOR and CI. exit status: 0 only if it was released; 1 if not; 2 if the call is wrong

examples:
  npm run watch -- --environment prod
  npm run --silent watch -- --stack canary-service-prod --json
  npm run watch -- --environment production     fails: no environment 'production' in cdk.json`,
};

/** @returns the command's exit status; what was asked for goes to stdout, everything else to stderr */
export async function runCommand(
  name: CommandName,
  args: readonly string[],
  context: CommandContext,
): Promise<0 | 1 | 2> {
  let target: Target | undefined;
  try {
    target = await readTarget(args, context);
  } catch (error) {
    context.stderr.write(`✖ ${(error as Error).message}\n\n${usages[name]}\n`);
    return 2;
  }
  if (!target) {
    context.stdout.write(`${usages[name]}\n`);
    return 0;
  }
  try {
    return name === 'outcome' ? await outcome(target, context) : await watch(target, context);
  } catch (error) {
    if (!(error instanceof ReleaseError)) throw error;
    context.stderr.write(`✖ ${error.message}\n`);
    return 1;
  }
}

interface Target {
  readonly stackName: string;
  readonly region: string;
  readonly json: boolean;
}

/** @returns undefined when only help is wanted. @throws Error for a wrong call */
async function readTarget(args: readonly string[], context: CommandContext): Promise<Target | undefined> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      environment: { type: 'string' },
      stack: { type: 'string' },
      region: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { environment, stack, json } = values;
  if (environment !== undefined && stack !== undefined) throw new Error('write --environment or --stack, not both');
  const named =
    environment !== undefined
      ? await context.environmentStack(environment)
      : { stackName: stack, region: context.shell.AWS_REGION ?? context.shell.AWS_DEFAULT_REGION };
  if (!named.stackName) throw new Error('write --environment or --stack');
  const region = values.region ?? named.region;
  if (!region) throw new Error('no region is known; write --region, or set AWS_REGION');
  return { stackName: named.stackName, region, json };
}

async function outcome({ stackName, region, json }: Target, context: CommandContext): Promise<0 | 1> {
  const last = await lastOutcome(context.clients(region), stackName);
  context.stdout.write(`${json ? JSON.stringify(last, undefined, 2) : render(last)}\n`);
  return succeeded(last) ? 0 : 1;
}

async function watch({ stackName, region, json }: Target, context: CommandContext): Promise<0 | 1> {
  const { stdout, shell, pause } = context;
  const clients = context.clients(region);
  const now = awsTime(clients.cloudFormation);
  const onLook = json ? jsonLines(context, now) : onScreen(context, now);
  const options = screenOptions(stdout, shell);
  const last = await watchRelease(clients, stackName, { now, pause, onLook });
  if (json) stdout.write(`${JSON.stringify({ type: 'outcome', outcome: last })}\n`);
  else stdout.write(`${options.live ? '\n' : ''}${render(last)}\n`);
  return last.type === 'released' ? 0 : 1;
}

function onScreen({ stdout, shell }: CommandContext, now: () => number): (outcome: ReleaseOutcome) => void {
  const place = screen(stdout, screenOptions(stdout, shell));
  return (each) => place.show(releaseView(each, now()));
}

function jsonLines({ stdout }: CommandContext, now: () => number): (outcome: ReleaseOutcome) => void {
  let before = '';
  return (each) => {
    const view = JSON.stringify(releaseView(each, now()));
    if (view !== before) stdout.write(`{"type":"change","view":${view}}\n`);
    before = view;
  };
}
