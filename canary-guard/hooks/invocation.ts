import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type HttpAnswer, isObject } from './answer';
import type { CallVersion, VersionCall } from './calls';
import { type Check, isRouteCheck } from './checks';
import { httpApiEvent, requestOf } from './request';
import type { VersionUnderTest } from './version-under-test';

interface InvocationProps {
  readonly check: Check;
  readonly functionName: string;
  readonly version: string;
  /** Milliseconds that an answer may take. A function that takes longer has failed. */
  readonly timeLimit: number;
}

/** @returns A function that invokes the new version of a deployment or its baseline, within the time that is left. */
export function callVersions(
  lambda: LambdaClient,
  { functionName, version, baseline }: VersionUnderTest,
  timeLeft: () => number,
  abort: AbortSignal,
): CallVersion {
  return (check, which) =>
    invoke(
      lambda,
      { check, functionName, version: which === 'new' ? version : baseline!, timeLimit: timeLeft() },
      abort,
    );
}

/**
 * Invokes one version of a function directly, without an alias.
 *
 * @throws Error if Lambda did not invoke it.
 */
async function invoke(lambda: LambdaClient, props: InvocationProps, abort: AbortSignal): Promise<VersionCall> {
  const { check, functionName, version, timeLimit } = props;
  const payload = isRouteCheck(check) ? httpApiEvent(requestOf(check), new Date(), crypto.randomUUID()) : check.event;
  const limit = AbortSignal.timeout(Math.max(1, Math.ceil(timeLimit)));
  const command = new InvokeCommand({
    FunctionName: functionName,
    Qualifier: version,
    LogType: 'Tail',
    Payload: JSON.stringify(payload),
  });
  try {
    const { ExecutedVersion, FunctionError, LogResult, Payload } = await lambda.send(command, {
      abortSignal: AbortSignal.any([abort, limit]),
    });
    if (ExecutedVersion !== version) throw new Error(`version ${ExecutedVersion} answered, not ${version}`);
    const text = Payload?.transformToString() ?? '';
    const measured = readTail(LogResult);
    if (FunctionError) return { error: thrown(text), ...measured };
    return { answer: isRouteCheck(check) ? toHttpAnswer(text) : { result: parse(text) }, ...measured };
  } catch (error) {
    if (limit.aborted && !abort.aborted) return { error: `no answer within ${(timeLimit / 1000).toFixed(1)} s` };
    throw error;
  }
}

/**
 * Reads duration and cold start from the end of a log, in Lambda's text and JSON formats.
 *
 * @param tail Base64, as Invoke returns it.
 * @returns What the log contains of it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function readTail(tail: string | undefined): Pick<VersionCall, 'milliseconds' | 'cold'> {
  const lines = Buffer.from(tail ?? '', 'base64')
    .toString()
    .trimEnd()
    .split('\n');
  const report = lines.findLast((line) => line.startsWith('REPORT RequestId:'));
  if (report !== undefined) {
    const fields = report.split('\t');
    const duration = /^Duration: ([\d.]+) ms$/.exec(fields.find((field) => field.startsWith('Duration: ')) ?? '')?.[1];
    // A failed start is reported on a separate line, and the report then has no "Init Duration".
    const started = fields.some((field) => /^(Init|Restore) Duration: /.test(field));
    const cold = started || lines.some((line) => line.startsWith('INIT_REPORT '));
    return { cold, ...(duration !== undefined && { milliseconds: Number(duration) }) };
  }
  const records = lines.map(parse).filter(isObject);
  const metrics = (type: string) => {
    const found = records.findLast((each) => each.type === type)?.record;
    return isObject(found) && isObject(found.metrics) ? found.metrics : undefined;
  };
  const measured = metrics('platform.report');
  if (!measured) return {};
  const cold =
    'initDurationMs' in measured || 'restoreDurationMs' in measured || metrics('platform.initReport') !== undefined;
  return { cold, ...(typeof measured.durationMs === 'number' && { milliseconds: measured.durationMs }) };
}

/** @returns An error that a function threw, as text. */
function thrown(payload: string): string {
  const error = parse(payload);
  if (!isObject(error) || typeof error.errorMessage !== 'string') return `threw ${payload || 'nothing'}`;
  return `threw ${error.errorType === undefined ? '' : `${error.errorType}: `}${error.errorMessage}`;
}

/**
 * @returns What API Gateway makes of a function's result: a result without a status code is the body of a 200.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html format 2.0
 */
function toHttpAnswer(payload: string): HttpAnswer {
  const result = parse(payload);
  if (!isObject(result) || result.statusCode === undefined) {
    return { status: 200, body: typeof result === 'string' ? result : payload };
  }
  const { statusCode, body = '', isBase64Encoded = false } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599 || typeof body !== 'string') {
    return { status: 500, body: `API Gateway cannot read the result ${payload}` };
  }
  return { status, body: isBase64Encoded ? Buffer.from(body, 'base64').toString() : body };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
