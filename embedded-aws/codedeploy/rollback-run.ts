import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { AliasControl } from '../lambda/invocation';
import type { Deployment, DeploymentError } from './deployment';
import { LIFECYCLE_EVENT_NAMES } from './lifecycle';

/** Virtual milliseconds until the alias is restored, and from there to the end: 2 s in all in published logs. */
const timing = { restore: 1_600, end: 400 };

/**
 * Takes an alias back to the version that it had. A rollback runs no hooks and looks at no alarms: those in published
 * logs succeeded while the alarms were still red.
 *
 * @returns Why it failed, undefined when it succeeded.
 */
export async function runRollback(
  rollback: Deployment,
  { clock, lambda }: { readonly clock: VirtualClock; readonly lambda: AliasControl },
): Promise<DeploymentError | undefined> {
  const { functionName, alias, currentVersion: failed, targetVersion: good } = rollback.props.appSpec;
  const undone = rollback.props.rollbackOf;
  const reached = undone?.weights.at(-1)?.weight ?? 0;
  rollback.shift(1 - reached, clock.now());
  rollback.begin('BeforeAllowTraffic', clock.now());
  rollback.succeed('BeforeAllowTraffic', clock.now());
  rollback.begin('AllowTraffic', clock.now());
  await clock.sleep(timing.restore);
  try {
    const { functionVersion } = lambda.getAlias(functionName, alias);
    if (functionVersion !== good && functionVersion !== failed) {
      throw new AwsError(
        'Conflict',
        `The alias ${alias} of ${functionName} points to version ${functionVersion} meanwhile.`,
      );
    }
    lambda.setAlias(functionName, alias, { functionVersion: good, weights: {} });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { code: 'INVALID_LAMBDA_CONFIGURATION', message: `The rollback failed. ${error.message}` };
  }
  rollback.shift(1, clock.now());
  if (reached > 0) undone?.shift(0, clock.now());
  for (const event of LIFECYCLE_EVENT_NAMES) {
    if (event === 'AfterAllowTraffic') rollback.begin(event, clock.now());
    if (event !== 'BeforeAllowTraffic') rollback.succeed(event, clock.now());
  }
  await clock.sleep(timing.end);
  return undefined;
}
