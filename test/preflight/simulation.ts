import { VirtualClock } from '../../embedded-aws/clock';
import type { AlarmTransition } from '../../embedded-aws/cloudwatch/alarm';
import { CloudWatch } from '../../embedded-aws/cloudwatch/cloudwatch';
import { Random } from '../../embedded-aws/random';
import type { ResourceContext } from '../../embedded-aws/resource-type';
import type { FailureKind, Scenario } from '../../preflight/power/scenario';
import type { Shift } from '../../preflight/shift';
import type { Template } from '../../preflight/template/template';

const scope = { accountId: '111122223333', region: 'eu-central-1' };
const MINUTE = 60_000;
/** Another function of the same API. */
const OTHER_FUNCTION = 'OtherLambdaFunction';
/** Minutes of traffic on the old version before the shifts, so that alarms have a history. */
const MINUTES_BEFORE = 8;

/** @returns The properties of a template's alarm, resolved for one of the copies of its function. */
function resolved(value: unknown, copy: number): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, copy));
  if (!value || typeof value !== 'object') return value;
  if ('Ref' in value) return `${value.Ref}-${copy}`;
  if ('Fn::Sub' in value) {
    const text = String(value['Fn::Sub']).replace(/\$\{(\w+)\.Version\}/, '2');
    return text.replace(/\$\{(\w+)\}/, `$1-${copy}`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, copy)]));
}

/**
 * Simulates releases with the embedded CloudWatch. There are as many copies of the function as runs, each with its own
 * alarm and its own shift. Their requests are drawn one by one and recorded as Lambda and API Gateway do, and the alarm
 * is read every ten seconds, as CodeDeploy does.
 *
 * @returns The share of releases that the alarm stops, 0 to 1.
 */
export async function simulate(
  template: Template,
  alarmId: string,
  shift: Shift,
  { requestsPerSecond, newFails, oldFails, otherRequestsPerSecond = 0 }: Scenario,
  { runs, seed, failure = 'throws' }: { readonly runs: number; readonly seed: number; readonly failure?: FailureKind },
): Promise<number> {
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  const random = new Random(seed);
  const cloudWatch = new CloudWatch({ scope, clock, random: random.stream('cloudwatch') });
  const alarmType = cloudWatch.resourceTypes.find(({ type }) => type === 'AWS::CloudWatch::Alarm')!;
  const start = clock.now();
  const draw = random.stream('requests');
  const copies = Array.from({ length: runs }, (_, copy) => ({
    copy,
    name: `alarm-${copy}`,
    begins: start + MINUTES_BEFORE * MINUTE + Math.floor(draw.next() * MINUTE),
    poll: Math.floor(draw.next() * 10_000),
  }));
  const alarm = template.Resources[alarmId]!.Properties;
  const used = JSON.stringify(alarm);
  const lists = [...used.matchAll(/"Dimensions":\[.*?\}\]/g)].map(([list]) => list);
  const sees = {
    api: lists.some((list) => list.includes('ApiId')),
    function: lists.some(
      (list) => list.includes('FunctionName') && !list.includes('Resource') && !list.includes(OTHER_FUNCTION),
    ),
    others: lists.some((list) => list.includes(OTHER_FUNCTION)),
    alias: lists.some((list) => list.includes('Resource') && !list.includes('ExecutedVersion')),
    version: lists.some((list) => list.includes('ExecutedVersion')),
    invocations: used.includes('Invocations'),
  };
  await clock.spawn(async () => {
    const create =
      ({ copy, name }: (typeof copies)[number]) =>
      () =>
        alarmType.create({ ...(resolved(alarm, copy) as object), AlarmName: name }, {} as ResourceContext);
    await clock.all(copies.map(create));
    const minutes = MINUTES_BEFORE + Math.ceil(shift.seconds / 60) + 1;
    for (let index = 0; index < minutes; index += 1) {
      const from = start + index * MINUTE;
      // A service publishes a minute once it is over, so its requests can be recorded just before that.
      await clock.sleepUntil(from + MINUTE - 1);
      for (const { copy, begins } of copies) {
        for (let at = from + wait(); at < from + MINUTE; at += wait()) {
          const isNew = draw.next() < weightAt(shift, (at - begins) / 1000);
          const failed = draw.next() < (isNew ? newFails : oldFails) ? 1 : 0;
          record(copy, isNew, failed, at);
        }
        for (let at = from + wait(otherRequestsPerSecond); at < from + MINUTE; at += wait(otherRequestsPerSecond)) {
          apiGateway(copy, 0, at);
          if (sees.others) lambda({ FunctionName: `${OTHER_FUNCTION}-${copy}` }, 0, at);
        }
      }
    }
    await clock.sleep(2 * MINUTE);
  });
  const histories = new Map<string, AlarmTransition[]>();
  for (const transition of cloudWatch.transitions()) {
    const { alarmName } = transition;
    histories.set(alarmName, [...(histories.get(alarmName) ?? []), transition]);
  }
  const stopped = copies.filter(({ name, begins, poll }) => {
    const states = histories.get(name) ?? [];
    const isInAlarm = (at: number) => states.findLast((transition) => transition.at <= at)?.to === 'ALARM';
    if (isInAlarm(begins)) return true;
    for (let at = begins + poll; at <= begins + shift.seconds * 1000; at += 10_000) if (isInAlarm(at)) return true;
    return false;
  });
  return stopped.length / runs;

  function wait(rate = requestsPerSecond): number {
    return rate === 0 ? Number.POSITIVE_INFINITY : (-Math.log(1 - draw.next()) / rate) * 1000;
  }

  /** Records only what the alarm watches, because this is most of the run time. */
  function record(copy: number, isNew: boolean, failed: number, at: number): void {
    apiGateway(copy, failed, at);
    const isError = failure === 'throws' ? failed : 0;
    const FunctionName = `HelloLambdaFunction-${copy}`;
    const Resource = `${FunctionName}:Live`;
    if (sees.function) lambda({ FunctionName }, isError, at);
    if (sees.alias) lambda({ FunctionName, Resource }, isError, at);
    if (sees.version && isNew) lambda({ FunctionName, Resource, ExecutedVersion: '2' }, isError, at);
  }

  function apiGateway(copy: number, failed: number, at: number): void {
    if (!sees.api) return;
    const dimensions = { ApiId: `HttpApi-${copy}` };
    cloudWatch.record({ namespace: 'AWS/ApiGateway', name: '5xx', dimensions, value: failed, at });
    if (used.includes('Count')) {
      cloudWatch.record({ namespace: 'AWS/ApiGateway', name: 'Count', dimensions, value: 1, at });
    }
  }

  function lambda(dimensions: Readonly<Record<string, string>>, failed: number, at: number): void {
    cloudWatch.record({ namespace: 'AWS/Lambda', name: 'Errors', dimensions, value: failed, at });
    if (!sees.invocations) return;
    cloudWatch.record({ namespace: 'AWS/Lambda', name: 'Invocations', dimensions, value: 1, at });
  }
}

function weightAt({ steps }: Shift, seconds: number): number {
  return steps.findLast(({ after }) => after <= seconds)?.weight ?? 0;
}

/** @returns Whether a share of runs agrees with a chance: within 3.3 standard deviations, so one miss in a thousand. */
export function agrees(share: number, chance: number, runs: number): boolean {
  const deviation = Math.sqrt((chance * (1 - chance)) / runs);
  return Math.abs(share - chance) <= 3.3 * deviation + 1 / runs;
}
