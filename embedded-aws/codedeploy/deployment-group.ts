import { AwsError } from '../errors';

/** What makes CodeDeploy roll back by itself. */
export const rollbackEvents = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] as const;

export type RollbackEvent = (typeof rollbackEvents)[number];

/** The alarms that stop a deployment. */
export interface AlarmConfiguration {
  readonly enabled: boolean;
  readonly names: readonly string[];
  /** Whether a deployment goes on when the state of an alarm cannot be read. */
  readonly ignorePollAlarmFailure: boolean;
}

export interface AutoRollback {
  readonly enabled: boolean;
  readonly events: readonly RollbackEvent[];
}

export interface Application {
  readonly name: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createTime: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Which function is meant by a group is not said here: every deployment's AppSpec says it. */
export interface DeploymentGroup {
  readonly applicationName: string;
  readonly name: string;
  readonly id: string;
  readonly serviceRoleArn: string;
  readonly configName: string;
  readonly alarms: AlarmConfiguration;
  readonly autoRollback: AutoRollback;
  readonly tags: Readonly<Record<string, string>>;
}

/** Enough for the sources that say 10; a newer page of CodeDeploy's quotas says 50. */
const mostAlarms = 10;

/**
 * Checks an alarm configuration, its members named as in the API.
 *
 * @throws AwsError AlarmsLimitExceededException, InvalidAlarmConfigException.
 */
export function checkAlarms(given: {
  readonly enabled?: unknown;
  readonly alarms?: readonly { readonly name?: string }[];
  readonly ignorePollAlarmFailure?: unknown;
}): AlarmConfiguration {
  const names = (given.alarms ?? []).map(({ name }) => {
    if (!name) throw new AwsError('InvalidAlarmConfigException', 'an alarm of the deployment group has no name');
    return name;
  });
  if (names.length > mostAlarms) {
    throw new AwsError(
      'AlarmsLimitExceededException',
      `${names.length} alarms are more than the ${mostAlarms} that a deployment group can have`,
    );
  }
  return {
    enabled: isTrue(given.enabled),
    names,
    ignorePollAlarmFailure: isTrue(given.ignorePollAlarmFailure),
  };
}

/** @throws AwsError InvalidAutoRollbackConfigException. */
export function checkAutoRollback(given: {
  readonly enabled?: unknown;
  readonly events?: readonly string[];
}): AutoRollback {
  const events = (given.events ?? []).map((event) => {
    const known = rollbackEvents.find((each) => each === event);
    if (known) return known;
    throw new AwsError(
      'InvalidAutoRollbackConfigException',
      `the rollback event is ${event}, expected one of ${rollbackEvents.join(', ')}`,
    );
  });
  const enabled = isTrue(given.enabled);
  if (enabled && events.length === 0) {
    throw new AwsError('InvalidAutoRollbackConfigException', 'automatic rollback is enabled without an event');
  }
  return { enabled, events };
}

/** CloudFormation passes booleans on as its templates have them. */
function isTrue(given: unknown): boolean {
  return given === true || given === 'true';
}
