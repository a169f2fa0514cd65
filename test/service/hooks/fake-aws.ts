import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';

/**
 * As much of CodeDeploy and Lambda as the hooks use, in the services' own wire formats, so that the real SDK clients
 * speak to it. Contract:
 *
 * - GetDeployment (JSON 1.1) answers `deployment`, with no more of its AppSpec than the hash, as the API documents.
 * - GetApplicationRevision (JSON 1.1) answers the revision of `deployment` if it is asked for that one.
 * - PutLifecycleEventHookExecutionStatus (JSON 1.1) keeps the request in `reports`, and answers `reportAnswers` in
 *   turn, the last one again and again.
 * - Lambda Invoke (REST) keeps function, qualifier and event in `invocations`, and answers `invoke`'s result; nothing,
 *   ever, if it returns 'hang'.
 * - Everything else is answered 404: the SDK throws.
 */
export class FakeAws {
  deployment: FakeDeployment = {};
  reportAnswers: readonly { status: number; body: unknown }[] = [{ status: 200, body: {} }];
  invoke: (event: HttpApiEvent) => Promise<Invocation | 'hang'> = async () => ({ payload: null });
  readonly reports: unknown[] = [];
  readonly invocations: { functionName: string; qualifier: string | null; event: HttpApiEvent }[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      this.#answer(
        request.headers['x-amz-target'],
        new URL(request.url!, 'http://x'),
        Buffer.concat(chunks).toString(),
        response,
      );
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

  /** As at the start: no deployment, nothing received. */
  reset(): void {
    this.deployment = {};
    this.reportAnswers = [{ status: 200, body: {} }];
    this.invoke = async () => ({ payload: null });
    this.reports.length = 0;
    this.invocations.length = 0;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(target: string | string[] | undefined, url: URL, body: string, response: ServerResponse) {
    const reply = (status: number, answer: unknown, headers = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers })
        .end(JSON.stringify(answer));

    if (target === 'CodeDeploy_20141006.GetDeployment') {
      return void reply(200, {
        deploymentInfo: { ...this.deployment, applicationName, revision: hashed(this.deployment) },
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
    const invoked = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname);
    if (!invoked) return void reply(404, { __type: 'UnknownOperationException', message: `${target ?? url.pathname}` });

    const qualifier = url.searchParams.get('Qualifier');
    const event: HttpApiEvent = JSON.parse(body);
    this.invocations.push({ functionName: invoked[1]!, qualifier, event });
    const result = await this.invoke(event);
    if (result === 'hang') return;
    reply(200, result.payload, {
      'x-amz-executed-version': result.executedVersion ?? qualifier,
      ...(result.functionError && { 'x-amz-function-error': result.functionError }),
    });
  }
}

const applicationName = 'svc-application';

interface FakeDeployment {
  readonly revision?: {
    readonly revisionType: string;
    readonly string?: { readonly content: string };
    readonly appSpecContent?: { readonly content: string };
  };
}

/** A revision as GetDeployment has it: where the content would be, its hash. */
function hashed({ revision }: FakeDeployment): object {
  const { revisionType, ...content } = revision ?? { revisionType: 'S3' };
  const hashes = Object.keys(content).map((shape) => [shape, { sha256: 'c0ffee' }]);
  return { revisionType, ...Object.fromEntries(hashes) };
}

export interface HttpApiEvent {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly requestContext: { readonly http: { readonly method: string } };
}

export interface Invocation {
  readonly payload: unknown;
  readonly functionError?: string;
  readonly executedVersion?: string;
}

/** The AppSpec that CloudFormation makes of an alias update. */
export function appSpec(functionName: string, targetVersion: string): string {
  const properties = { Name: functionName, Alias: 'Live', CurrentVersion: '1', TargetVersion: targetVersion };
  return JSON.stringify({
    version: 0,
    Resources: [{ [functionName]: { Type: 'AWS::Lambda::Function', Properties: properties } }],
  });
}

/** The environment that points SDK clients to the fake. */
export function fakeAwsEnv({ url }: FakeAws): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}
