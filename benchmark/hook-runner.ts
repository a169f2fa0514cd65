import type { HttpAnswer } from '../canary-guard/hooks/answer';
import type { VersionCall } from '../canary-guard/hooks/calls';
import { type Check, type CheckFailure, isRepeatable, isRouteCheck } from '../canary-guard/hooks/checks';
import { checkEndpoint } from '../canary-guard/hooks/endpoint';
import { examine } from '../canary-guard/hooks/examination';
import { requireSample } from '../canary-guard/hooks/sample';
import { VirtualClock } from '../embedded-aws/clock';
import { AwsError } from '../embedded-aws/errors';
import { DurationModel } from '../embedded-aws/lambda/duration-model';
import type { Invocation } from '../embedded-aws/lambda/invocation';
import type { ServiceApi } from '../embedded-aws/protocol/api';
import type { Random } from '../embedded-aws/random';
import type { Hooks } from './configuration';
import type { Meters } from './meters';
import type { Account, Invoked } from './modelled-account';
import { answeredChecks, serverError, withoutContent } from './modelled-checks';
import { type ModelledService, scope, versions } from './modelled-service';

/** Milliseconds that a hook keeps back for its report: `REPORT_MARGIN` of the service's hooks, which comes with the AWS SDK. */
const REPORT_MARGIN = 10_000;

/** Milliseconds from the end of a minute until its metrics are seen: `publishing` of the embedded CloudWatch. */
const PUBLISHING = 15_000;

/** What a hook did. */
export interface HookRun {
  readonly event: 'BeforeAllowTraffic' | 'AfterAllowTraffic';
  /** virtual seconds */
  readonly seconds: number;
  /** calls of the new version, of the old one, and requests to the API */
  readonly calls: number;
  readonly failures: readonly CheckFailure[];
}

export interface HookRunnerProps {
  readonly kind: Hooks;
  readonly service: ModelledService;
  readonly account: Account;
  readonly meters: Meters;
  /** of the hooks' own durations */
  readonly random: Random;
}

/**
 * The hook functions of a release. Those with checks are the service's own code, without what connects it with AWS: it asks
 * the modelled account. As in the embedded AWS a hook runs at the instant of its invocation, on a clock of its own, and
 * what it reports takes effect once its time has passed.
 */
export class HookRunner {
  readonly runs: HookRun[] = [];
  readonly #durations: DurationModel;
  #codeDeploy: ServiceApi | undefined;

  constructor(private readonly props: HookRunnerProps) {
    this.#durations = new DurationModel(props.random);
  }

  /** @param codeDeploy the API that takes the hooks' reports */
  reportsTo(codeDeploy: ServiceApi): void {
    this.#codeDeploy = codeDeploy;
  }

  /**
   * @param payload what CodeDeploy tells a hook
   * @param now milliseconds since the epoch
   * @throws AwsError ResourceNotFoundException for what is no hook
   */
  async invoke(functionName: string, payload: string, now: number): Promise<Invocation> {
    const { account, meters, kind } = this.props;
    const event = this.#eventOf(functionName);
    account.advance(now);
    const own = this.#durations.draw(true);
    const verified = kind === 'checks' ? await this.#verify(event, now) : { failures: [], calls: 0, elapsed: 0 };
    const { failures, calls, elapsed } = verified;
    const duration = elapsed + own.handler + own.init;
    this.runs.push({ event, seconds: duration / 1000, calls, failures });
    meters.direct(functionName, undefined, { failed: false, duration: elapsed + own.handler });
    await this.#report(payload, failures.length === 0 ? 'Succeeded' : 'Failed');
    return { executedVersion: '$LATEST', payload: 'null', duration };
  }

  async #verify(event: HookRun['event'], now: number) {
    const clock = new VirtualClock(new Date(now));
    const { service } = this.props;
    const limit =
      (event === 'BeforeAllowTraffic' ? service.preTrafficTimeout : service.postTrafficTimeout) - REPORT_MARGIN;
    const session: Session = {
      now: () => clock.now(),
      timeLeft: () => now + limit - clock.now(),
      call: (work) => clock.spawn(() => work(clock)),
      calls: 0,
    };
    const verify = event === 'BeforeAllowTraffic' ? this.#examine(session) : this.#askEveryone(session);
    const failures = await verify;
    const elapsed = clock.now() - now;
    if (elapsed <= limit) return { failures, calls: session.calls, elapsed };
    // As `trafficHook` does it: whatever is still under way then is not waited for.
    const late = { check: 'all checks end in time', expected: `an end within ${limit} ms`, received: 'no end' };
    return { failures: [late], calls: session.calls, elapsed: limit };
  }

  /** BeforeAllowTraffic: the new version and the one in service, past the alias. */
  #examine(session: Session): Promise<readonly CheckFailure[]> {
    const { account } = this.props;
    return examine({
      checks: answeredChecks.map(({ check }) => check),
      hasBaseline: true,
      history: async () => account.past,
      timeLeft: session.timeLeft,
      call: (check, version) => this.#ask(session, check, version),
    });
  }

  #ask(session: Session, check: Check, version: 'new' | 'baseline'): Promise<VersionCall> {
    const { account } = this.props;
    session.calls += 1;
    const asked = version === 'new' ? versions.new : versions.old;
    return session.call(async (clock) => callOf(check, await account.invokeVersion(asked, routeOf(check), clock)));
  }

  /** AfterAllowTraffic: the public endpoint. */
  async #askEveryone(session: Session): Promise<readonly CheckFailure[]> {
    const { account, service } = this.props;
    const request = (check: Check) => {
      session.calls += 1;
      return session.call(async (clock) => answerOf(check, await account.request(routeOf(check), clock)));
    };
    const failures = await checkEndpoint({
      checks: answeredChecks.map(({ check }) => check),
      request,
      call: (check, version) => this.#ask(session, check, version),
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

  #eventOf(functionName: string): HookRun['event'] {
    const { preTrafficHook, postTrafficHook } = this.props.service;
    if (functionName === preTrafficHook) return 'BeforeAllowTraffic';
    if (functionName === postTrafficHook) return 'AfterAllowTraffic';
    throw new AwsError('ResourceNotFoundException', `Function not found: ${functionName}`, 404);
  }

  async #report(payload: string, status: 'Succeeded' | 'Failed'): Promise<void> {
    const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId } =
      JSON.parse(payload);
    const { status: code, body } = await this.#codeDeploy!.handle({
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: { 'x-amz-target': 'CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus' },
      body: Buffer.from(JSON.stringify({ deploymentId, lifecycleEventHookExecutionId, status })),
      caller: { ...scope, arn: `arn:aws:iam::${scope.accountId}:role/hook` },
    });
    if (code !== 200) throw new Error(`a hook could not report: ${body}`);
  }
}

/** A hook's time and what it made of it. */
interface Session {
  readonly now: () => number;
  readonly timeLeft: () => number;
  /** Runs a call as a task of the hook's clock, on which the others pass meanwhile. */
  readonly call: <T>(work: (clock: VirtualClock) => Promise<T>) => Promise<T>;
  calls: number;
}

function routeOf(check: Check): string {
  if (!isRouteCheck(check))
    throw new Error(`the check '${check.name}' has no route, and the modelled function no other event`);
  return check.route;
}

/** A call as the Lambda API shows it to the hook. */
function callOf(check: Check, invoked: Invoked): VersionCall {
  const { failed, duration: milliseconds, cold } = invoked;
  if (failed) return { error: 'the function failed', milliseconds, cold };
  return { answer: contentOf(check, invoked), milliseconds, cold };
}

/** A request as the API answers it. */
function answerOf(check: Check, invoked: Invoked): HttpAnswer {
  return invoked.failed ? serverError : contentOf(check, invoked);
}

function contentOf(check: Check, { status, emptied }: Invoked): HttpAnswer {
  if (status >= 500) return serverError;
  const { answer } = answeredChecks.find((each) => each.check === check)!;
  return emptied ? withoutContent(answer) : answer;
}
