import type { Effect, Interference } from '../../embedded-aws/lambda/effect';
import { LambdaFixture } from './lambda-fixture';

let aws: LambdaFixture;
/** Decides the effects on the next invocations. */
let interference: Interference;

beforeAll(async () => {
  aws = new LambdaFixture({ interference: (subject) => interference(subject) });
  await aws.endpoint.listen();
});
afterAll(() => aws.close());

const ANSWERS = `exports.handler = async (event) => ({
  statusCode: 201, headers: { 'x-own': 'kept' }, body: JSON.stringify({ message: 'hello', at: Date.now() })
});`;

async function invokeWith(effect: Effect | undefined, name: string) {
  interference = () => effect;
  const logged = aws.logOf(name).length;
  const { payload, ...rest } = await aws.lambda.invoke(name, '{}');
  return { ...rest, payload: JSON.parse(payload), log: aws.logOf(name).slice(logged) };
}

test('a throw is a function error, logged by the runtime, and the environment stays warm', async () => {
  await aws.define('throws', ANSWERS);
  const error = { name: 'AccessDeniedException', message: 'not allowed' };
  const { payload, functionError, log } = await invokeWith({ type: 'throws', error }, 'throws');
  expect(functionError).toBe('Unhandled');
  expect(payload).toMatchObject({ errorType: 'AccessDeniedException', errorMessage: 'not allowed' });
  expect(payload.trace[0]).toBe('AccessDeniedException: not allowed');
  expect(log.join('\n')).toMatch(/ERROR\tInvoke Error.*AccessDeniedException/);
  expect(aws.sums('Errors')['FunctionName=throws']).toBe(1);
  const after = await invokeWith(undefined, 'throws');
  expect(after.payload.statusCode).toBe(201);
  expect(after.log.join('\n')).not.toContain('Init Duration');
});

test('a response of 500 is not a function error', async () => {
  await aws.define('answers', ANSWERS);
  const { payload, functionError } = await invokeWith({ type: 'answers-500' }, 'answers');
  expect(functionError).toBeUndefined();
  expect(payload).toMatchObject({ statusCode: 500, body: '{"message":"Internal Server Error"}' });
  expect(aws.sums('Errors')['FunctionName=answers']).toBe(0);
});

test.each([
  ['an object', ANSWERS, { statusCode: 201, headers: { 'x-own': 'kept' }, body: '{}' }],
  ['an array', "exports.handler = async () => ({ statusCode: 200, body: '[1]' });", { statusCode: 200, body: '[]' }],
  ['text', "exports.handler = async () => ({ statusCode: 200, body: 'hi' });", { statusCode: 200, body: '' }],
  ['a result that is not a response', 'exports.handler = async () => 7;', {}],
])('a response of %s loses its content', async (what, source, expected) => {
  const name = what.replaceAll(' ', '-');
  await aws.define(name, source);
  expect((await invokeWith({ type: 'loses-content' }, name)).payload).toEqual(expected);
});

test('a killed process is reported as Lambda reports it, and the next invocation is cold', async () => {
  await aws.define('killed', ANSWERS);
  const { payload, log } = await invokeWith({ type: 'is-killed' }, 'killed');
  expect(payload.errorType).toBe('Runtime.ExitError');
  expect(payload.errorMessage).toMatch(/Runtime exited with error: signal: killed$/);
  expect(log.at(-1)).toMatch(/Status: error\tError Type: Runtime.ExitError$/);
  expect((await invokeWith(undefined, 'killed')).log.at(-1)).toContain('Init Duration');
});

test('an import fails in every new environment, and its missing variable is back when the effect ends', async () => {
  const source = 'exports.handler = async () => Object.keys(process.env).filter((name) => /TABLE|QUEUE/.test(name));';
  await aws.define('imports', source, { Environment: { Variables: { TABLE: 't', QUEUE: 'q' } } });
  const error = { name: 'Error', message: 'environment variable TABLE is not set' };
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const { payload, log } = await invokeWith({ type: 'import-fails', error, without: 'TABLE' }, 'imports');
    expect(payload).toMatchObject({ errorType: 'Error', errorMessage: 'environment variable TABLE is not set' });
    expect(log.join('\n')).toMatch(/undefined\tERROR\tUncaught Exception.*TABLE is not set/);
    expect(log.at(-1)).toContain('Init Duration');
  }
  expect((await invokeWith(undefined, 'imports')).payload.sort()).toEqual(['QUEUE', 'TABLE']);
});

test('the time that a handler waits counts in its duration and its clock, and takes no real time', async () => {
  await aws.define('waits', ANSWERS, { Timeout: 20 });
  const began = performance.now();
  const { payload, duration, log } = await invokeWith({ type: 'waits', duration: 15_000 }, 'waits');
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(duration).toBeGreaterThan(15_000);
  expect(duration).toBeLessThan(15_500);
  expect(log.at(-1)).toMatch(/\tDuration: 150\d\d\.\d\d ms/);
  expect(JSON.parse(payload.body).at).toBeGreaterThanOrEqual(aws.clock.now() + 15_000);
  const [datum] = aws.metrics.filter(
    ({ name, dimensions }) => name === 'Duration' && dimensions.FunctionName === 'waits',
  );
  expect(datum!.value).toBeGreaterThan(15_000);
});

test('a handler that waits beyond its timeout times out at once, with the message of Lambda', async () => {
  await aws.define('late', ANSWERS, { Timeout: 20 });
  const began = performance.now();
  const { payload, duration, log } = await invokeWith({ type: 'waits', duration: 20_000 }, 'late');
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(payload.errorType).toBe('Sandbox.Timedout');
  expect(payload.errorMessage).toMatch(/Task timed out after 20.00 seconds$/);
  expect(duration).toBeGreaterThan(20_000);
  expect(log.join('\n')).toContain('Task timed out after 20.00 seconds');
  expect(log.at(-1)).toContain('Status: timeout');
});

test('the decision about an effect knows the function as it was invoked, and whether the environment is new', async () => {
  await aws.define('observed', ANSWERS);
  const version = await aws.publish('observed');
  await aws.create('AWS::Lambda::Alias', { FunctionName: 'observed', Name: 'Live', FunctionVersion: version });
  const subjects: unknown[] = [];
  interference = ({ target, version: chosen, cold, environment, payload }) => {
    subjects.push([target.ref.qualifier, target.alias?.name, chosen.version, cold, environment, payload]);
    return undefined;
  };
  await aws.lambda.invoke('observed:Live', '{"a":1}');
  await aws.lambda.invoke('observed', '{}', version);
  const stream = expect.stringMatching(/\[1\]\w{32}$/);
  expect(subjects).toEqual([
    ['Live', 'Live', '1', true, stream, '{"a":1}'],
    ['1', undefined, '1', false, stream, '{}'],
  ]);
});
