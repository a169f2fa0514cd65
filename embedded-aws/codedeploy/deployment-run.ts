import { shiftSteps } from '../../aws-rules/traffic-shift';
import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { AliasControl } from '../lambda/invocation';
import type { Random } from '../random';
import { type AlarmStates, AlarmWatch } from './alarm-watch';
import type { Deployment, Halt } from './deployment';
import { HookExecution } from './hook-execution';
import type { LifecycleEventName } from './lifecycle';
import type { ServiceRole } from './service-role';

/**
 * Timing in virtual milliseconds, fitted to published logs (contract.md): the pre-traffic hook runs 2 s after the
 * start; a deployment whose alarm is active at the start is stopped after 0.73 s; from ALARM to Stopped it took 11, 12
 * and at most 16 s.
 */
const TIMING = {
  startUp: 2_000,
  lifecycleEvent: 400,
  stopAtStart: 700,
  stopOnAlarm: 5_500,
  /**
   * CodeDeploy user guide: "CodeDeploy expects a status callback within one hour after a deployment hook is invoked".
   */
  hookTimeout: 3_600_000,
  /** Lambda retries an asynchronous invocation that ended in an error twice (Lambda developer guide). */
  hookRetries: [60_000, 120_000],
};

interface DeploymentRunProps {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly lambda: AliasControl;
  readonly alarms: AlarmStates;
  readonly role: ServiceRole;
}

/** Runs a deployment through its lifecycle: Start, BeforeAllowTraffic, AllowTraffic, AfterAllowTraffic, End. */
export class DeploymentRun {
  readonly #deployment: Deployment;
  readonly #props: DeploymentRunProps;
  readonly #watch: AlarmWatch;

  constructor(deployment: Deployment, props: DeploymentRunProps) {
    this.#deployment = deployment;
    this.#props = props;
    const phase = props.random.stream('poll').integer(0, 9_999);
    this.#watch = new AlarmWatch(props.alarms, deployment.props.alarms, phase, () => props.role.readAlarms());
  }

  /**
   * Runs in the calling task.
   *
   * @returns The reason why it ended early; undefined when it succeeded.
   */
  async run(): Promise<Halt | undefined> {
    return (
      (await this.#start()) ??
      (await this.#hook('BeforeAllowTraffic', this.#deployment.props.appSpec.beforeAllowTraffic)) ??
      (await this.#shift()) ??
      (await this.#hook('AfterAllowTraffic', this.#deployment.props.appSpec.afterAllowTraffic))
    );
  }

  async #start(): Promise<Halt | undefined> {
    this.#deployment.shift(0, this.#props.clock.now());
    const halt = this.#watch.check();
    if (halt) {
      await this.#props.clock.sleep(TIMING.stopAtStart);
      return halt;
    }
    return (await this.#pass(TIMING.startUp)) ?? this.#props.role.readAlias() ?? this.#checkAlias();
  }

  /**
   * An alias that is not at the AppSpec's current version, or that still has weights, is left as it is (CodeDeploy user
   * guide; SAM issue 291).
   */
  #checkAlias(): Halt | undefined {
    const { functionName, alias, currentVersion } = this.#deployment.props.appSpec;
    const prefix =
      'The deployment failed because the AppSpec file that specifies the AWS Lambda deployment configuration is missing ' +
      'or has an invalid configuration.';
    try {
      const { functionVersion, weights } = this.#props.lambda.getAlias(functionName, alias);
      if (functionVersion !== currentVersion) {
        return invalidConfiguration(
          `${prefix} The Lambda function alias version does not match the current version in AppSpec file.`,
        );
      }
      if (Object.keys(weights).length > 0) {
        return invalidConfiguration(`${prefix} The Lambda function alias already routes traffic to two versions.`);
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return invalidConfiguration(`${prefix} ${error.message}`);
    }
  }

  async #hook(event: LifecycleEventName, functionName: string | undefined): Promise<Halt | undefined> {
    const { clock } = this.#props;
    this.#deployment.begin(event, clock.now());
    const halt =
      (functionName && (await this.#runHook(event, functionName))) || (await this.#pass(TIMING.lifecycleEvent));
    if (!halt) this.#deployment.succeed(event, clock.now());
    return halt;
  }

  async #runHook(event: LifecycleEventName, functionName: string): Promise<Halt | undefined> {
    const id = executionId(this.#props.random.stream(event));
    const execution = new HookExecution(id, event, functionName);
    this.#deployment.hookExecutions.push(execution);
    try {
      return await this.#awaitResult(execution);
    } finally {
      execution.close();
    }
  }

  async #awaitResult(execution: HookExecution): Promise<Halt | undefined> {
    const { clock, lambda } = this.#props;
    const deadline = clock.now() + TIMING.hookTimeout;
    const payload = JSON.stringify({ DeploymentId: this.#deployment.id, LifecycleEventHookExecutionId: execution.id });
    for (const wait of [0, ...TIMING.hookRetries]) {
      const halt = await this.#pass(wait);
      if (halt) return halt;
      const refused = this.#props.role.invokeHook(execution.functionName);
      if (refused) return refused;
      const invocation = await invokeIfPossible(lambda, execution.functionName, payload);
      if (!invocation) return invalidFunction(execution.functionName);
      const stopped = await this.#pass(invocation.duration);
      if (stopped) return stopped;
      if (execution.result || !invocation.functionError) break;
    }
    while (!execution.result) {
      if (clock.now() >= deadline) return TIMED_OUT;
      const halt = await this.#pass(Math.min(10_000, deadline - clock.now()));
      if (halt) return halt;
    }
    return execution.result === 'Failed' ? HOOK_FAILED : undefined;
  }

  async #shift(): Promise<Halt | undefined> {
    const { clock } = this.#props;
    this.#deployment.begin('AllowTraffic', clock.now());
    const begun = clock.now();
    for (const { after, weight } of shiftSteps(this.#deployment.props.config.routing)) {
      const halt = (await this.#pass(begun + after - clock.now())) ?? this.#setWeight(weight);
      if (halt) return halt;
    }
    const halt = await this.#pass(TIMING.lifecycleEvent);
    if (!halt) this.#deployment.succeed('AllowTraffic', clock.now());
    return halt;
  }

  #setWeight(weight: number): Halt | undefined {
    const refused = this.#props.role.moveAlias();
    if (refused) return refused;
    const { functionName, alias, currentVersion, targetVersion } = this.#deployment.props.appSpec;
    const state =
      weight === 1
        ? { functionVersion: targetVersion, weights: {} }
        : { functionVersion: currentVersion, weights: { [targetVersion]: weight } };
    try {
      this.#props.lambda.setAlias(functionName, alias, state);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return {
        ...invalidConfiguration(
          `The deployment failed because the alias ${alias} of ${functionName} could not be updated. ${error.message}`,
        ),
        rollsBackOn: 'DEPLOYMENT_FAILURE',
      };
    }
    this.#deployment.shift(weight, this.#props.clock.now());
    return undefined;
  }

  /**
   * Lets virtual time pass, while alarms and requests to stop are watched.
   *
   * @param duration Milliseconds.
   * @returns The reason to stop; undefined when the time has passed.
   */
  async #pass(duration: number): Promise<Halt | undefined> {
    const { clock } = this.#props;
    const end = clock.now() + Math.max(0, duration);
    while (clock.now() < end) {
      const nextRead = this.#watch.next(clock.now());
      await clock.sleepUntil(Math.min(end, nextRead));
      if (clock.now() < nextRead) return undefined;
      if (this.#deployment.stopRequest) return MANUAL_STOP;
      const halt = this.#watch.check();
      if (halt) {
        await clock.sleep(TIMING.stopOnAlarm);
        return halt;
      }
    }
    return undefined;
  }
}

const HOOK_FAILED: Halt = {
  status: 'Failed',
  code: 'HOOK_EXECUTION_FAILURE',
  message: 'The deployment failed because one or more of the lifecycle event validation functions failed.',
  rollsBackOn: 'DEPLOYMENT_FAILURE',
};

const TIMED_OUT: Halt = {
  status: 'Failed',
  code: 'TIMEOUT',
  message:
    'The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one ' +
    'hour after a deployment hook is invoked.',
  rollsBackOn: 'DEPLOYMENT_FAILURE',
};

const MANUAL_STOP: Halt = {
  status: 'Stopped',
  code: 'MANUAL_STOP',
  message: 'The deployment was stopped by the user.',
  rollsBackOn: 'DEPLOYMENT_STOP_ON_REQUEST',
};

function invalidConfiguration(message: string): Halt {
  return { status: 'Failed', code: 'INVALID_LAMBDA_CONFIGURATION', message, rollsBackOn: undefined };
}

function invalidFunction(functionName: string): Halt {
  return {
    status: 'Failed',
    code: 'INVALID_LAMBDA_FUNCTION',
    message: `The deployment failed because the lifecycle event hook function ${functionName} does not exist.`,
    rollsBackOn: 'DEPLOYMENT_FAILURE',
  };
}

/** @returns The invocation; undefined when Lambda refuses it. */
async function invokeIfPossible(lambda: AliasControl, functionName: string, payload: string) {
  try {
    return await lambda.invoke(functionName, payload);
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

/**
 * Generates an id. Published ids are base64 of JSON that begins with `{"encryptedData":"`; no more is known of them.
 */
function executionId(random: Random): string {
  return Buffer.from(JSON.stringify({ encryptedData: random.text(64), ivParameterSpec: random.text(16) })).toString(
    'base64',
  );
}
