import { AwsError } from '../errors';

/** Events on which CodeDeploy can roll back automatically. */
export const ROLLBACK_EVENTS = [
  'DEPLOYMENT_FAILURE',
  'DEPLOYMENT_STOP_ON_ALARM',
  'DEPLOYMENT_STOP_ON_REQUEST',
] as const;

export type RollbackEvent = (typeof ROLLBACK_EVENTS)[number];

/** Alarms that stop a deployment. */
export interface AlarmConfiguration {
  readonly enabled: boolean;
  readonly names: readonly string[];
  /** Whether a deployment continues when the state of an alarm cannot be read. */
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

/** A deployment group. It does not name a function: the AppSpec of each deployment does. */
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

/** Limit of alarms per group. CodeDeploy's API reference says 10, its page of quotas 50; the lower one is enforced. */
const MAX_ALARMS = 10;

/**
 * Checks an alarm configuration with the member names of the API.
 *
 * @throws AwsError AlarmsLimitExceededException or InvalidAlarmConfigException.
 */
export function checkAlarms(given: {
  readonly enabled?: unknown;
  readonly alarms?: readonly { readonly name?: string }[];
  readonly ignorePollAlarmFailure?: unknown;
}): AlarmConfiguration {
  const names = (given.alarms ?? []).map(({ name }) => {
    if (!name)
      throw new AwsError(
        'InvalidAlarmConfigException',
        'an alarm of the deployment group has no name; name every alarm',
      );
    return name;
  });
  if (names.length > MAX_ALARMS) {
    throw new AwsError(
      'AlarmsLimitExceededException',
      `the deployment group has ${names.length} alarms, the maximum is ${MAX_ALARMS}; watch fewer alarms`,
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
    const known = ROLLBACK_EVENTS.find((name) => name === event);
    if (known) return known;
    throw new AwsError(
      'InvalidAutoRollbackConfigException',
      `the rollback event is ${event}, expected one of ${ROLLBACK_EVENTS.join(', ')}`,
    );
  });
  const enabled = isTrue(given.enabled);
  if (enabled && events.length === 0) {
    throw new AwsError(
      'InvalidAutoRollbackConfigException',
      `automatic rollback is enabled without an event; name at least one of ${ROLLBACK_EVENTS.join(', ')}`,
    );
  }
  return { enabled, events };
}

/** Reads a boolean, which may be a string as in a CloudFormation template. */
function isTrue(given: unknown): boolean {
  return given === true || given === 'true';
}
