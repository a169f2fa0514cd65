import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { AliasControl } from '../lambda/invocation';
import type { Deployment, DeploymentError } from './deployment';
import { LIFECYCLE_EVENT_NAMES } from './lifecycle';
import type { ServiceRole } from './service-role';

/**
 * Time until the alias is restored, and from then until the end, in virtual milliseconds. Published logs show 2 s in
 * total.
 */
const TIMING = { restore: 1_600, end: 400 };

/**
 * Restores the former version of an alias. A rollback runs no hooks and reads no alarms: rollbacks in published logs
 * succeeded while the alarms were still in ALARM.
 *
 * @returns The error; undefined when it succeeded.
 */
export async function runRollback(
  rollback: Deployment,
  { clock, lambda, role }: { readonly clock: VirtualClock; readonly lambda: AliasControl; readonly role: ServiceRole },
): Promise<DeploymentError | undefined> {
  const { functionName, alias, currentVersion: canary, targetVersion: baseline } = rollback.props.appSpec;
  const rolledBack = rollback.props.rollbackOf;
  const reached = rolledBack?.weights.at(-1)?.weight ?? 0;
  rollback.shift(1 - reached, clock.now());
  rollback.begin('BeforeAllowTraffic', clock.now());
  rollback.succeed('BeforeAllowTraffic', clock.now());
  rollback.begin('AllowTraffic', clock.now());
  await clock.sleep(TIMING.restore);
  const refused = role.readAlias() ?? role.moveAlias();
  if (refused) return { code: refused.code, message: refused.message };
  try {
    const { functionVersion } = lambda.getAlias(functionName, alias);
    if (functionVersion !== baseline && functionVersion !== canary) {
      throw new AwsError('Conflict', `The alias ${alias} of ${functionName} now points to version ${functionVersion}.`);
    }
    lambda.setAlias(functionName, alias, { functionVersion: baseline, weights: {} });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { code: 'INVALID_LAMBDA_CONFIGURATION', message: `The rollback failed. ${error.message}` };
  }
  rollback.shift(1, clock.now());
  if (reached > 0) rolledBack?.shift(0, clock.now());
  for (const event of LIFECYCLE_EVENT_NAMES) {
    if (event === 'AfterAllowTraffic') rollback.begin(event, clock.now());
    if (event !== 'BeforeAllowTraffic') rollback.succeed(event, clock.now());
  }
  await clock.sleep(TIMING.end);
  return undefined;
}
