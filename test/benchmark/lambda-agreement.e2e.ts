import { COLLECTED, Meters } from '../../benchmark/meters';
import { serverError, withoutContent } from '../../benchmark/modelled-checks';
import type { ModelledEnvironment } from '../../benchmark/modelled-function';
import { type ModelledInvocation, modelInvocation } from '../../benchmark/modelled-invocation';
import type { MetricDatum } from '../../embedded-aws/cloudwatch/metric';
import type { Effect } from '../../embedded-aws/lambda/effect';
import { EnvironmentPool } from '../../embedded-aws/lambda/environment-pool';
import type { Invocation } from '../../embedded-aws/lambda/invocation';
import { LambdaFixture } from '../embedded-aws/lambda-fixture';
import { service as modelled } from './small-comparison';

const service = { ...modelled, timeout: 20_000 };
const error = { name: 'Error', message: 'a fault' };
const effects: readonly (Effect | undefined)[] = [
  undefined,
  { type: 'throws', error },
  { type: 'answers-500' },
  { type: 'loses-content' },
  { type: 'is-killed' },
  undefined,
  { type: 'waits', duration: 4_000 },
  { type: 'waits', duration: 20_000 },
  { type: 'import-fails', error },
  { type: 'import-fails', error },
  undefined,
];

test('the model agrees with the embedded Lambda about each effect: answers, errors, durations and cold starts', async () => {
  const answer = { statusCode: 200, body: '{"message":"hello"}' };
  const invocations: Invocation[] = [];
  const drawn: { cold: boolean; duration: number }[] = [];
  let next = 0;
  const aws = new LambdaFixture({
    interference: ({ cold, duration }) => {
      drawn.push({ cold, duration });
      return effects[next];
    },
  });
  await aws.endpoint.listen();
  try {
    const source = `exports.handler = async () => (${JSON.stringify(answer)});`;
    await aws.define('shop-hello', source, { Timeout: service.timeout / 1000 });
    await aws.publish('shop-hello');
    await aws.create('AWS::Lambda::Alias', { FunctionName: 'shop-hello', Name: 'Live', FunctionVersion: '1' });
    for (next = 0; next < effects.length; next += 1) invocations.push(await aws.lambda.invoke('shop-hello:Live', '{}'));
  } finally {
    await aws.close();
  }

  const names = ['Errors', 'Invocations', 'Duration'];
  const dimensions = { FunctionName: 'shop-hello', Resource: 'shop-hello:Live', ExecutedVersion: '1' };
  const alarms = names.map((name) => ({
    name,
    attached: true,
    ofRelease: false,
    properties: alarmOn(name, dimensions),
  }));
  const meters = new Meters(alarms, service);
  const pool = new EnvironmentPool<ModelledEnvironment>();
  const modelled = effects.map((effect, index) => {
    const environment = pool.take(0, () => ({ served: 0, busy: false, alive: true, lastUsed: 0 }))!;
    const cold = environment.served === 0;
    environment.served += 1;
    const invocation = modelInvocation(effect, { handler: drawn[index]!.duration, init: 0 }, service.timeout);
    meters.throughAlias('1', invocation);
    if (invocation.ends) environment.alive = false;
    pool.release(environment, 0);
    return { ...invocation, cold };
  });
  const data: MetricDatum[] = [];
  meters.flush({ record: (datum) => data.push(datum) }, COLLECTED);

  expect(modelled.map(({ cold }) => cold)).toEqual(drawn.map(({ cold }) => cold));
  expect(modelled.map((each) => answerOf(each, answer))).toEqual(invocations.map(embeddedAnswer));
  const values = (from: readonly MetricDatum[], name: string) =>
    from
      .filter(
        (datum) =>
          datum.name === name && JSON.stringify(datum.dimensions) === JSON.stringify(ordered(datum, dimensions)),
      )
      .map(({ value }) => value)
      .sort((a, b) => a - b);
  for (const name of names) {
    expect(values(aws.metrics, name)).toHaveLength(effects.length);
    expect({ [name]: values(data, name) }).toEqual({ [name]: values(aws.metrics, name) });
  }
});

/** The dimensions in the order in which a datum has them, so that two of the same set are the same text. */
function ordered({ dimensions: own }: MetricDatum, dimensions: Readonly<Record<string, string>>) {
  const keys = new Set([...Object.keys(own), ...Object.keys(dimensions)]);
  return Object.fromEntries([...keys].map((key) => [key, dimensions[key]]));
}

function alarmOn(MetricName: string, dimensions: Readonly<Record<string, string>>) {
  return {
    AlarmName: MetricName,
    Namespace: 'AWS/Lambda',
    MetricName,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  };
}

/** The answer of the modelled API to an invocation whose handler answers so. */
function answerOf({ failed, status, emptied }: ModelledInvocation, answer: { statusCode: number; body: string }) {
  const content = { status: answer.statusCode, body: answer.body };
  if (failed || status >= 500) return failed ? 'failed' : serverError;
  return emptied ? withoutContent(content) : content;
}

function embeddedAnswer({ functionError, payload }: Invocation) {
  if (functionError) return 'failed';
  const { statusCode: status, body } = JSON.parse(payload);
  return { status, body };
}
