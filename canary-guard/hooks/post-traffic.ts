import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { readServed } from './alias-metrics';
import { checksOf, isRepeatable, isRouteCheck, type RouteCheck } from './checks';
import { checkEndpoint, fetchAnswer } from './endpoint';
import { callVersions } from './invocation';
import type { TrafficHookProps } from './pre-traffic';
import { readSampleSettings, requireSample } from './sample';
import { codeDeploy, log, type TrafficHook, trafficHook } from './traffic-hook';
import { versionUnderTest } from './version-under-test';

/**
 * Makes the handler of an AfterAllowTraffic hook. It requests the public endpoint, end to end, once all traffic goes to
 * the new version, and makes sure that the version has answered enough requests to be judged by its alarms.
 */
export function postTrafficHook(props: TrafficHookProps): TrafficHook {
  const lambda = new LambdaClient({ requestHandler: { connectionTimeout: 1_000 } });
  const cloudWatch = new CloudWatchClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });

  return trafficHook(async ({ DeploymentId }, signal, timeLeft) => {
    const { API_URL, GUARDED_FUNCTIONS } = process.env;
    const settings = readSampleSettings(process.env);
    const deployment = await versionUnderTest(codeDeploy, DeploymentId, signal);
    const note = (message: string): void => log('info', message, { deploymentId: DeploymentId });
    const checks = checksOf(deployment.functionName, GUARDED_FUNCTIONS, props.checks).filter(isRouteCheck);
    if (checks.length > 0 && !API_URL) {
      throw new Error("API_URL is not set: set it to the API's address in serverless.yml, environment of this hook");
    }
    const request = (check: RouteCheck) => fetchAnswer(API_URL!, check, signal);
    const call = callVersions(lambda, deployment, timeLeft, signal);
    const failures = await checkEndpoint({
      checks,
      request,
      note,
      ...(deployment.baseline !== undefined && { call }),
    });
    if (deployment.allAtOnce) {
      note('all traffic went to the new version at once: there was no canary whose requests could be counted');
      return failures;
    }
    const sample = await requireSample({
      ...settings,
      served: async () => {
        try {
          return await readServed(cloudWatch, deployment, signal);
        } catch (error) {
          note(`the requests that v${deployment.version} served cannot be read: ${error}`);
          return undefined;
        }
      },
      checks: checks.filter(isRepeatable),
      request: (check) => request(check as RouteCheck),
      timeLeft,
      note,
    });
    return [...failures, ...sample];
  });
}
