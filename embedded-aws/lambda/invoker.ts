import type { AccessControl } from '../access/access-control';
import type { MetricSink } from '../cloudwatch/metric';
import { AwsError } from '../errors';
import { logStreamArn } from '../logs/access';
import type { Random } from '../random';
import { arn, type Scope } from '../scope';
import { chooseVersion } from './alias-rules';
import { DurationModel } from './duration-model';
import type { Interference } from './effect';
import { executionRole } from './execution-role';
import type { Fleet, Lease } from './fleet';
import type { FunctionVersion } from './function';
import { functionArn as arnOf } from './function-ref';
import type { FunctionStore, InvocationTarget } from './function-store';
import type { Invocation } from './invocation';
import { invocationLog, type LogSink } from './invocation-log';
import { recordInvocation } from './invocation-metrics';
import { resultOf } from './invocation-result';

interface InvokerProps {
  readonly scope: Scope;
  readonly random: Random;
  readonly functions: FunctionStore;
  readonly fleet: Fleet;
  readonly metrics: MetricSink;
  readonly logs: LogSink;
  /** Decides whether a function's role may write its log. */
  readonly access: Pick<AccessControl, 'checkRole'>;
  /** @returns The current instant, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Longest real time of any handler, in milliseconds. */
  readonly realTimeoutCap: number;
  /**
   * Decides effects on invocations.
   *
   * @default - No effects.
   */
  readonly interference?: Interference | undefined;
}

/** An invocation with the parts that only Lambda's API returns. */
interface LoggedInvocation extends Invocation {
  readonly requestId: string;
  /** Log events of the invocation. */
  readonly log: readonly string[];
}

/** Random streams of one function version. */
interface VersionStreams {
  readonly requestIds: Random;
  readonly durations: DurationModel;
}

/** Invokes functions: chooses the version, runs it in an environment, and records metrics and logs. */
export class Invoker {
  readonly #props: InvokerProps;
  readonly #aliases = new Map<string, Random>();
  readonly #versions = new Map<string, VersionStreams>();
  /** Running invocations by function. */
  readonly #running = new Map<string, number>();

  constructor(props: InvokerProps) {
    this.#props = props;
  }

  /**
   * @param requestId Request id; a new one when absent.
   * @throws AwsError ResourceNotFoundException, TooManyRequestsException.
   */
  async invoke(target: InvocationTarget, payload: string, requestId?: string): Promise<LoggedInvocation> {
    const at = this.#props.now();
    const version = this.#choose(target);
    const id = requestId ?? this.#streams(version).requestIds.uuid();
    this.#enter(target, at);
    try {
      const lease = await this.#props.fleet.lease(version);
      try {
        return await this.#run(target, version, lease, { id, payload, at });
      } finally {
        this.#props.fleet.release(version, lease);
      }
    } finally {
      this.#running.set(target.ref.name, (this.#running.get(target.ref.name) ?? 1) - 1);
    }
  }

  async #run(
    target: InvocationTarget,
    version: FunctionVersion,
    { environment, logStream, cold }: Lease,
    { id, payload, at }: { id: string; payload: string; at: number },
  ): Promise<LoggedInvocation> {
    const { timeout, memorySize, logGroup } = version.configuration;
    const executedVersion = version.version;
    // The handler gets the real limit as its deadline, so that one that watches the clock can still act in time.
    const limit = Math.min(timeout * 1000, this.#props.realTimeoutCap);
    const drawn = this.#streams(version).durations.draw(cold);
    const functionArn = arnOf(this.#props.scope, target.ref);
    const subject = { target, version, payload, at, environment: logStream, cold, duration: drawn.handler };
    const effect = this.#props.interference?.(subject);
    const { outcome, lines, waited } = await environment.run(
      { requestId: id, payload, functionArn, at, deadline: at + limit, effect },
      { real: limit, virtual: timeout * 1000 - drawn.handler },
    );
    const handler = outcome.type === 'timed-out' ? timeout * 1000 : drawn.handler + waited;
    const duration = { ...drawn, handler };
    const result = resultOf(outcome, { requestId: id, timeout, deadline: at + timeout * 1000 });
    const log = invocationLog({ requestId: id, version: executedVersion, lines, result, duration, memorySize });
    if (this.#mayLog(version, logStream)) {
      for (const message of log) this.#props.logs.write(logGroup, logStream, at, message);
    }
    const failed = result.functionError !== undefined;
    recordInvocation(this.#props.metrics, target, at, {
      type: 'invoked',
      executedVersion,
      failed,
      duration: duration.handler,
    });
    return {
      executedVersion,
      payload: result.payload,
      ...(result.functionError && { functionError: result.functionError }),
      duration: duration.handler + duration.init,
      requestId: id,
      log,
    };
  }

  /**
   * Whether the execution role may write to the function's log. Without these permissions nothing is logged, and the
   * function runs all the same (Lambda developer guide, "Execution role").
   */
  #mayLog(version: FunctionVersion, logStream: string): boolean {
    const { scope, logs, access } = this.#props;
    const { logGroup } = version.configuration;
    const group = arn('logs', scope, `log-group:${logGroup}`);
    const stream = logStreamArn(scope, logGroup, logStream);
    const needs = [
      ...(logs.hasGroup(logGroup) ? [] : [{ action: 'logs:CreateLogGroup', resource: group }]),
      { action: 'logs:CreateLogStream', resource: stream },
      { action: 'logs:PutLogEvents', resource: stream },
    ];
    return needs.every((need) => access.checkRole(executionRole(version), need) === undefined);
  }

  #choose({ function: owner, alias, version, ref }: InvocationTarget): FunctionVersion {
    if (!alias) return version;
    const key = `${ref.name}:${alias.name}`;
    const random = this.#aliases.get(key) ?? this.#props.random.stream(`alias/${key}`);
    this.#aliases.set(key, random);
    return this.#props.functions.version(owner, chooseVersion(alias.state, random));
  }

  #streams({ functionName, version }: FunctionVersion): VersionStreams {
    const key = `${functionName}:${version}`;
    let streams = this.#versions.get(key);
    if (!streams) {
      const random = this.#props.random.stream(`version/${key}`);
      streams = { requestIds: random.stream('request'), durations: new DurationModel(random.stream('duration')) };
      this.#versions.set(key, streams);
    }
    return streams;
  }

  /**
   * Counts a running invocation.
   *
   * @throws AwsError TooManyRequestsException when the function's reserved concurrency is used up.
   */
  #enter(target: InvocationTarget, at: number): void {
    const running = this.#running.get(target.ref.name) ?? 0;
    if (running >= (target.function.reservedConcurrency ?? Number.POSITIVE_INFINITY)) {
      recordInvocation(this.#props.metrics, target, at, { type: 'throttled' });
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    }
    this.#running.set(target.ref.name, running + 1);
  }
}
