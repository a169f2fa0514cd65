import { type AccountRegion, inRegion } from './release-names';

/** Maximum length in characters of the name of a role (IAM) and of a function (Lambda). */
const NAME_LIMIT = 64;

/**
 * The names of the pipeline's own resources. They are fixed because the environments' stacks cannot refer to the
 * pipeline's stack, and so that people find them. Each begins with the name of the pipeline's stack.
 */
export interface PipelineNames {
  readonly pipeline: string;
  /** The function that every Canary action invokes, and its role. */
  readonly canary: string;
  /** The function that sends notifications about releases, and its role. */
  readonly notifier: string;
  /** The function that draws a dashboard's alarms, and its role. */
  readonly alarmBoard: string;
  /** The event bus that receives CodeDeploy's events from the environments. */
  readonly bus: string;
  /** The topic of the notifications. */
  readonly topic: string;
  /** The queue of notifications that could not be delivered, and the alarm on it. */
  readonly undelivered: string;
}

/** @throws Error when the name of a role or a function would be longer than AWS allows. */
export function pipelineNames(stackName: string): PipelineNames {
  const names: PipelineNames = {
    pipeline: stackName,
    canary: `${stackName}-canary`,
    notifier: `${stackName}-notifier`,
    alarmBoard: `${stackName}-alarm-board`,
    bus: `${stackName}-releases`,
    topic: `${stackName}-releases`,
    undelivered: `${stackName}-undelivered`,
  };
  const longest = names.alarmBoard;
  if (longest.length > NAME_LIMIT) {
    throw new Error(
      `role name "${longest}" has ${longest.length} characters, IAM allows ${NAME_LIMIT}; ` +
        "shorten the name of the pipeline's stack",
    );
  }
  return names;
}

/** @returns The ARN of a role without an IAM path. */
export function pipelineRoleArn({ partition, account }: AccountRegion, role: string): string {
  return `arn:${partition}:iam::${account}:role/${role}`;
}

export function pipelineArn(location: AccountRegion, { pipeline }: PipelineNames): string {
  return inRegion(location, 'codepipeline', pipeline);
}

export function busArn(location: AccountRegion, { bus }: PipelineNames): string {
  return inRegion(location, 'events', `event-bus/${bus}`);
}

export function functionArn(location: AccountRegion, name: string): string {
  return inRegion(location, 'lambda', `function:${name}`);
}
