import {
  CodeDeployClient,
  LifecycleEventAlreadyCompletedException,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy';
import type { Context } from 'aws-lambda';
import type { Failure } from './checks';

/** All that CodeDeploy tells a hook. */
export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

/** Milliseconds kept back for the report, its retries included. A hook's timeout has to be longer. */
export const REPORT_MARGIN = 10_000;

/** Milliseconds kept back of what is left for checks: for a verdict, and what has to be read for it. */
const VERDICT_MARGIN = 3_000;

export const codeDeploy = new CodeDeployClient({
  maxAttempts: 4,
  // Without throwOnRequestTimeout a timeout is a line in the log, and the request hangs on.
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
});

/**
 * @param timeLeft the milliseconds in which it may still ask something
 * @returns what failed
 */
export type Verify = (event: HookEvent, signal: AbortSignal, timeLeft: () => number) => Promise<readonly Failure[]>;

/** A Lambda handler that CodeDeploy invokes as a traffic hook. */
export type TrafficHook = (event: HookEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<void>;

/**
 * Makes a traffic hook of `verify`. CodeDeploy waits for a report, not for the function to end, and up to an hour: so
 * whatever `verify` does (fails, throws, hangs), a report is made.
 *
 * If reporting itself fails, the hook throws: Lambda then calls it again, twice, and its alarm goes off.
 */
export function trafficHook(verify: Verify): TrafficHook {
  return async (event, context) => {
    const timeLeft = () => context.getRemainingTimeInMillis() - REPORT_MARGIN - VERDICT_MARGIN;
    const milliseconds = context.getRemainingTimeInMillis() - REPORT_MARGIN;
    const failures = await settle((signal) => verify(event, signal, timeLeft), milliseconds);
    for (const failure of failures) log('error', 'check failed', { ...failure, deploymentId: event.DeploymentId });
    await report(event, failures.length === 0 ? 'Succeeded' : 'Failed');
  };
}

/** Never rejects: a throw and a deadline are failures like any other. */
async function settle(
  verify: (signal: AbortSignal) => Promise<readonly Failure[]>,
  milliseconds: number,
): Promise<readonly Failure[]> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<Failure[]>((resolve) => {
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
export function notEndedWithin(milliseconds: number): Failure {
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
    // Stopped by an alarm meanwhile, or Lambda called the hook twice: the verdict is in, there is nothing to mend.
    if (error instanceof LifecycleEventAlreadyCompletedException) {
      log('info', 'already completed, report not needed', { status, deploymentId });
      return;
    }
    log('error', 'could not report', { status, deploymentId, received: String(error) });
    throw error;
  }
}

export function log(level: 'info' | 'error', message: string, details: Readonly<Record<string, unknown>>): void {
  console[level](JSON.stringify({ level, message, ...details }));
}
