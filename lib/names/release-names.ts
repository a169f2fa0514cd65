/** IAM's limit for the name of a role. */
const ROLE_NAME_LIMIT = 64;

/** Where CloudFormation makes a name of a stack's and a resource's, it keeps at least this much of the stack's. */
const KEPT_OF_STACK_NAME = 24;

/**
 * The names an environment's resources are known by beyond their own stack: across accounts, and to sls.
 * The roles stand under their own path, so that no permission on the service's roles, `role/<stack>-*`, reaches them.
 */
export interface ReleaseNames {
  /** The stack sls makes of the service, and the beginning of everything sls names in it. */
  readonly serviceStack: string;
  /** The beginning of every physical id that CloudFormation generates in the service's stack. */
  readonly generatedPrefix: string;
  readonly releaseStack: string;
  readonly rolePath: string;
  /** What the Deploy action becomes to call sls, in the environment's account. */
  readonly deployRole: string;
  /** What CloudFormation works with on the service's stack. */
  readonly cloudFormationRole: string;
  /** What the pipeline's functions become to read how a release goes. */
  readonly watchRole: string;
  readonly alarmTopic: string;
}

/** @throws Error if a role's name would be longer than IAM allows */
export function releaseNames(service: string, environment: string): ReleaseNames {
  const serviceStack = `${service}-${environment}`;
  const cloudFormationRole = `${serviceStack}-cloudformation`;
  if (cloudFormationRole.length > ROLE_NAME_LIMIT) {
    throw new Error(
      `role name "${cloudFormationRole}" has ${cloudFormationRole.length} characters, IAM allows ${ROLE_NAME_LIMIT}; ` +
        'shorten the name of the service or of the environment',
    );
  }
  return {
    serviceStack,
    generatedPrefix: `${serviceStack}-`.slice(0, KEPT_OF_STACK_NAME),
    releaseStack: `${serviceStack}-release`,
    rolePath: '/release/',
    deployRole: `${serviceStack}-deploy`,
    cloudFormationRole,
    watchRole: `${serviceStack}-watch`,
    alarmTopic: `${serviceStack}-alarms`,
  };
}

/** The account and region that an ARN is in; tokens are fine. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

export function inRegion({ partition, region, account }: Place, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

export function roleArn(place: Place, names: ReleaseNames, role: string): string {
  return `arn:${place.partition}:iam::${place.account}:role${names.rolePath}${role}`;
}

export function alarmTopicArn(place: Place, names: ReleaseNames): string {
  return inRegion(place, 'sns', names.alarmTopic);
}
