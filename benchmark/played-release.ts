import { VirtualClock } from '../embedded-aws/clock';
import { CloudWatch } from '../embedded-aws/cloudwatch/cloudwatch';
import { CodeDeploy } from '../embedded-aws/codedeploy/codedeploy';
import type { DeploymentView } from '../embedded-aws/codedeploy/deployment';
import { AwsError } from '../embedded-aws/errors';
import type { AliasControl } from '../embedded-aws/lambda/invocation';
import { Random } from '../embedded-aws/random';
import type { Properties, ResourceContext } from '../embedded-aws/resource-type';
import type { Harm } from './harm';
import { type HookRun, HookRunner } from './hook-runner';
import { Meters } from './meters';
import { Account } from './modelled-account';
import {
  type ModelledService,
  type ResolvedAlarm,
  type ResolvedConfiguration,
  scope,
  versions,
} from './modelled-service';
import type { Row } from './release-kinds';

const minute = 60_000;

/**
 * Virtual milliseconds of what stands around the shift: traffic on the old version before the update, so that the longest
 * window of an alarm has something to look at (and up to a minute more, by chance); the update's steps before the alias's
 * turn, and the function's step back, as long as the embedded stacks take over them.
 */
export const timeline = { before: 6 * minute, functionUpdate: 12_000, version: 2_000, functionRestore: 12_000 };

/** Virtual milliseconds for which exposure is counted, from the beginning of the deployment: longer than any of them takes. */
export const HORIZON = 20 * minute;

const APPLICATION = 'application';
const GROUP = 'group';

export interface ReleaseProps {
  readonly row: Row;
  readonly configuration: ResolvedConfiguration;
  readonly service: ModelledService;
  /** the same seed and row bring the same people at the same instants, whatever the configuration */
  readonly seed: number;
  /** whether requests are played up to the horizon, @default true; false ends with the deployment, and tells no harm */
  readonly untilHorizon?: boolean;
}

/** What stopped a release. */
export type Stopper =
  | { readonly type: 'alarms'; readonly names: readonly string[] }
  | { readonly type: 'hook'; readonly event: HookRun['event']; readonly checks: readonly string[] }
  /** CodeDeploy itself, by its error code */
  | { readonly type: 'deployment'; readonly code: string };

/** What became of a release. */
export interface PlayedRelease {
  readonly caught: boolean;
  /** @default it was not caught */
  readonly by?: Stopper;
  /** percent of traffic that the new version had been given when it was stopped, or at the end */
  readonly weight: number;
  /**
   * virtual seconds until the old version had all traffic again: from the first request that met the fault, else from the
   * beginning of the shift, else (nothing had been shifted) 0; undefined when it was not caught
   */
  readonly secondsToRollback?: number;
  /** virtual seconds that the deployment took */
  readonly seconds: number;
  readonly harm: Harm;
  readonly hooks: readonly HookRun[];
}

/**
 * Plays one release: a fresh account, CloudWatch and CodeDeploy of the embedded AWS, in virtual time and in this process.
 *
 * @throws AwsError, Unsupported for a configuration that AWS refuses or the model does not have
 */
export async function playRelease(props: ReleaseProps): Promise<PlayedRelease> {
  const { row, configuration, service, seed, untilHorizon = true } = props;
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  const random = new Random(seed, row.name);
  const cloudWatch = new CloudWatch({ scope, clock, random: random.stream('cloudwatch') });
  const meters = new Meters(configuration.alarms, service);
  const account = new Account({
    service,
    row,
    random: random.stream('account'),
    meters,
    metrics: cloudWatch,
    began: clock.now(),
  });
  const hooks = new HookRunner({ kind: configuration.hooks, service, account, meters, random: random.stream('hooks') });
  const lambda: AliasControl = {
    getAlias: () => account.alias,
    setAlias: (_function, _alias, state) => account.setAlias(state, clock.now()),
    invoke: (functionName, payload) => hooks.invoke(functionName, payload, clock.now()),
  };
  const codeDeploy = new CodeDeploy({ scope, clock, random: random.stream('codedeploy'), lambda, alarms: cloudWatch });
  hooks.reportsTo(codeDeploy.api);
  let over = false;

  return clock.spawn(async () => {
    void clock.spawn(() => publish(), { daemon: true });
    await create(codeDeploy, 'AWS::CodeDeploy::Application', {
      ApplicationName: APPLICATION,
      ComputePlatform: 'Lambda',
    });
    const alarms = (ofRelease: boolean) =>
      clock.all(
        configuration.alarms
          .filter((alarm) => alarm.ofRelease === ofRelease)
          .map((alarm) => () => create(cloudWatch, 'AWS::CloudWatch::Alarm', { ...alarm.properties })),
      );
    await alarms(false);
    await create(codeDeploy, 'AWS::CodeDeploy::DeploymentGroup', groupOf(configuration));
    await clock.sleepUntil(clock.now() + timeline.before + random.stream('begin').integer(0, minute - 1));
    account.deployBegins(clock.now());
    await clock.sleep(timeline.functionUpdate);
    account.functionChanges(clock.now());
    await clock.sleep(timeline.version);
    await alarms(true);
    const began = clock.now();
    const deployment = await shift();
    const ended = clock.now();
    over = true;
    account.functionRestored(ended + timeline.functionRestore);
    if (untilHorizon) account.advance(began + HORIZON);
    return resultOf(deployment, began, ended);
  });

  /** Puts metrics where alarms see them, at the end of each minute, while a deployment is under way. */
  async function publish(): Promise<void> {
    for (;;) {
      await clock.sleepUntil(Math.floor(clock.now() / minute + 1) * minute - 1);
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
      // How it ended stands in the deployment.
      if (!(error instanceof AwsError)) throw error;
    }
    return codeDeploy.deployments()[0]!;
  }

  function resultOf(deployment: DeploymentView, began: number, ended: number): PlayedRelease {
    const harm = account.harm();
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

function groupOf({ deploymentType, alarms }: ResolvedConfiguration): Properties {
  const attached = alarms.filter((alarm) => alarm.attached);
  return {
    ApplicationName: APPLICATION,
    DeploymentGroupName: GROUP,
    DeploymentConfigName: `CodeDeployDefault.Lambda${deploymentType}`,
    DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
    ServiceRoleArn: `arn:aws:iam::${scope.accountId}:role/codedeploy`,
    AlarmConfiguration: {
      Enabled: attached.length > 0,
      Alarms: attached.map(({ properties }) => ({ Name: properties.AlarmName })),
    },
    AutoRollbackConfiguration: {
      Enabled: true,
      Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
    },
  };
}

function create(service: CloudWatch | CodeDeploy, type: string, properties: Properties) {
  const context: ResourceContext = {
    scope,
    stackId: 'stack',
    stackName: 'stack',
    logicalId: type,
    updatePolicy: undefined,
    rollback: false,
    note: () => {},
  };
  return service.resourceTypes.find((each) => each.type === type)!.create(properties, context);
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
