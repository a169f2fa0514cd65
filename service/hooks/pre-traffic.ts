import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { readPast } from './alias-metrics';
import { checksOf } from './checks';
import { examine } from './examination';
import { invoke } from './invocation';
import { codeDeploy, log, trafficHook } from './report';
import { versionUnderTest } from './version-under-test';

// Throttled calls are made again: the checks share a function's concurrency with its traffic.
const lambda = new LambdaClient({ maxAttempts: 5, requestHandler: { connectionTimeout: 1_000 } });

const cloudWatch = new CloudWatchClient({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true },
});

/** BeforeAllowTraffic: asks the new version itself, past the alias, before anybody else can, and the one in service. */
export const handler = trafficHook(async ({ DeploymentId }, signal, timeLeft) => {
  const target = await versionUnderTest(codeDeploy, DeploymentId, signal);
  const { functionName, version, baseline } = target;
  const note = (message: string): void => log('info', message, { deploymentId: DeploymentId });
  return examine({
    checks: checksOf(functionName, process.env.GUARDED_FUNCTIONS),
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
