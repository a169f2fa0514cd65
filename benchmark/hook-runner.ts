import type { HttpAnswer } from '../canary-guard/hooks/answer';
import type { VersionCall } from '../canary-guard/hooks/calls';
import { type Check, type CheckFailure, isRepeatable, isRouteCheck } from '../canary-guard/hooks/checks';
import { checkEndpoint } from '../canary-guard/hooks/endpoint';
import { examine } from '../canary-guard/hooks/examination';
import { requireSample } from '../canary-guard/hooks/sample';
import { type HookEvent, notEndedWithin, REPORT_MARGIN } from '../canary-guard/hooks/traffic-hook';
import { VirtualClock } from '../embedded-aws/clock';
import { PUBLISHING } from '../embedded-aws/cloudwatch/metric-store';
import type { HookReport } from '../embedded-aws/codedeploy/deployments';
import { AwsError } from '../embedded-aws/errors';
import { DurationModel } from '../embedded-aws/lambda/duration-model';
import type { Invocation } from '../embedded-aws/lambda/invocation';
import type { Random } from '../embedded-aws/random';
import type { Hooks } from './canary-configuration';
import type { Meters } from './meters';
import type { ModelledAccount } from './modelled-account';
import { answeredChecks, serverError, withoutContent } from './modelled-checks';
import type { FunctionInvocation } from './modelled-function';
import { type ModelledService, versions } from './modelled-service';

/** One run of a hook. */
export interface HookRun {
  readonly event: 'BeforeAllowTraffic' | 'AfterAllowTraffic';
  /** Virtual seconds that it took. */
  readonly seconds: number;
  /** Number of invocations of both versions, and of requests to the API. */
  readonly calls: number;
  readonly failures: readonly CheckFailure[];
}

interface HookRunnerProps {
  readonly kind: Hooks;
  readonly service: ModelledService;
  readonly account: ModelledAccount;
  readonly meters: Meters;
  /** Chance of the hooks' own durations. */
  readonly random: Random;
  /** CodeDeploy, which takes the hooks' reports. */
  readonly report: (report: HookReport) => void;
}

/**
 * The hook functions of a release. Those with checks run canary-guard's engine, without the AWS clients of its handlers: it
 * calls the modelled account. As in the embedded AWS, a hook runs at the instant of its invocation on a clock of its own,
 * and its report takes effect once the time that it took has passed.
 */
export class HookRunner {
  readonly runs: HookRun[] = [];
  readonly #props: HookRunnerProps;
  readonly #durations: DurationModel;

  constructor(props: HookRunnerProps) {
    this.#props = props;
    this.#durations = new DurationModel(props.random);
  }

  /**
   * Runs a hook as CodeDeploy does.
   *
   * @param payload Event of the hook, as JSON.
   * @param now Milliseconds since the epoch.
   * @throws AwsError ResourceNotFoundException when the function is not a hook.
   */
  async invoke(functionName: string, payload: string, now: number): Promise<Invocation> {
    const { account, meters, kind, report } = this.#props;
    const event = this.#eventOf(functionName);
    account.advance(now);
    const own = this.#durations.draw(true);
    const verified = kind === 'checks' ? await this.#verify(event, now) : { failures: [], calls: 0, elapsed: 0 };
    const { failures, calls, elapsed } = verified;
    const duration = elapsed + own.handler + own.init;
    this.runs.push({ event, seconds: duration / 1000, calls, failures });
    meters.direct(functionName, undefined, { failed: false, duration: elapsed + own.handler });
    const { DeploymentId, LifecycleEventHookExecutionId }: HookEvent = JSON.parse(payload);
    report({
      deploymentId: DeploymentId,
      lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
      status: failures.length === 0 ? 'Succeeded' : 'Failed',
    });
    return { executedVersion: '$LATEST', payload: 'null', duration };
  }

  async #verify(event: HookRun['event'], now: number) {
    const clock = new VirtualClock(new Date(now));
    const { service } = this.#props;
    const timeout = event === 'BeforeAllowTraffic' ? service.preTrafficTimeout : service.postTrafficTimeout;
    const limit = timeout - REPORT_MARGIN;
    const session: Session = {
      now: () => clock.now(),
      // Without FINDINGS_MARGIN: judging takes no virtual time.
      timeLeft: () => now + limit - clock.now(),
      call: (work) => clock.spawn(() => work(clock)),
      calls: 0,
    };
    const failures = await (event === 'BeforeAllowTraffic' ? this.#preTraffic(session) : this.#postTraffic(session));
    const elapsed = clock.now() - now;
    if (elapsed <= limit) return { failures, calls: session.calls, elapsed };
    // As in `trafficHook`: what has not ended by then is not waited for.
    return { failures: [notEndedWithin(limit)], calls: session.calls, elapsed: limit };
  }

  /** Invokes the new version and the one in service, past the alias. */
  #preTraffic(session: Session): Promise<readonly CheckFailure[]> {
    const { account } = this.#props;
    return examine({
      checks: answeredChecks.map(({ check }) => check),
      hasBaseline: true,
      history: async () => account.past,
      timeLeft: session.timeLeft,
      call: (check, version) => this.#invokeVersion(session, check, version),
    });
  }

  /** Sends requests to the public endpoint. */
  async #postTraffic(session: Session): Promise<readonly CheckFailure[]> {
    const { account, service } = this.#props;
    const request = (check: Check) => {
      session.calls += 1;
      return session.call(async (clock) => answerOf(check, await account.request(routeOf(check), clock)));
    };
    const failures = await checkEndpoint({
      checks: answeredChecks.map(({ check }) => check),
      request,
      call: (check, version) => this.#invokeVersion(session, check, version),
    });
    const sample = await requireSample({
      minimum: service.minimumRequests,
      tooFew: service.tooFewRequests,
      served: async () => account.served(session.now() - PUBLISHING),
      checks: answeredChecks.map(({ check }) => check).filter(isRepeatable),
      request,
      timeLeft: session.timeLeft,
    });
    return [...failures, ...sample];
  }

  #invokeVersion(session: Session, check: Check, version: 'new' | 'baseline'): Promise<VersionCall> {
    const { account } = this.#props;
    session.calls += 1;
    const invoked = version === 'new' ? versions.new : versions.old;
    return session.call(async (clock) => callOf(check, await account.invokeVersion(invoked, routeOf(check), clock)));
  }

  #eventOf(functionName: string): HookRun['event'] {
    const { preTrafficHook, postTrafficHook } = this.#props.service;
    if (functionName === preTrafficHook) return 'BeforeAllowTraffic';
    if (functionName === postTrafficHook) return 'AfterAllowTraffic';
    throw new AwsError('ResourceNotFoundException', `Function not found: ${functionName}`, 404);
  }
}

/** The clock and the calls of one run of a hook. */
interface Session {
  readonly now: () => number;
  readonly timeLeft: () => number;
  /** Runs a call as a task of the hook's clock, on which other calls can run at the same time. */
  readonly call: <T>(work: (clock: VirtualClock) => Promise<T>) => Promise<T>;
  calls: number;
}

function routeOf(check: Check): string {
  if (!isRouteCheck(check))
    throw new Error(`the check '${check.name}' has no route, and the modelled function takes HTTP events only`);
  return check.route;
}

/** @returns The result of an invocation as the hook reads it from the Lambda API. */
function callOf(check: Check, invoked: FunctionInvocation): VersionCall {
  const { failed, duration: milliseconds, cold } = invoked;
  if (failed) return { error: 'the function failed', milliseconds, cold };
  return { answer: contentOf(check, invoked), milliseconds, cold };
}

/** @returns The answer of the API to a request. */
function answerOf(check: Check, invoked: FunctionInvocation): HttpAnswer {
  return invoked.failed ? serverError : contentOf(check, invoked);
}

function contentOf(check: Check, { status, emptied }: FunctionInvocation): HttpAnswer {
  if (status >= 500) return serverError;
  const { answer } = answeredChecks.find((each) => each.check === check)!;
  return emptied ? withoutContent(answer) : answer;
}
