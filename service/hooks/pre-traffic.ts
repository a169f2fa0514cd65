import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Answer, type Request, runChecks } from './checks';
import { codeDeploy, trafficHook } from './report';
import { type VersionUnderTest, versionUnderTest } from './version-under-test';

const lambda = new LambdaClient({ requestHandler: { connectionTimeout: 1_000 } });

/** BeforeAllowTraffic: asks the new version itself, past the alias, before anybody else can. */
export const handler = trafficHook(async ({ DeploymentId }, signal) => {
  const target = await versionUnderTest(codeDeploy, DeploymentId, signal);
  return runChecks((request) => invoke(target, request, signal));
});

async function invoke(target: VersionUnderTest, request: Request, abortSignal: AbortSignal): Promise<Answer> {
  const { ExecutedVersion, FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: target.functionName,
      Qualifier: target.version,
      Payload: JSON.stringify(httpApiEvent(request)),
    }),
    { abortSignal },
  );
  const payload = Payload?.transformToString() ?? '';
  if (FunctionError) throw new Error(`version ${target.version} threw: ${payload}`);
  if (ExecutedVersion !== target.version) throw new Error(`version ${ExecutedVersion} answered, not ${target.version}`);
  return toAnswer(payload);
}

/** What API Gateway makes of a function's result: whatever has no `statusCode` is the body of a 200. */
function toAnswer(payload: string): Answer {
  const result = JSON.parse(payload || 'null');
  return typeof result?.statusCode === 'number'
    ? { status: result.statusCode, body: result.body ?? '' }
    : { status: 200, body: payload };
}

/** The event that an HTTP API sends, payload format 2.0. */
function httpApiEvent({ path, query = {} }: Request): APIGatewayProxyEventV2 {
  const now = new Date();
  return {
    version: '2.0',
    routeKey: `GET ${path}`,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { host: 'pre-traffic-hook.invalid', 'user-agent': 'pre-traffic-hook' },
    ...(Object.keys(query).length > 0 && { queryStringParameters: { ...query } }),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'pre-traffic-hook',
      domainName: 'pre-traffic-hook.invalid',
      domainPrefix: 'pre-traffic-hook',
      http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'pre-traffic-hook' },
      requestId: crypto.randomUUID(),
      routeKey: `GET ${path}`,
      stage: '$default',
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    isBase64Encoded: false,
  };
}
