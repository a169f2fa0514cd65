import { join } from 'node:path';
import { VirtualClock } from '../../embedded-aws/clock';
import { CloudWatch } from '../../embedded-aws/cloudwatch/cloudwatch';
import { Random } from '../../embedded-aws/random';
import type { ResourceContext } from '../../embedded-aws/resource-type';
import { packageService, removeDirectories } from '../support/package-service';
import type { PackagedTemplate } from '../support/template';

/** Requests that one version answers in a minute. */
interface Answered {
  readonly requests?: number;
  /** How many of the requests fail. */
  readonly errors?: number;
  /**
   * Duration of each request in turn, repeated.
   *
   * @default - always 10
   */
  readonly milliseconds?: readonly number[];
}

/** Traffic of one minute. */
interface Minute {
  readonly baseline?: Answered;
  readonly released?: Answered;
  readonly throttled?: number;
  /** Answers 5xx of the API that are not Lambda errors. */
  readonly answered5xx?: number;
}

type Traffic = (minute: number) => Minute;

const minute = 60_000;
let template: PackagedTemplate;

beforeAll(async () => {
  const packaged = await packageService(join(__dirname, '../../service'), { args: ['--stage', 'prod'] });
  expect(packaged.exitCode).toBe(0);
  template = packaged.template;
});
afterAll(removeDirectories);

/** @returns An alarm of the packaged template as CloudFormation would make it. The version being released is 2. */
function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (!value || typeof value !== 'object') return value;
  if ('Ref' in value) return value.Ref;
  if ('Fn::Sub' in value) {
    return String(value['Fn::Sub'])
      .replace(/\$\{\w+\.Version\}/, '2')
      .replace(/\$\{(\w+)\}/, '$1');
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each)]));
}

/** @returns The minute of the traffic, from 0, at whose end the alarm first goes off; undefined if it does not. */
async function goesOff(alarmId: string, traffic: Traffic, minutes = 10): Promise<number | undefined> {
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  const scope = { accountId: '111122223333', region: 'eu-central-1' };
  const cloudWatch = new CloudWatch({ scope, clock, random: new Random(1).stream('cloudwatch') });
  const alarmType = cloudWatch.resourceTypes.find(({ type }) => type === 'AWS::CloudWatch::Alarm')!;
  const start = clock.now();
  await clock.spawn(async () => {
    await alarmType.create(resolved(template.Resources[alarmId]!.Properties) as object, {} as ResourceContext);
    for (let index = 0; index < minutes; index += 1) {
      const from = start + index * minute;
      await clock.sleepUntil(from + minute - 1);
      record(cloudWatch, traffic(index), from);
    }
    await clock.sleep(2 * minute);
  });
  const off = cloudWatch.transitions().find(({ to }) => to === 'ALARM');
  // Metrics of a minute are available 15 s after its end, and evaluated within a minute.
  return off && Math.floor((off.at - 15_000 - start) / minute) - 1;
}

/** Records what Lambda and API Gateway report of a minute. */
function record(cloudWatch: CloudWatch, { baseline, released, throttled = 0, answered5xx = 0 }: Minute, from: number) {
  const FunctionName = 'HelloLambdaFunction';
  const Resource = `${FunctionName}:Live`;
  const put = (namespace: string, name: string, dimensions: Record<string, string>, value: number, place: number) =>
    cloudWatch.record({ namespace, name, dimensions, value, at: from + Math.floor(place * minute) });
  let requests = 0;
  let errors = 0;
  for (const [version, answered] of [
    ['1', baseline],
    ['2', released],
  ] as const) {
    const { milliseconds = [10] } = answered ?? {};
    for (let index = 0; index < (answered?.requests ?? 0); index += 1) {
      const place = index / answered!.requests!;
      const failed = index < (answered!.errors ?? 0) ? 1 : 0;
      const dimensionSets: readonly Record<string, string>[] = [
        { FunctionName },
        { FunctionName, Resource },
        { FunctionName, Resource, ExecutedVersion: version },
      ];
      for (const dimensions of dimensionSets) {
        put('AWS/Lambda', 'Invocations', dimensions, 1, place);
        put('AWS/Lambda', 'Errors', dimensions, failed, place);
        put('AWS/Lambda', 'Duration', dimensions, milliseconds[index % milliseconds.length]!, place);
      }
      requests += 1;
      errors += failed;
    }
  }
  for (let index = 0; index < throttled; index += 1) {
    put('AWS/Lambda', 'Throttles', { FunctionName, Resource }, 1, index / throttled);
  }
  const received = Math.max(requests + throttled, answered5xx);
  for (let index = 0; index < received; index += 1) {
    put('AWS/ApiGateway', 'Count', { ApiId: 'HttpApi' }, 1, index / received);
    const failed = index < errors + answered5xx ? 1 : 0;
    put('AWS/ApiGateway', '5xx', { ApiId: 'HttpApi' }, failed, index / received);
  }
}

/** @returns Ten requests a second, a tenth of them for the new version. */
const tenth = (released: Answered = {}, baseline: Answered = {}): Minute => ({
  baseline: { requests: 540, ...baseline },
  released: { requests: 60, ...released },
});
/** @returns The same traffic near the end of a linear shift. */
const ninetyPercent = (released: Answered, baseline: Answered): Minute => ({
  baseline: { requests: 60, ...baseline },
  released: { requests: 540, ...released },
});
const nothing: Traffic = () => ({});

describe('the alarm on errors', () => {
  const alarm = 'HelloNewVersionErrorsAlarm';

  test('goes off in the first minute when the new version fails some of its requests and the baseline none', async () => {
    expect(await goesOff(alarm, () => tenth({ errors: 3 }))).toBe(0);
  });

  test('goes off once failures that are too few in a minute have added up', async () => {
    expect(await goesOff(alarm, (index) => tenth({ errors: index % 2 }))).toBe(3);
  });

  test('goes off when the new version fails much more often than the baseline does', async () => {
    expect(await goesOff(alarm, () => tenth({ errors: 12 }, { errors: 5 }))).toBe(0);
  });

  test('tolerates one failure in a hundred when no baseline is left, and goes off when there are more', async () => {
    const alone = (errors: number) => () => ({ released: { requests: 600, errors } });
    expect(await goesOff(alarm, alone(6))).toBeUndefined();
    expect(await goesOff(alarm, alone(18))).toBe(0);
    expect(await goesOff(alarm, () => ({ released: { requests: 3, errors: 3 } }))).toBe(0);
    expect(await goesOff(alarm, alone(0))).toBeUndefined();
  });

  test.each<[string, Traffic]>([
    ['one request fails', (index) => tenth({ errors: index === 3 ? 1 : 0 })],
    ['both versions fail alike, one in twenty', () => tenth({ errors: 3 }, { errors: 27 })],
    ['it has a bad minute by chance', (index) => tenth({ errors: index === 3 ? 6 : 3 }, { errors: 27 })],
    ['too little is left of the baseline to compare with', () => ninetyPercent({ errors: 20 }, { errors: 1 })],
    ['both versions fail altogether', () => tenth({ errors: 60 }, { errors: 540 })],
    [
      'both versions fail alike for two minutes, soon after the shift began',
      (index) => {
        if (index < 5) return { baseline: { requests: 600 } };
        return index < 6 ? tenth() : tenth({ errors: 60 }, { errors: 540 });
      },
    ],
    ['only the baseline fails', () => tenth({}, { errors: 100 })],
    ['the new version gets no request', () => ({ baseline: { requests: 540, errors: 27 } })],
    ['there is no traffic', nothing],
  ])('does not go off when %s', async (_, traffic) => {
    expect(await goesOff(alarm, traffic)).toBeUndefined();
  });
});

describe('the alarm on latency', () => {
  const alarm = 'HelloNewVersionLatencyAlarm';

  test('goes off in the second minute in which the new version takes three times as long', async () => {
    expect(await goesOff(alarm, () => tenth({ milliseconds: [60] }, { milliseconds: [20] }))).toBe(1);
  });

  test('goes off if the new version has twenty requests a minute, and not if it has fewer', async () => {
    const answered = (requests: number) => () => tenth({ requests, milliseconds: [60] }, { milliseconds: [20] });
    expect(await goesOff(alarm, answered(20))).toBe(1);
    expect(await goesOff(alarm, answered(19))).toBeUndefined();
  });

  test.each<[string, Traffic]>([
    ['both versions become slow alike', (index) => tenth(slowFrom(5, index), slowFrom(5, index))],
    [
      'both versions become slow alike soon after the shift began',
      (index) => (index < 4 ? { baseline: { requests: 600 } } : tenth(slowFrom(5, index), slowFrom(5, index))),
    ],
    [
      'one minute of three is slow',
      (index) => tenth({ milliseconds: [index % 3 === 0 ? 60 : 20] }, { milliseconds: [20] }),
    ],
    [
      'one request in ten takes a hundred times as long',
      () => tenth({ milliseconds: [2_000, ...fast(9)] }, { milliseconds: [20] }),
    ],
    ['half of its requests are slow, as they are in the baseline', () => tenth(mixed, mixed)],
    ['answers of two kinds have changed places', () => tenth(slow(11, 20), slow(9, 20))],
    ['a millisecond becomes four', () => tenth({ milliseconds: [4] }, { milliseconds: [1] })],
    ['it takes one and a half times as long', () => tenth({ milliseconds: [60] }, { milliseconds: [40] })],
    ['the new version has all the traffic', () => ({ released: { requests: 600, milliseconds: [500] } })],
    ['there is no traffic', nothing],
  ])('does not go off when %s', async (_, traffic) => {
    expect(await goesOff(alarm, traffic)).toBeUndefined();
  });

  const slow = (count: number, of: number) => ({
    milliseconds: Array.from({ length: of }, (_, index) => (index < count ? 900 : 20)),
  });
  const mixed = { milliseconds: [20, 900] };
  const fast = (count: number) => Array.from({ length: count }, () => 20);
  const slowFrom = (first: number, index: number) => ({ milliseconds: [index < first ? 20 : 400] });
});

describe('the alarm on server errors', () => {
  const alarm = 'HelloApiServerErrorsAlarm';

  test('goes off in the second minute in which one answer in a hundred is a 500 that the code returned', async () => {
    expect(await goesOff(alarm, () => ({ ...tenth(), answered5xx: 6 }))).toBe(1);
  });

  test('goes off when the API cannot call the function, which Lambda does not count', async () => {
    expect(await goesOff(alarm, () => ({ answered5xx: 20 }))).toBe(1);
  });

  test('counts answers of 500 in addition to Lambda errors', async () => {
    expect(await goesOff(alarm, () => ({ ...tenth({ errors: 5 }), answered5xx: 6 }))).toBe(1);
  });

  test.each<[string, Traffic]>([
    ['every 5xx is a Lambda error', () => tenth({ errors: 60 }, { errors: 540 })],
    ['one minute of three is bad', (index) => ({ ...tenth(), answered5xx: index % 3 === 0 ? 60 : 0 })],
    ['two answers a minute are 500, however few requests there are', () => ({ ...few, answered5xx: 2 })],
    ['they are fewer than one in two hundred', () => ({ ...tenth(), answered5xx: 2 })],
    ['they are three of twelve hundred', () => ({ ...tenth({}, { requests: 1_140 }), answered5xx: 3 })],
    ['there is no traffic', nothing],
  ])('does not go off when %s', async (_, traffic) => {
    expect(await goesOff(alarm, traffic)).toBeUndefined();
  });

  const few: Minute = { baseline: { requests: 10 }, released: { requests: 1 } };
});

describe('the alarm on throttles', () => {
  const alarm = 'HelloThrottlesAlarm';

  test('goes off in the second minute in which Lambda throttles one call in a hundred', async () => {
    expect(await goesOff(alarm, () => ({ ...tenth(), throttled: 7 }))).toBe(1);
  });

  test('goes off when Lambda throttles all calls', async () => {
    expect(await goesOff(alarm, () => ({ throttled: 10 }))).toBe(1);
  });

  test.each<[string, Traffic]>([
    ['one minute of three is bad', (index) => ({ ...tenth(), throttled: index % 3 === 0 ? 60 : 0 })],
    ['two calls a minute are throttled', () => ({ baseline: { requests: 10 }, throttled: 2 })],
    ['fewer than one in a hundred are', () => ({ ...tenth(), throttled: 5 })],
    ['calls fail, and none is throttled', () => tenth({ errors: 60 }, { errors: 540 })],
    ['there is no traffic', nothing],
  ])('does not go off when %s', async (_, traffic) => {
    expect(await goesOff(alarm, traffic)).toBeUndefined();
  });
});
