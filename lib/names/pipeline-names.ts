import { type AccountRegion, inRegion, type ReleaseNames } from './release-names';

/**
 * The names of the pipeline's own resources. They are fixed because the environments' stacks cannot refer to the
 * pipeline's stack, and so that people find them. Each begins with the pipeline's name, which is
 * also its stack's.
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
  /** The connection to GitHub, unless the configuration names one. */
  readonly connection: string;
}

/** @param pipeline Name of the pipeline, whose length the configuration limits so that every name made from it fits. */
export function pipelineNames(pipeline: string): PipelineNames {
  return {
    pipeline,
    canary: `${pipeline}-canary`,
    notifier: `${pipeline}-notifier`,
    alarmBoard: `${pipeline}-alarm-board`,
    bus: `${pipeline}-releases`,
    topic: `${pipeline}-releases`,
    undelivered: `${pipeline}-undelivered`,
    connection: `${pipeline}-github`,
  };
}

/** @returns Name of the role that an environment's Deploy action runs as. It must not begin like the service's stack. */
export function deployActionRole({ pipeline }: PipelineNames, environment: string): string {
  return `${pipeline}-${environment}-deploy-action`;
}

/** @returns Name of the stack that CDK adds in another region, whose bucket has the pipeline's artifacts for that region. */
function supportStack({ pipeline }: PipelineNames, region: string): string {
  return `${pipeline}-support-${region}`;
}

/**
 * Checks that a service's roles, which have permissions on all names that begin with its stack's, have none on the pipeline.
 *
 * @param environments All environments of the pipeline: each has a role in the pipeline's account, whichever its own is.
 * @throws Error with the first name of the pipeline that begins like the service's stack.
 */
export function checkApart(
  names: PipelineNames,
  environments: readonly { readonly name: string; readonly region?: string }[],
  { serviceStack }: ReleaseNames,
): void {
  const used = [
    ...Object.values(names),
    ...environments.flatMap(({ name, region }) => [
      deployActionRole(names, name),
      ...(region === undefined ? [] : [supportStack(names, region)]),
    ]),
  ];
  const covered = used.find((name) => `${name}-`.toLowerCase().startsWith(`${serviceStack}-`.toLowerCase()));
  if (covered === undefined) return;
  throw new Error(
    `"${covered}" of the pipeline begins like the service's stack "${serviceStack}", whose roles would have permissions ` +
      'on it; write another "name" for the pipeline in cdk.json',
  );
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
