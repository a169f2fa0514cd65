'use strict';

/**
 * The program in an execution environment, in place of that of Lambda's Node.js runtimes; runs on Node 20.19 and later.
 * It uses the Lambda Runtime API (developer guide, "Using the Lambda runtime API"), loads and calls the handler by the
 * rules of AWS's runtime interface client, and adds three things:
 *
 * - Time: `Date` starts at the virtual instant of the invocation and runs on in real time from there.
 * - Output: a mark ends the output of each invocation, so that lines can be attributed to invocations.
 * - Effects (`effect.ts`): they happen here, around the handler, invisibly to the code.
 */

const { Agent, request } = require('node:http');
const util = require('node:util');
const { loadHandler, RuntimeError } = require('./load-handler.cjs');

const { AWS_LAMBDA_RUNTIME_API: api, LAMBDA_TASK_ROOT: taskRoot, _HANDLER: handlerName } = process.env;
/** From Node.js 24 on, Lambda calls handlers without a callback and uses what a plain function returns. */
const promisesOnly = Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV)?.[1]) >= 24;

const write = process.stdout.write.bind(process.stdout);
const RealDate = Date;
/** Virtual instant at which the current invocation began, in milliseconds since the epoch; virtual waits advance it. */
let instant = Number(process.argv[2]);
/** Error, as JSON, that importing the module throws; undefined without such an effect. */
const importError = process.argv[3];
/** Real time, by `performance.now()`, that corresponds to `instant`. */
let instantReached = performance.now();
/** Request id of the running invocation; undefined while the module initialises, as in Lambda's own log lines. */
let requestId;
/** Called when the event loop is empty. */
let onIdle;

// --- time

const now = () => Math.floor(instant + performance.now() - instantReached);

globalThis.Date = new Proxy(RealDate, {
  construct: (date, parts, target) => Reflect.construct(date, parts.length === 0 ? [now()] : parts, target),
  apply: (date) => new date(now()).toString(),
  get: (date, key) => (key === 'now' ? now : Reflect.get(date, key)),
});
RealDate.prototype.constructor = globalThis.Date;

// --- output

function log(level, ...parts) {
  const line = `${new RealDate(instant).toISOString()}\t${requestId}\t${level}\t${util.format(...parts)}`;
  // Lambda's runtime writes a message as one log event, its lines separated by carriage returns.
  write(`${line.replaceAll('\n', '\r')}\n`);
}

for (const method of ['trace', 'debug', 'info', 'log', 'warn', 'error', 'fatal']) {
  const level = method === 'log' ? 'INFO' : method.toUpperCase();
  console[method] = (...parts) => log(level, ...parts);
}
process.stderr.write = write;
process.on('warning', ({ name, message }) => write(`(node:8) ${name}: ${message.replaceAll('\n', '\r')}\n`));

// --- errors

/** Replaces local paths by those on Lambda, so that output is the same in every run. */
function asOnLambda(text) {
  return text.replaceAll(taskRoot, '/var/task').replaceAll(__dirname, '/var/runtime');
}

function describe(error) {
  if (util.types.isNativeError(error) || (error?.name && error?.message && error?.stack)) {
    return {
      errorType: error.name,
      errorMessage: asOnLambda(error.message),
      trace: asOnLambda(error.stack).split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function logError(title, error) {
  const { errorType, errorMessage, trace } = describe(error);
  const own = error instanceof Error ? { ...error } : {};
  let text;
  try {
    text = JSON.stringify({ errorType, errorMessage, ...own, stack: trace });
  } catch {
    text = JSON.stringify({ errorType, errorMessage, trace });
  }
  log('ERROR', title, `\t${text}`);
}

// --- the Runtime API

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Exits when the Runtime API is gone. */
const exit = () => process.exit(1);

function call(method, resource, body, headers) {
  return new Promise((resolve) => {
    const [host, port] = api.split(':');
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const options = { host, port, agent, method, path: `/2018-06-01/runtime/${resource}` };
    const outgoing = request({ ...options, headers: { ...headers, 'content-length': length } }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }));
      response.on('error', exit);
    });
    outgoing.on('error', exit);
    outgoing.end(body);
  });
}

async function report(resource, error, exitCode) {
  const described = describe(error);
  const headers = { 'lambda-runtime-function-error-type': described.errorType };
  if (requestId !== undefined) write(`\x1e${requestId}\x1e`);
  await call('POST', resource, JSON.stringify(described), {
    ...headers,
    ...(exitCode !== undefined && { 'embedded-aws-exits': String(exitCode) }),
  });
  if (exitCode !== undefined) process.exit(exitCode);
}

// --- the handler

const neverSettled = () =>
  new RuntimeError(
    'NodeJsExit',
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that ' +
      'was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
  );

/** Calls the handler by the rules of its runtime; settles when Lambda would consider the invocation complete. */
function callHandler(handler, event, context) {
  return new Promise((resolve, reject) => {
    if (promisesOnly) {
      onIdle = () => reject(neverSettled());
      Promise.resolve(handler(event, context)).then(resolve, reject);
      return;
    }
    const fail = (error) => reject(error ?? 'handled');
    onIdle = handler.constructor.name === 'AsyncFunction' ? () => reject(neverSettled()) : () => resolve(null);
    const legacy = { callbackWaitsForEmptyEventLoop: true, succeed: resolve, fail };
    legacy.done = (error, result) => (error === undefined || error === null ? resolve(result) : reject(error));
    const callback = (error, result) => {
      if (error !== undefined && error !== null) reject(error);
      else if (legacy.callbackWaitsForEmptyEventLoop) onIdle = () => resolve(result);
      else resolve(result);
    };
    const returned = handler(event, Object.assign(legacy, context), callback);
    if (typeof returned?.then === 'function') returned.then(resolve, fail);
  });
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - now(),
  };
}

// --- effects

function errorOf({ name, message }) {
  const error = new Error(message);
  if (name === 'Error') return error;
  return Object.assign(error, { name, stack: error.stack.replace(/^Error/, name) });
}

/** Lets virtual time pass. Does not return when that exceeds the timeout: the process is killed before. */
async function wait(duration) {
  await call('POST', `invocation/${requestId}/wait`, String(duration));
  instant += duration;
}

function withoutContent(body) {
  try {
    return Array.isArray(JSON.parse(body)) ? '[]' : '{}';
  } catch {
    return '';
  }
}

/** Calls the handler under an effect. */
async function callUnderEffect(effect, handler, event, context) {
  if (effect.type === 'throws') throw errorOf(effect.error);
  if (effect.type === 'is-killed') {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  }
  if (effect.type === 'waits') await wait(effect.duration);
  const result = await callHandler(handler, event, context);
  const response = typeof result === 'object' && result !== null && 'statusCode' in result ? result : undefined;
  switch (effect.type) {
    case 'answers-500': {
      const headers = { 'content-type': 'application/json' };
      return { statusCode: 500, headers, body: JSON.stringify({ message: 'Internal Server Error' }) };
    }
    case 'loses-content':
      if (!response) return {};
      return { ...response, body: response.isBase64Encoded ? '' : withoutContent(response.body) };
    default:
      return result;
  }
}

async function serve(handler) {
  const next = await call('GET', 'invocation/next');
  requestId = next.headers['lambda-runtime-aws-request-id'];
  instant = Number(next.headers['embedded-aws-instant-ms']);
  instantReached = performance.now();
  let body;
  try {
    const effect = JSON.parse(next.headers['embedded-aws-effect'] ?? '{}');
    const result = await callUnderEffect(effect, handler, JSON.parse(next.body), contextOf(next.headers));
    try {
      body = JSON.stringify(result === undefined ? null : result) ?? 'null';
    } catch {
      throw new Error('Unable to stringify response body');
    }
  } catch (error) {
    onIdle = undefined;
    logError('Invoke Error', error);
    await report(`invocation/${requestId}/error`, error);
    return;
  }
  onIdle = undefined;
  write(`\x1e${requestId}\x1e`);
  await call('POST', `invocation/${requestId}/response`, body, { 'content-type': 'application/json' });
}

// --- the process

process.on('beforeExit', () => onIdle?.());
process.on('uncaughtException', (error) => {
  logError('Uncaught Exception', error);
  report(requestId === undefined ? 'init/error' : `invocation/${requestId}/error`, error, 129);
});
process.on('unhandledRejection', (reason) => {
  const error = new RuntimeError('UnhandledPromiseRejection', String(reason));
  logError('Unhandled Promise Rejection', Object.assign(error, { reason }));
  report(requestId === undefined ? 'init/error' : `invocation/${requestId}/error`, error, 128);
});

(async () => {
  let handler;
  try {
    if (importError) throw errorOf(JSON.parse(importError));
    handler = await loadHandler({ taskRoot, handlerName, promisesOnly });
  } catch (error) {
    logError('Uncaught Exception', error);
    await report('init/error', error, 129);
  }
  for (;;) await serve(handler);
})();
