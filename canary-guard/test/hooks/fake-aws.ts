import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';

/**
 * As much of CodeDeploy, Lambda and CloudWatch as the hooks use, in the services' own wire formats, so that the real SDK
 * clients speak to it. Contract:
 *
 * - GetDeployment (JSON 1.1) answers `deployment`, with only the hash of its AppSpec, as the API documents; unless set
 *   otherwise it was created on 20 November 2026 at 12:00:30 UTC, by a canary of five minutes.
 * - GetApplicationRevision (JSON 1.1) answers the revision of `deployment` if that one is requested.
 * - PutLifecycleEventHookExecutionStatus (JSON 1.1) keeps the request in `reports`, and answers `reportAnswers` in
 *   turn, then the last one again.
 * - Lambda Invoke (REST) keeps function, qualifier and event in `invocations`, and answers `invoke`'s result, or never
 *   if it returns 'hang'. With `LogType: Tail` the end of the log comes with it.
 * - CloudWatch GetMetricData (JSON 1.0) keeps the request in `metricRequests`, and answers each query with the values
 *   that `metric` gives, one a minute; 'denied' is a refusal by IAM.
 * - Everything else is answered 404: the SDK throws.
 */
export class FakeAws {
  deployment: FakeDeployment = {};
  reportAnswers: readonly { status: number; body: unknown }[] = [{ status: 200, body: {} }];
  invoke: Invoke = async () => ({ payload: null });
  metric: (query: MetricQuery) => readonly number[] | 'denied' = () => [];
  readonly reports: unknown[] = [];
  readonly invocations: { functionName: string; qualifier: string | null; event: HttpApiEvent }[] = [];
  readonly metricRequests: MetricRequest[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      this.#answer(request.headers, new URL(request.url!, 'http://x'), Buffer.concat(chunks).toString(), response);
    });
  }

  static async start(): Promise<FakeAws> {
    const fake = new FakeAws();
    await new Promise<void>((done) => fake.#server.listen(0, '127.0.0.1', done));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Restores the state at the start: no deployment, no requests received. */
  reset(): void {
    this.deployment = {};
    this.reportAnswers = [{ status: 200, body: {} }];
    this.invoke = async () => ({ payload: null });
    this.metric = () => [];
    this.reports.length = 0;
    this.invocations.length = 0;
    this.metricRequests.length = 0;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(received: IncomingHttpHeaders, url: URL, body: string, response: ServerResponse) {
    const target = received['x-amz-target'];
    const reply = (status: number, answer: unknown, headers = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers })
        .end(JSON.stringify(answer));

    if (target === 'CodeDeploy_20141006.GetDeployment') {
      return void reply(200, {
        deploymentInfo: {
          createTime: Date.UTC(2026, 10, 20, 12, 0, 30) / 1000,
          deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
          ...this.deployment,
          applicationName,
          revision: hashed(this.deployment),
        },
      });
    }
    if (target === 'CodeDeploy_20141006.GetApplicationRevision') {
      const known = isDeepStrictEqual(JSON.parse(body), { applicationName, revision: hashed(this.deployment) });
      if (!known) return void reply(400, { __type: 'RevisionDoesNotExistException', message: body });
      return void reply(200, { applicationName, revision: this.deployment.revision });
    }
    if (target === 'CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus') {
      const answer = this.reportAnswers[Math.min(this.reports.length, this.reportAnswers.length - 1)]!;
      this.reports.push(JSON.parse(body));
      return void reply(answer.status, answer.body);
    }
    if (target === 'GraniteServiceVersion20100801.GetMetricData') {
      const requested: MetricRequest = JSON.parse(body);
      this.metricRequests.push(requested);
      const answers = requested.MetricDataQueries.map(({ Id, MetricStat }) => ({
        Id,
        values: this.metric(MetricStat),
      }));
      if (answers.some(({ values }) => values === 'denied')) {
        return void reply(400, { __type: 'AccessDeniedException', message: 'not authorized' });
      }
      const MetricDataResults = answers.map(({ Id, values }) => ({
        Id,
        StatusCode: 'Complete',
        Timestamps: [...values].map((_, index) => requested.StartTime + index * 60),
        Values: values,
      }));
      return void reply(200, { MetricDataResults, Messages: [] }, { 'content-type': 'application/x-amz-json-1.0' });
    }
    const invoked = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname);
    if (!invoked) return void reply(404, { __type: 'UnknownOperationException', message: `${target ?? url.pathname}` });

    const qualifier = url.searchParams.get('Qualifier');
    const event: HttpApiEvent = JSON.parse(body);
    this.invocations.push({ functionName: invoked[1]!, qualifier, event });
    const result = await this.invoke(event, qualifier);
    if (result === 'hang') return;
    const { milliseconds = 12, cold = false } = result;
    const report = `REPORT RequestId: r-1\tDuration: ${milliseconds.toFixed(2)} ms\tBilled Duration: 200 ms${cold ? '\tInit Duration: 180.00 ms' : ''}`;
    const log = Buffer.from(result.log ?? `START RequestId: r-1\nEND RequestId: r-1\n${report}\n`).toString('base64');
    reply(200, result.payload, {
      'x-amz-executed-version': result.executedVersion ?? qualifier,
      ...(result.functionError && { 'x-amz-function-error': result.functionError }),
      ...(received['x-amz-log-type'] === 'Tail' && log !== '' && { 'x-amz-log-result': log }),
    });
  }
}

const applicationName = 'svc-application';

type Invoke = (event: HttpApiEvent, qualifier: string | null) => Promise<FakeInvocation | 'hang'>;

interface MetricQuery {
  readonly Metric: {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  };
  readonly Period: number;
  readonly Stat: string;
}

interface MetricRequest {
  /** Seconds since the epoch. */
  readonly StartTime: number;
  readonly EndTime: number;
  readonly MetricDataQueries: readonly { readonly Id: string; readonly MetricStat: MetricQuery }[];
}

interface FakeDeployment {
  /** Seconds since the epoch. */
  readonly createTime?: number;
  readonly deploymentConfigName?: string;
  readonly revision?: {
    readonly revisionType: string;
    readonly string?: { readonly content: string };
    readonly appSpecContent?: { readonly content: string };
  };
}

/** @returns A revision as GetDeployment has it, with a hash in place of the content. */
function hashed({ revision }: FakeDeployment): object {
  const { revisionType, ...content } = revision ?? { revisionType: 'S3' };
  const hashes = Object.keys(content).map((shape) => [shape, { sha256: 'c0ffee' }]);
  return { revisionType, ...Object.fromEntries(hashes) };
}

interface HttpApiEvent {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly requestContext: { readonly http: { readonly method: string } };
}

interface FakeInvocation {
  readonly payload: unknown;
  readonly functionError?: string;
  readonly executedVersion?: string;
  /** @default 12 */
  readonly milliseconds?: number;
  /** @default false */
  readonly cold?: boolean;
  /**
   * End of the function's log.
   *
   * @default - the lines that Lambda writes
   */
  readonly log?: string;
}

/** @returns The AppSpec that CloudFormation makes of an alias update. */
export function appSpec(functionName: string, TargetVersion: string, CurrentVersion = '1'): string {
  const properties = { Name: functionName, Alias: 'Live', CurrentVersion, TargetVersion };
  return JSON.stringify({
    version: 0,
    Resources: [{ [functionName]: { Type: 'AWS::Lambda::Function', Properties: properties } }],
  });
}

/** @returns The environment that points SDK clients to the fake. */
export function fakeAwsEnv({ url }: FakeAws): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}
