import {
  CodeDeployClient,
  LifecycleEventAlreadyCompletedException,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy';
import type { CheckFailure } from './checks';

/** All that CodeDeploy sends to a hook. */
export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

/** Milliseconds reserved for the report, its retries included. A hook's timeout has to be longer. */
export const REPORT_MARGIN = 10_000;

/** Milliseconds of the rest that are reserved for the findings, and for what has to be read for them. */
export const FINDINGS_MARGIN = 3_000;

export const codeDeploy = new CodeDeployClient({
  maxAttempts: 4,
  // Without throwOnRequestTimeout a timeout is only logged, and the request keeps hanging.
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
});

/**
 * Runs the checks of a hook.
 *
 * @param signal Aborted when the time is up.
 * @param timeLeft Returns the milliseconds that are left for calls and requests.
 * @returns What failed.
 */
export type Verify = (
  event: HookEvent,
  signal: AbortSignal,
  timeLeft: () => number,
) => Promise<readonly CheckFailure[]>;

/** A Lambda handler that CodeDeploy invokes as a traffic hook. */
export type TrafficHook = (
  event: HookEvent,
  context: { readonly getRemainingTimeInMillis: () => number },
) => Promise<void>;

/**
 * Makes a traffic hook of `verify`. CodeDeploy waits up to an hour for a report, and does not notice that the function has
 * ended: so whatever `verify` does (fails, throws, hangs), a report is made.
 *
 * If the report itself fails, the hook throws: Lambda then invokes it again, twice, and its alarm goes off.
 */
export function trafficHook(verify: Verify): TrafficHook {
  return async (event, context) => {
    const timeLeft = () => context.getRemainingTimeInMillis() - REPORT_MARGIN - FINDINGS_MARGIN;
    const milliseconds = context.getRemainingTimeInMillis() - REPORT_MARGIN;
    const failures = await settle((signal) => verify(event, signal, timeLeft), milliseconds);
    for (const failure of failures) log('error', 'check failed', { ...failure, deploymentId: event.DeploymentId });
    await report(event, failures.length === 0 ? 'Succeeded' : 'Failed');
  };
}

/** Never rejects: an exception and a deadline are failures like any other. */
async function settle(
  verify: (signal: AbortSignal) => Promise<readonly CheckFailure[]>,
  milliseconds: number,
): Promise<readonly CheckFailure[]> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<CheckFailure[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([notEndedWithin(milliseconds)]);
      abort.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([verify(abort.signal), deadline]);
  } catch (error) {
    return [{ check: 'the checks can be run', expected: 'no error', received: String(error) }];
  } finally {
    clearTimeout(timer);
  }
}

/** @returns The failure that a hook reports when its checks have not ended in time. */
export function notEndedWithin(milliseconds: number): CheckFailure {
  return { check: 'all checks end in time', expected: `an end within ${milliseconds} ms`, received: 'no end' };
}

async function report(event: HookEvent, status: 'Succeeded' | 'Failed'): Promise<void> {
  const deploymentId = event.DeploymentId;
  try {
    await codeDeploy.send(
      new PutLifecycleEventHookExecutionStatusCommand({
        deploymentId,
        lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId,
        status,
      }),
    );
    log('info', 'reported', { status, deploymentId });
  } catch (error) {
    // An alarm has stopped the deployment meanwhile, or Lambda invoked the hook twice: no report is needed any more.
    if (error instanceof LifecycleEventAlreadyCompletedException) {
      log('info', 'already completed, report not needed', { status, deploymentId });
      return;
    }
    log('error', 'could not report', { status, deploymentId, received: String(error) });
    throw error;
  }
}

export function log(level: 'info' | 'error', message: string, details: Readonly<Record<string, unknown>>): void {
  // biome-ignore lint/suspicious/noConsole: a Lambda function logs by its console
  console[level](JSON.stringify({ level, message, ...details }));
}
