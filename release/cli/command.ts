import type { CommandSpec, Mistake, OptionSpecs, OptionValues } from '../../cli/command-spec';
import { text } from '../../cli/parsers';
import { runCommand } from '../../cli/run-command';
import type { ReleaseClients } from '../aws/clients';
import { awsTime } from '../collect/aws-time';
import { ReleaseError } from '../errors';
import { type ReleaseOutcome, succeeded } from '../outcome/outcome';
import { render } from '../render';
import { releaseView } from './release-view';
import { screen, screenOptions, type TerminalOutput } from './screen';
import { lastOutcome, watchRelease } from './watch';

/** Stack of an environment's service. */
interface StackOfEnvironment {
  readonly stackName: string;
  /** @default - it is not configured */
  readonly region?: string | undefined;
}

/** What a command gets from outside. */
export interface ReleaseCommandContext {
  readonly stdout: TerminalOutput;
  readonly stderr: TerminalOutput;
  /** Environment variables, as `process.env`. */
  readonly shell: Readonly<Record<string, string | undefined>>;
  /** @throws Error when there is no such environment */
  readonly environmentStack: (environment: string) => Promise<StackOfEnvironment>;
  readonly clients: (region: string) => ReleaseClients;
  /** Waits between two readings of `watch`. */
  readonly pause: () => Promise<void>;
}

export type ReleaseCommandName = 'outcome' | 'watch';

const target = {
  environment: {
    type: 'value',
    placeholder: 'NAME',
    description: 'name of an environment in cdk.json',
    parse: text,
  },
  stack: {
    type: 'value',
    placeholder: 'NAME',
    description: "name of the service's stack, in place of --environment",
    parse: text,
  },
  region: {
    type: 'value',
    placeholder: 'REGION',
    description: 'region of the stack',
    parse: text,
    defaultText: "the environment's in cdk.json, else AWS_REGION",
  },
} as const satisfies OptionSpecs;

type TargetOptions = typeof target & { readonly json: { readonly type: 'flag'; readonly description: string } };

const SYNOPSIS = '--environment NAME | --stack NAME [options]';

/** The commands, but for what depends on their context. */
const commands: Readonly<Record<ReleaseCommandName, Omit<CommandSpec<TargetOptions>, 'check'>>> = {
  outcome: {
    call: 'npm run outcome --',
    synopsis: SYNOPSIS,
    description:
      'Prints the outcome of the last release of an environment, as the pipeline recorded it; if it recorded none, the ' +
      'outcome of the last operation on the stack.',
    options: { ...target, json: { type: 'flag', description: 'print the outcome as one JSON document' } },
    exitStatus: {
      0: 'the release ended as released, unchanged or first-release',
      1: 'it did not, or it is in progress',
    },
    examples: [
      { line: 'npm run outcome -- --environment prod' },
      { line: 'npm run --silent outcome -- --stack canary-service-prod --region eu-central-1 --json' },
      { line: 'npm run outcome', fails: 'no environment and no stack is given' },
    ],
  },
  watch: {
    call: 'npm run watch --',
    synopsis: SYNOPSIS,
    description:
      'Shows the release in progress in an environment until it has ended: in place on a terminal, elsewhere a line for ' +
      'every change. When no release is in progress it shows how the last one ended, as the pipeline recorded it.',
    options: {
      ...target,
      json: {
        type: 'flag',
        description:
          'print a JSON object a line: {"type":"change","view":…} for every change, then {"type":"outcome","outcome":…}',
      },
    },
    notes: ['NO_COLOR=1 turns colours off; CI=1 prints lines on a terminal too.'],
    exitStatus: { 0: 'the new version was released', 1: 'it was not' },
    examples: [
      { line: 'npm run watch -- --environment prod' },
      { line: 'npm run --silent watch -- --stack canary-service-prod --json' },
      { line: 'npm run watch -- --environment production', fails: "no environment 'production' in cdk.json" },
    ],
  },
};

/** @returns the exit status; the result goes to stdout, everything else to stderr */
export function runReleaseCommand(
  name: ReleaseCommandName,
  args: readonly string[],
  context: ReleaseCommandContext,
): Promise<number> {
  const locate = locator(context);
  const command: CommandSpec<TargetOptions> = {
    ...commands[name],
    check: async (values) => {
      const located = await locate(values);
      return 'stackName' in located ? [] : [located];
    },
  };
  return runCommand(command, args, context, async ({ values }) => {
    const located = await locate(values);
    if (!('stackName' in located)) throw new Error(located.problem);
    try {
      return name === 'outcome'
        ? await outcome({ ...located, json: values.json }, context)
        : await watch({ ...located, json: values.json }, context);
    } catch (error) {
      if (!(error instanceof ReleaseError)) throw error;
      context.stderr.write(`✖ ${error.message}\n`);
      return 1;
    }
  });
}

interface Location {
  readonly stackName: string;
  readonly region: string;
}

interface Target extends Location {
  readonly json: boolean;
}

/** Finds the stack that the options name. It looks an environment up once, because that takes a second. */
function locator({ environmentStack, shell }: ReleaseCommandContext) {
  let found: Promise<StackOfEnvironment> | undefined;
  return async ({ environment, stack, region }: Partial<OptionValues<TargetOptions>>): Promise<Location | Mistake> => {
    if (environment !== undefined && stack !== undefined) {
      return { problem: 'an environment and a stack are given', remedy: 'write --environment or --stack, not both' };
    }
    if (environment === undefined && stack === undefined) {
      return { problem: 'no environment and no stack is given', remedy: 'write --environment or --stack' };
    }
    if (environment !== undefined) found ??= environmentStack(environment);
    try {
      const { stackName = stack as string, region: configured = shell.AWS_REGION ?? shell.AWS_DEFAULT_REGION } =
        (await found) ?? {};
      const located = region ?? configured;
      if (located) return { stackName, region: located };
      return { problem: 'the region is not known', remedy: 'write --region, or set AWS_REGION' };
    } catch (error) {
      return { problem: (error as Error).message };
    }
  };
}

async function outcome({ stackName, region, json }: Target, context: ReleaseCommandContext): Promise<0 | 1> {
  const last = await lastOutcome(context.clients(region), stackName);
  context.stdout.write(`${json ? JSON.stringify(last, undefined, 2) : render(last)}\n`);
  return succeeded(last) ? 0 : 1;
}

async function watch({ stackName, region, json }: Target, context: ReleaseCommandContext): Promise<0 | 1> {
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

function onScreen({ stdout, shell }: ReleaseCommandContext, now: () => number): (outcome: ReleaseOutcome) => void {
  const place = screen(stdout, screenOptions(stdout, shell));
  return (each) => place.show(releaseView(each, now()));
}

function jsonLines({ stdout }: ReleaseCommandContext, now: () => number): (outcome: ReleaseOutcome) => void {
  let before = '';
  return (each) => {
    const view = JSON.stringify(releaseView(each, now()));
    if (view !== before) stdout.write(`{"type":"change","view":${view}}\n`);
    before = view;
  };
}
