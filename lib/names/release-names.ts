/** Maximum length of a role's name in characters (IAM). */
const ROLE_NAME_LIMIT = 64;

/**
 * The names of an environment's resources that are used outside of their own stack: in other accounts, and by sls. The
 * roles have an IAM path of their own, so that no permission on the service's roles, `role/<stack>-*`, includes them.
 */
export interface ReleaseNames {
  /** The stack that sls deploys, and the prefix of all names that sls gives in it. */
  readonly serviceStack: string;
  readonly releaseStack: string;
  readonly rolePath: string;
  /** Role in the environment's account that the Deploy action assumes to run sls. */
  readonly deployRole: string;
  /** Role that CloudFormation uses for the service's stack. */
  readonly cloudFormationRole: string;
  /** Role that the pipeline's functions assume to read how a release goes, and to record its outcome. */
  readonly watchRole: string;
  /** Role that the function assumes that draws the environment's dashboard; it may only read. */
  readonly boardRole: string;
  /** Managed policy that limits what the roles of the service's stack may do, whatever their own policies allow. */
  readonly permissionsBoundary: string;
  readonly alarmTopic: string;
  /** Queue of the events of stopped shifts that could not be sent to the pipeline, and the alarm on it. */
  readonly undelivered: string;
}

/** @throws Error when a role's name would be longer than IAM allows. */
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
    releaseStack: `${serviceStack}-release`,
    rolePath: '/release/',
    deployRole: `${serviceStack}-deploy`,
    cloudFormationRole,
    watchRole: `${serviceStack}-watch`,
    boardRole: `${serviceStack}-board`,
    permissionsBoundary: `${serviceStack}-boundary`,
    alarmTopic: `${serviceStack}-alarms`,
    undelivered: `${serviceStack}-release-undelivered`,
  };
}

/** Partition, region and account of an ARN. CDK tokens are allowed. */
export interface AccountRegion {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** @returns The ARN of a regional resource. */
export function inRegion({ partition, region, account }: AccountRegion, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/** @param role One of the role names in `names`. */
export function roleArn({ partition, account }: AccountRegion, names: ReleaseNames, role: string): string {
  return `arn:${partition}:iam::${account}:role${names.rolePath}${role}`;
}

export function permissionsBoundaryArn({ partition, account }: AccountRegion, names: ReleaseNames): string {
  return `arn:${partition}:iam::${account}:policy${names.rolePath}${names.permissionsBoundary}`;
}

export function alarmTopicArn(location: AccountRegion, names: ReleaseNames): string {
  return inRegion(location, 'sns', names.alarmTopic);
}
