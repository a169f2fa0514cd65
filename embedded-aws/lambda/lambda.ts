import { resolve } from 'node:path';
import type { AccessControl, ResourcePolicy } from '../access/access-control';
import type { VirtualClock } from '../clock';
import type { MetricSink } from '../cloudwatch/metric';
import { AwsError } from '../errors';
import type { ServiceApi } from '../protocol/api';
import { restApi } from '../protocol/rest';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import type { Scope } from '../scope';
import type { DeadLetterQueue } from '../sqs/message';
import { LAMBDA_ACCESS } from './access';
import type { AliasShifter } from './alias-shift';
import { AsynchronousInvocations } from './asynchronous-invocations';
import { CodeStore, type ObjectSource } from './code-store';
import type { Interference } from './effect';
import { environmentVariables, type FunctionCredentials } from './environment-variables';
import { Fleet } from './fleet';
import type { FunctionVersion } from './function';
import { functionArn, parseFunctionRef } from './function-ref';
import { FunctionStore } from './function-store';
import type { AliasControl, AliasState, Invocation } from './invocation';
import type { LogSink } from './invocation-log';
import { Invoker } from './invoker';
import { aliasRoutes } from './operations/aliases';
import { functionRoutes } from './operations/functions';
import { invokeRoute } from './operations/invoke';
import { permissionRoutes } from './operations/permissions';
import { type InvokePermissions, type PermissionStatement, policyDocument } from './permission';
import { Reaper } from './reaper';
import { statementsOf } from './resource-policy';
import { aliasType } from './resources/alias';
import { functionType } from './resources/function';
import { permissionType } from './resources/permission';
import { versionType } from './resources/version';

interface LambdaProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Source of deployment packages. */
  readonly objects: ObjectSource;
  readonly metrics: MetricSink;
  readonly logs: LogSink;
  /** Receiver of events whose last attempt failed, for functions with a dead-letter queue. */
  readonly deadLetters: DeadLetterQueue;
  /** Decides about what functions' roles may do, and about who may invoke functions. */
  readonly access: Pick<AccessControl, 'checkRole' | 'checkService'>;
  /** @returns Credentials of an execution role for one execution environment. */
  readonly credentials: (roleArn: string, sessionName: string) => FunctionCredentials;
  /** Endpoint of functions' SDK clients; called when an environment starts. */
  readonly endpointUrl: () => string;
  /**
   * Directory for unpacked packages. It must lie outside of any folder with `node_modules`, so that functions cannot
   * import what their package lacks.
   */
  readonly directory: string;
  /** CodeDeploy, which in turn needs Lambda; called when an alias has to shift. */
  readonly shifter: () => AliasShifter;
  /**
   * Longest real time of any handler, in milliseconds.
   *
   * @default 5_000
   */
  readonly realTimeoutCap?: number;
  /**
   * The `node_modules` with the SDK that Lambda's runtimes include.
   *
   * @default - Those of this repository.
   */
  readonly sdkModules?: string;
  /**
   * Decides effects on invocations.
   *
   * @default - No effects.
   */
  readonly interference?: Interference | undefined;
  /**
   * Called with a message when something runs differently than on AWS.
   *
   * @default - Not reported.
   */
  readonly onNotice?: (notice: string) => void;
}

/** AWS Lambda for Node.js functions in zip packages; contract.md has its rules. */
export class Lambda implements AliasControl, InvokePermissions {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #props: LambdaProps;
  readonly #functions: FunctionStore;
  readonly #fleet: Fleet;
  readonly #reaper = new Reaper();
  readonly #invoker: Invoker;
  readonly #events: AsynchronousInvocations;
  readonly #noticed = new Set<string>();
  /** Policy documents by the statements that they have. */
  readonly #policies = new WeakMap<readonly PermissionStatement[], object>();

  constructor(props: LambdaProps) {
    this.#props = props;
    const { scope, clock, random, objects, directory, metrics, logs, endpointUrl, shifter } = props;
    const now = () => clock.now();
    const environments = random.stream('environments');
    const code = new CodeStore({ objects, directory, sdkModules: props.sdkModules ?? SDK_MODULES });
    this.#fleet = new Fleet({ reaper: this.#reaper, now, setUp: (version) => this.#setUp(version, environments) });
    this.#functions = new FunctionStore({
      scope,
      random: random.stream('revisions'),
      now,
      onRetired: (version) => this.#fleet.retire(version),
    });
    const functions = this.#functions;
    this.#invoker = new Invoker({
      scope,
      random,
      functions,
      fleet: this.#fleet,
      metrics,
      logs,
      access: props.access,
      now,
      realTimeoutCap: props.realTimeoutCap ?? 5_000,
      interference: props.interference,
    });
    this.#events = new AsynchronousInvocations({
      clock,
      functions,
      invoker: this.#invoker,
      requestIds: random.stream('events'),
      metrics,
      deadLetters: props.deadLetters,
      access: props.access,
      onNotice: (notice) => props.onNotice?.(notice),
    });
    const operations = { scope, functions, code, endpointUrl };
    this.api = restApi({
      signingName: 'lambda',
      access: LAMBDA_ACCESS,
      routes: [
        ...functionRoutes(operations),
        ...aliasRoutes(operations),
        ...permissionRoutes(operations),
        invokeRoute({ clock, functions, invoker: this.#invoker, events: this.#events }),
      ],
    });
    const resources = { ...operations, random, sleep: (duration: number) => clock.sleep(duration), shifter };
    this.resourceTypes = [
      functionType(resources),
      versionType(resources),
      aliasType(resources),
      permissionType(resources),
    ];
  }

  async invoke(functionName: string, payload: string, qualifier?: string): Promise<Invocation> {
    return this.#invoker.invoke(this.#functions.resolve(functionName, qualifier), payload);
  }

  /**
   * Invokes without waiting for the result. An event that ends in an error is retried twice, as time passes.
   *
   * @returns A promise that resolves after the last attempt; it need not be awaited.
   * @throws AwsError ResourceNotFoundException, synchronously.
   */
  invokeAsync(functionName: string, payload: string, qualifier?: string): Promise<void> {
    return this.#events.start(functionName, payload, qualifier);
  }

  getAlias(functionName: string, alias: string): AliasState {
    return this.#functions.alias(this.#functions.get(functionName), alias).state;
  }

  setAlias(functionName: string, alias: string, state: AliasState): void {
    const target = this.#functions.get(functionName);
    this.#functions.alias(target, alias);
    this.#functions.putAlias(target, alias, state);
  }

  /** @returns Whether the function, version or alias exists. */
  exists(functionName: string): boolean {
    try {
      this.#functions.resolve(functionName);
      return true;
    } catch (error) {
      if (error instanceof AwsError) return false;
      throw error;
    }
  }

  mayInvoke(functionName: string, service: string, sourceArn: string): boolean {
    if (!this.exists(functionName)) return false;
    const { scope, access } = this.#props;
    const resource = functionArn(scope, parseFunctionRef(functionName, scope));
    return access.checkService({ service, sourceArn }, { action: 'lambda:InvokeFunction', resource }) === undefined;
  }

  /** @returns The policy of the exact function, version or alias that the ARN names. */
  readonly resourcePolicy = (resourceArn: string): ResourcePolicy | undefined => {
    const { scope } = this.#props;
    if (!this.exists(resourceArn)) return undefined;
    const target = this.#functions.resolve(resourceArn);
    const statements = statementsOf(target);
    let policy = this.#policies.get(statements);
    if (!policy && statements.length > 0) {
      policy = policyDocument(scope, target.ref, statements);
      this.#policies.set(statements, policy);
    }
    return { accountId: scope.accountId, policy };
  };

  /** Ends all execution environments and waits for their exit. */
  async close(): Promise<void> {
    await this.#fleet.close();
    await this.#reaper.close();
  }

  #setUp(version: FunctionVersion, random: Random) {
    const { clock, scope, credentials, endpointUrl } = this.#props;
    this.#noticeRuntime(version);
    const day = clock.date().toISOString().slice(0, 10).replaceAll('-', '/');
    const logStream = `${day}/[${version.version}]${random.text(32)}`;
    const variables = environmentVariables(version, {
      scope,
      credentials: credentials(version.configuration.role, version.functionName),
      endpointUrl: endpointUrl(),
      logStream,
    });
    return { variables, logStream };
  }

  #noticeRuntime({ functionName, configuration: { runtime } }: FunctionVersion): void {
    const local = Number(process.versions.node.split('.')[0]);
    if (local >= Number(/\d+/.exec(runtime)?.[0]) || this.#noticed.has(runtime)) return;
    this.#noticed.add(runtime);
    this.#props.onNotice?.(
      `${functionName} declares ${runtime}, but its code runs on Node ${process.versions.node} here and may use what that lacks`,
    );
  }
}

const SDK_MODULES = resolve(__dirname, '../../node_modules');
