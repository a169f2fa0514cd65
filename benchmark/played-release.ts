import { VirtualClock } from '../embedded-aws/clock';
import { CloudWatch } from '../embedded-aws/cloudwatch/cloudwatch';
import { PROVISIONING as ALARM_PROVISIONING } from '../embedded-aws/cloudwatch/resource-types';
import { CodeDeploy } from '../embedded-aws/codedeploy/codedeploy';
import type { DeploymentView } from '../embedded-aws/codedeploy/deployment';
import { checkAlarms, type DeploymentGroup, ROLLBACK_EVENTS } from '../embedded-aws/codedeploy/deployment-group';
import { PROVISIONING as CODE_DEPLOY_PROVISIONING } from '../embedded-aws/codedeploy/resource-types';
import { AwsError } from '../embedded-aws/errors';
import type { AliasControl } from '../embedded-aws/lambda/invocation';
import { TIME as FUNCTION_TIME } from '../embedded-aws/lambda/resources/function';
import { TIME as VERSION_TIME } from '../embedded-aws/lambda/resources/version';
import { Random } from '../embedded-aws/random';
import type { Harm } from './harm';
import { type HookRun, HookRunner } from './hook-runner';
import { Meters } from './meters';
import { ModelledAccount } from './modelled-account';
import {
  type ModelledService,
  type ResolvedAlarm,
  type ResolvedConfiguration,
  scope,
  versions,
} from './modelled-service';
import type { ReleaseKind } from './release-kinds';

const MINUTE = 60_000;

/**
 * Virtual milliseconds of traffic on the old version before the update, so that the longest window of an alarm has data. Up
 * to a minute more is added by chance.
 */
const BEFORE = 6 * MINUTE;

/** Virtual milliseconds over which harm is counted, from the beginning of the deployment: longer than any deployment. */
export const HORIZON = 20 * MINUTE;

const APPLICATION = 'application';
const GROUP = 'group';

interface PlayedReleaseProps {
  readonly kind: ReleaseKind;
  readonly configuration: ResolvedConfiguration;
  readonly service: ModelledService;
  /** The same seed and kind bring the same requests at the same instants, whatever the configuration. */
  readonly seed: number;
  /**
   * Whether requests are played up to the horizon. Without, the release ends with its deployment, and its harm is not
   * complete.
   *
   * @default true
   */
  readonly untilHorizon?: boolean;
}

/** What stopped a release. */
export type Stopper =
  | { readonly type: 'alarms'; readonly names: readonly string[] }
  | { readonly type: 'hook'; readonly event: HookRun['event']; readonly checks: readonly string[] }
  /** CodeDeploy itself, with its error code. */
  | { readonly type: 'deployment'; readonly code: string };

/** One release and its end. */
export interface PlayedRelease {
  /** Whether CodeDeploy stopped it and rolled it back. */
  readonly caught: boolean;
  /** @default - it was not caught */
  readonly by?: Stopper;
  /** Percent of traffic that the new version had been given when it was stopped, or at the end. */
  readonly weight: number;
  /**
   * Virtual seconds until the old version served all traffic again: from the first request that the fault affected, else
   * from the beginning of the shift; 0 when nothing had been shifted.
   *
   * @default - it was not caught
   */
  readonly secondsToRollback?: number;
  /** Virtual seconds that the deployment took. */
  readonly seconds: number;
  readonly harm: Harm;
  readonly hooks: readonly HookRun[];
}

/**
 * Plays one release with a new account and the embedded CloudWatch and CodeDeploy, in virtual time and in this process.
 *
 * @throws AwsError when AWS would refuse the configuration; Unsupported when it uses what is not modelled.
 */
export async function playRelease(props: PlayedReleaseProps): Promise<PlayedRelease> {
  const { kind, configuration, service, seed, untilHorizon = true } = props;
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  const random = new Random(seed, kind.name);
  const cloudWatch = new CloudWatch({ scope, clock, random: random.stream('cloudwatch') });
  const meters = new Meters(configuration.alarms, service);
  const account = new ModelledAccount({
    service,
    kind,
    random: random.stream('account'),
    meters,
    metrics: cloudWatch,
    began: clock.now(),
  });
  const hooks = new HookRunner({
    kind: configuration.hooks,
    service,
    account,
    meters,
    random: random.stream('hooks'),
    report: (report) => codeDeploy.reportHook(report),
  });
  const lambda: AliasControl = {
    getAlias: () => account.alias,
    setAlias: (_function, _alias, state) => account.setAlias(state, clock.now()),
    invoke: (functionName, payload) => hooks.invoke(functionName, payload, clock.now()),
  };
  const codeDeploy = new CodeDeploy({
    scope,
    clock,
    random: random.stream('codedeploy'),
    lambda,
    alarms: cloudWatch,
    // The account has no roles: the comparison is about traffic, alarms and hooks.
    checkRole: () => undefined,
  });
  let over = false;

  return clock.spawn(async () => {
    void clock.spawn(() => publish(), { daemon: true });
    await clock.sleep(CODE_DEPLOY_PROVISIONING);
    codeDeploy.createApplication(APPLICATION);
    await putAlarms(({ ofRelease }) => !ofRelease);
    await clock.sleep(CODE_DEPLOY_PROVISIONING);
    codeDeploy.createDeploymentGroup(groupOf(configuration));
    await clock.sleep(BEFORE + random.stream('begin').integer(0, MINUTE - 1));
    account.beginDeploy(clock.now());
    await clock.sleep(FUNCTION_TIME.update);
    account.changeFunction(clock.now());
    await clock.sleep(VERSION_TIME.create);
    await putAlarms(({ ofRelease }) => ofRelease);
    const began = clock.now();
    const deployment = await shift();
    const ended = clock.now();
    over = true;
    account.restoreFunction(ended + FUNCTION_TIME.update);
    if (untilHorizon) account.advance(began + HORIZON);
    return resultOf(deployment, began, ended);
  });

  /** Creates alarms as a stack does: all at once, if there are any. */
  async function putAlarms(isMeant: (alarm: ResolvedAlarm) => boolean): Promise<void> {
    const alarms = configuration.alarms.filter(isMeant);
    if (alarms.length > 0) await clock.sleep(ALARM_PROVISIONING);
    for (const { properties } of alarms) cloudWatch.putMetricAlarm({ ...properties });
  }

  /** Publishes metrics at the end of each minute, while the deployment is under way. */
  async function publish(): Promise<void> {
    for (;;) {
      await clock.sleepUntil(Math.floor(clock.now() / MINUTE + 1) * MINUTE - 1);
      if (over) return;
      account.publish(clock.now());
      await clock.sleep(1);
    }
  }

  async function shift(): Promise<DeploymentView> {
    try {
      await codeDeploy.shiftAlias(
        {
          applicationName: APPLICATION,
          deploymentGroupName: GROUP,
          functionName: service.functionName,
          alias: service.alias,
          currentVersion: versions.old,
          targetVersion: versions.new,
          ...(configuration.hooks !== 'none' && {
            beforeAllowTrafficHook: service.preTrafficHook,
            afterAllowTrafficHook: service.postTrafficHook,
          }),
          stackId: 'stack',
        },
        () => {},
      );
    } catch (error) {
      // A deployment that fails says so in its view.
      if (!(error instanceof AwsError)) throw error;
    }
    return codeDeploy.deployments()[0]!;
  }

  function resultOf(deployment: DeploymentView, began: number, ended: number): PlayedRelease {
    const { harm } = account;
    const caught = deployment.status !== 'Succeeded';
    const weights = deployment.weights.filter(({ weight }) => weight > 0);
    const weight = Math.round(Math.max(0, ...weights.map((each) => each.weight)) * 100);
    const seconds = (ended - began) / 1000;
    if (!caught) return { caught, weight, seconds, harm, hooks: hooks.runs };
    const back = codeDeploy.deployments()[1]?.weights.at(-1)?.at ?? ended;
    const first = harm.firstAt !== undefined && harm.firstAt <= back ? harm.firstAt : weights[0]?.at;
    return {
      caught,
      by: stopperOf(deployment, configuration.alarms, hooks.runs),
      weight,
      secondsToRollback: first === undefined ? 0 : (back - first) / 1000,
      seconds,
      harm,
      hooks: hooks.runs,
    };
  }
}

function groupOf({ deploymentType, alarms }: ResolvedConfiguration): Omit<DeploymentGroup, 'id'> {
  const attached = alarms.filter((alarm) => alarm.attached);
  return {
    applicationName: APPLICATION,
    name: GROUP,
    serviceRoleArn: `arn:aws:iam::${scope.accountId}:role/codedeploy`,
    configName: `CodeDeployDefault.Lambda${deploymentType}`,
    alarms: checkAlarms({
      enabled: attached.length > 0,
      alarms: attached.map(({ properties }) => ({ name: properties.AlarmName })),
    }),
    autoRollback: { enabled: true, events: ROLLBACK_EVENTS },
    tags: {},
  };
}

function stopperOf(
  { error, lifecycle }: DeploymentView,
  alarms: readonly ResolvedAlarm[],
  runs: readonly HookRun[],
): Stopper {
  if (error?.code === 'ALARM_ACTIVE') {
    const red = alarms.filter(({ properties }) => error.message.includes(`<${properties.AlarmName}>`));
    return { type: 'alarms', names: red.map(({ name }) => name) };
  }
  const event = lifecycle.find(({ status }) => status === 'Failed')?.name;
  const run = runs.find((each) => each.event === event);
  if (error?.code === 'HOOK_EXECUTION_FAILURE' && run) {
    return { type: 'hook', event: run.event, checks: run.failures.map(({ check }) => check) };
  }
  return { type: 'deployment', code: error?.code ?? 'unknown' };
}
