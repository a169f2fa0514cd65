import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { readHistory } from './alias-metrics';
import { type Check, checksOf } from './checks';
import { examine } from './examination';
import { callVersions } from './invocation';
import { codeDeploy, log, type TrafficHook, trafficHook } from './traffic-hook';
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
    const deployment = await versionUnderTest(codeDeploy, DeploymentId, signal);
    const { functionName, alias, baseline } = deployment;
    const note = (message: string): void => log('info', message, { deploymentId: DeploymentId });
    return examine({
      checks: checksOf(functionName, process.env.GUARDED_FUNCTIONS, checks),
      call: callVersions(lambda, deployment, timeLeft, signal),
      hasBaseline: baseline !== undefined,
      history: async () => {
        try {
          return await readHistory(cloudWatch, deployment, signal);
        } catch (error) {
          note(`the requests that ${functionName}:${alias} served before cannot be read: ${error}`);
          return undefined;
        }
      },
      timeLeft,
      baselineName: `v${baseline}`,
      note,
    });
  });
}
