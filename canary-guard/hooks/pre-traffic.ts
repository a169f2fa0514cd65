import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { readPast } from './alias-metrics';
import { type Check, checksOf } from './checks';
import { examine } from './examination';
import { invoke } from './invocation';
import { codeDeploy, log, type TrafficHook, trafficHook } from './report';
import { versionUnderTest } from './version-under-test';

/** What a traffic hook verifies. */
export interface TrafficHookProps {
  /** Checks of every guarded function, as in `checks.json`. */
  readonly checks: readonly Check[];
}

/**
 * Makes the handler of a BeforeAllowTraffic hook. It invokes the new version directly, before the alias gives it any
 * traffic, and compares its answers with those of the version in service.
 */
export function preTrafficHook({ checks }: TrafficHookProps): TrafficHook {
  // Throttled invocations are retried: the checks share the function's concurrency with its traffic.
  const lambda = new LambdaClient({ maxAttempts: 5, requestHandler: { connectionTimeout: 1_000 } });
  const cloudWatch = new CloudWatchClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true },
  });

  return trafficHook(async ({ DeploymentId }, signal, timeLeft) => {
    const target = await versionUnderTest(codeDeploy, DeploymentId, signal);
    const { functionName, version, baseline } = target;
    const note = (message: string): void => log('info', message, { deploymentId: DeploymentId });
    return examine({
      checks: checksOf(functionName, process.env.GUARDED_FUNCTIONS, checks),
      ask: (check, asked) =>
        invoke(
          lambda,
          { check, functionName, version: asked === 'new' ? version : baseline!, patience: timeLeft() },
          signal,
        ),
      hasBaseline: baseline !== undefined,
      past: async () => {
        try {
          return await readPast(cloudWatch, target, signal);
        } catch (error) {
          note(`what ${functionName}:${target.alias} served before cannot be read: ${error}`);
          return undefined;
        }
      },
      timeLeft,
      baselineName: `v${baseline}`,
      note,
    });
  });
}
