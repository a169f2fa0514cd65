import { inRegion, type Place } from './release-names';

/** IAM's limit for the name of a role and Lambda's for that of a function. */
const NAME_LIMIT = 64;

/**
 * The names the pipeline's own resources are known by: to the environments' stacks, which can't refer to the
 * pipeline's, and to people. Each begins with the name of the pipeline's stack.
 */
export interface PipelineNames {
  readonly pipeline: string;
  /** The function behind every Canary action, and its role. */
  readonly canary: string;
  /** The function that tells of releases, and its role. */
  readonly notifier: string;
  /** The function that draws a dashboard's alarms, and its role. */
  readonly alarmBoard: string;
  /** The event bus on which the environments say what CodeDeploy does. */
  readonly bus: string;
  /** The topic on which people are told. */
  readonly topic: string;
  /** The queue of what could not be delivered, and the alarm on it. */
  readonly undelivered: string;
}

/** @throws Error if a role or a function would have a longer name than AWS allows */
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

/** Of a role that stands under no path. */
export function pipelineRoleArn({ partition, account }: Place, role: string): string {
  return `arn:${partition}:iam::${account}:role/${role}`;
}

export function pipelineArn(place: Place, { pipeline }: PipelineNames): string {
  return inRegion(place, 'codepipeline', pipeline);
}

export function busArn(place: Place, { bus }: PipelineNames): string {
  return inRegion(place, 'events', `event-bus/${bus}`);
}

export function functionArn(place: Place, name: string): string {
  return inRegion(place, 'lambda', `function:${name}`);
}
