import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetAliasCommand } from '@aws-sdk/client-lambda';
import type { VirtualClock } from '../../embedded-aws/clock';
import type { Credentials } from '../../embedded-aws/sts/credentials';
import { type ReleaseClients, releaseClients } from '../../release/aws/clients';
import { type Baseline, takeBaseline } from '../../release/collect/baseline';
import { collect } from '../../release/collect/collect';
import { judge } from '../../release/outcome/judge';
import { type FunctionRelease, functionsOf, type ReleaseOutcome } from '../../release/outcome/outcome';
import type { RehearsedEnvironment } from '../install/rehearsed-environment';
import type { ExecutionResult } from '../pipeline/pipeline-event';
import { type ReportedOutcomes, readReportedOutcomes } from './reported-outcomes';
import type { Tally, Traffic } from './traffic';

/** Invocations of a function's new version, from the push until the end of the observation. */
interface CanaryNumbers {
  readonly functionName: string;
  readonly version: string;
  /** Invocations through the alias. */
  readonly invocations: number;
  /** Those of them that ended in an error. */
  readonly errors: number;
}

/** The versions that an alias points to at the end of a release. */
interface Serving {
  readonly functionName: string;
  readonly alias: string;
  readonly version: string;
  /** Percent of the traffic by additional version. Empty when `version` serves all traffic. */
  readonly weights: Readonly<Record<string, number>>;
}

/** How a release went in one environment. The names of its members are keys of the JSON report. */
export interface EnvironmentObservation {
  readonly environment: string;
  readonly stackName: string;
  /** Undefined when the execution did not reach this environment's Deploy. */
  readonly outcome: ReleaseOutcome | undefined;
  /** The outcome as the parts of the pipeline reported it. Undefined when the execution did not reach Deploy. */
  readonly reported: ReportedOutcomes | undefined;
  readonly canaries: readonly CanaryNumbers[];
  readonly serving: readonly Serving[];
  /** Requests before, during and after Deploy. Undefined for an environment without traffic. */
  readonly traffic: { readonly before: Tally; readonly during: Tally; readonly after: Tally } | undefined;
}

/** How one execution of the pipeline went. */
export interface ReleaseObservation {
  readonly execution: ExecutionResult;
  readonly environments: readonly EnvironmentObservation[];
}

interface ReleaseObserverProps {
  readonly clock: VirtualClock;
  readonly endpoint: string;
  readonly credentials: (environment: RehearsedEnvironment) => Credentials;
  /** The traffic and the environment that gets it. Undefined while there is none. */
  readonly traffic: { readonly environment: string; readonly flow: Traffic } | undefined;
}

/** Observes one execution from outside, through the API of the embedded AWS. */
export class ReleaseObserver {
  readonly #props: ReleaseObserverProps;
  readonly #began: number;
  readonly #watched: readonly Watched[];

  private constructor(props: ReleaseObserverProps, began: number, watched: readonly Watched[]) {
    this.#props = props;
    this.#began = began;
    this.#watched = watched;
  }

  static async begin(
    environments: readonly RehearsedEnvironment[],
    props: ReleaseObserverProps,
  ): Promise<ReleaseObserver> {
    const watched = environments.map(async (environment): Promise<Watched> => {
      const access = { endpoint: props.endpoint, credentials: props.credentials(environment) };
      const clients = releaseClients(environment.region, access);
      const metrics = new CloudWatchClient({ region: environment.region, ...access });
      return { environment, clients, metrics, baseline: await takeBaseline(clients, environment.stackName) };
    });
    return new ReleaseObserver(props, props.clock.now(), await Promise.all(watched));
  }

  async end(execution: ExecutionResult): Promise<ReleaseObservation> {
    return {
      execution,
      environments: await Promise.all(this.#watched.map((each) => this.#observe(each, execution))),
    };
  }

  async #observe({ environment, clients, metrics, baseline }: Watched, execution: ExecutionResult) {
    const [deploy, canary] = (['CodeBuild', 'Lambda'] as const).map((type) =>
      execution.actions.find(({ action }) => action.type === type && action.stage === environment.name),
    );
    const outcome =
      deploy &&
      judge(await collect(clients, baseline, { now: () => this.#props.clock.now() }), {
        deployed: deploy.result.type === 'succeeded',
      });
    const functions = outcome ? functionsOf(outcome) : [];
    return {
      environment: environment.name,
      stackName: environment.stackName,
      outcome,
      reported: deploy && (await readReportedOutcomes(clients, environment.stackName, deploy, canary)),
      canaries: await Promise.all(functions.map((each) => this.#numbers(metrics, each))),
      serving: await Promise.all(functions.map((each) => serving(clients, each))),
      traffic: this.#traffic(environment, deploy),
    };
  }

  #traffic({ name }: RehearsedEnvironment, deploy: { readonly started: number; readonly ended: number } | undefined) {
    const { traffic, clock } = this.#props;
    if (traffic?.environment !== name) return undefined;
    const now = clock.now();
    const { started = now, ended = now } = deploy ?? {};
    return {
      before: traffic.flow.tally(this.#began, started),
      during: traffic.flow.tally(started, ended),
      after: traffic.flow.tally(ended, now),
    };
  }

  async #numbers(metrics: CloudWatchClient, { functionName, alias, to }: FunctionRelease): Promise<CanaryNumbers> {
    const stat = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/Lambda',
          MetricName,
          Dimensions: [
            { Name: 'FunctionName', Value: functionName },
            { Name: 'Resource', Value: `${functionName}:${alias}` },
            { Name: 'ExecutedVersion', Value: to },
          ],
        },
        Period: 60,
        Stat: 'Sum',
      },
    });
    const { MetricDataResults = [] } = await metrics.send(
      new GetMetricDataCommand({
        StartTime: new Date(this.#began),
        EndTime: this.#props.clock.date(),
        MetricDataQueries: [stat('invocations', 'Invocations'), stat('errors', 'Errors')],
      }),
    );
    const sum = (id: string) =>
      MetricDataResults.find(({ Id }) => Id === id)?.Values?.reduce((total, value) => total + value, 0) ?? 0;
    return { functionName, version: to, invocations: sum('invocations'), errors: sum('errors') };
  }
}

interface Watched {
  readonly environment: RehearsedEnvironment;
  readonly clients: ReleaseClients;
  readonly metrics: CloudWatchClient;
  readonly baseline: Baseline;
}

async function serving(clients: ReleaseClients, { functionName, alias }: FunctionRelease): Promise<Serving> {
  const { FunctionVersion = '', RoutingConfig } = await clients.lambda.send(
    new GetAliasCommand({ FunctionName: functionName, Name: alias }),
  );
  const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
  return {
    functionName,
    alias,
    version: FunctionVersion,
    weights: Object.fromEntries(weights.map(([version, weight]) => [version, weight * 100])),
  };
}
