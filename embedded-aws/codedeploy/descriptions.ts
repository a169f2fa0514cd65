import { arn, type Scope } from '../scope';
import type { Revision } from './app-spec';
import type { Deployment } from './deployment';
import type { AlarmConfiguration, Application, AutoRollback, DeploymentGroup } from './deployment-group';
import type { DeploymentConfig } from './registry';

export function describeApplication({ id, name, createTime }: Application): object {
  return {
    applicationId: id,
    applicationName: name,
    createTime: new Date(createTime),
    linkedToGitHub: false,
    computePlatform: 'Lambda',
  };
}

const DEPLOYMENT_STYLE = { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' };

/** @param deployments Deployments of the group, in the order of creation. */
export function describeGroup(group: DeploymentGroup, deployments: readonly Deployment[]): object {
  const last = (deployment: Deployment | undefined) =>
    deployment && {
      deploymentId: deployment.id,
      status: deployment.status,
      createTime: new Date(deployment.props.createTime),
      endTime: instant(deployment.completeTime),
    };
  return {
    applicationName: group.applicationName,
    deploymentGroupId: group.id,
    deploymentGroupName: group.name,
    deploymentConfigName: group.configName,
    serviceRoleArn: group.serviceRoleArn,
    alarmConfiguration: describeAlarms(group.alarms),
    autoRollbackConfiguration: describeAutoRollback(group.autoRollback),
    deploymentStyle: DEPLOYMENT_STYLE,
    computePlatform: 'Lambda',
    lastSuccessfulDeployment: last(deployments.findLast(({ status }) => status === 'Succeeded')),
    lastAttemptedDeployment: last(deployments.at(-1)),
  };
}

export function describeConfig({ id, name, createTime, routing }: DeploymentConfig): object {
  return {
    deploymentConfigId: id,
    deploymentConfigName: name,
    createTime: new Date(createTime),
    computePlatform: 'Lambda',
    trafficRoutingConfig: {
      type: routing.type,
      timeBasedCanary:
        routing.type === 'TimeBasedCanary'
          ? { canaryPercentage: routing.percentage, canaryInterval: routing.interval }
          : undefined,
      timeBasedLinear:
        routing.type === 'TimeBasedLinear'
          ? { linearPercentage: routing.percentage, linearInterval: routing.interval }
          : undefined,
    },
  };
}

/**
 * Describes a revision. GetDeployment returns it without its content (API: "the content property … is always null. Use
 * GetApplicationRevision and the sha256 property").
 */
export function describeRevision({ type, content, sha256 }: Revision, { withContent = false } = {}): object {
  const body = { content: withContent ? content : undefined, sha256 };
  return type === 'String' ? { revisionType: type, string: body } : { revisionType: type, appSpecContent: body };
}

export function describeDeployment(deployment: Deployment): object {
  const { props, status, error } = deployment;
  return {
    applicationName: props.group.applicationName,
    deploymentGroupName: props.group.name,
    deploymentConfigName: props.config.name,
    deploymentId: deployment.id,
    revision: describeRevision(props.revision),
    status,
    errorInformation: error,
    createTime: new Date(props.createTime),
    startTime: instant(deployment.startTime),
    completeTime: instant(deployment.completeTime),
    deploymentOverview: overview(deployment),
    description: props.description,
    creator: props.creator,
    ignoreApplicationStopFailures: false,
    autoRollbackConfiguration: describeAutoRollback(props.autoRollback),
    updateOutdatedInstancesOnly: false,
    rollbackInfo: rollbackInfo(deployment),
    deploymentStyle: DEPLOYMENT_STYLE,
    instanceTerminationWaitTimeStarted: false,
    fileExistsBehavior: 'DISALLOW',
    deploymentStatusMessages: [],
    computePlatform: 'Lambda',
    externalId: props.externalId,
    overrideAlarmConfiguration: props.alarms === props.group.alarms ? undefined : describeAlarms(props.alarms),
  };
}

/** @returns The only target of a Lambda deployment, the alias of its function. */
export function describeTarget(deployment: Deployment, scope: Scope): object {
  const { functionName, alias, currentVersion, targetVersion } = deployment.props.appSpec;
  return {
    deploymentTargetType: 'LambdaTarget',
    lambdaTarget: {
      deploymentId: deployment.id,
      targetId: targetId(deployment),
      targetArn: arn('lambda', scope, `function:${functionName}:${alias}`),
      status: targetStatus(deployment),
      lastUpdatedAt: new Date(lastUpdate(deployment)),
      lifecycleEvents: deployment.lifecycle.map((event) => ({
        lifecycleEventName: event.name,
        startTime: instant(event.startTime),
        endTime: instant(event.endTime),
        status: event.status,
        diagnostics: diagnostics(deployment, event),
      })),
      lambdaFunctionInfo: {
        functionName,
        functionAlias: alias,
        currentVersion,
        targetVersion,
        targetVersionWeight: deployment.weights.at(-1)?.weight ?? 0,
      },
    },
  };
}

/** Id of the target; its form is inferred from ECS, whose targets are `cluster:service`. */
export function targetId({ props: { appSpec } }: Deployment): string {
  return `${appSpec.functionName}:${appSpec.alias}`;
}

export function describeAlarms({ enabled, names, ignorePollAlarmFailure }: AlarmConfiguration): object {
  return { enabled, ignorePollAlarmFailure, alarms: names.map((name) => ({ name })) };
}

function describeAutoRollback({ enabled, events }: AutoRollback): object {
  return { enabled, events };
}

/** Both messages are those of published logs. */
function rollbackInfo({ id, rollback, props: { rollbackOf } }: Deployment): object | undefined {
  if (rollback) {
    const rollbackMessage = `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rollback.id}.`;
    return { rollbackDeploymentId: rollback.id, rollbackMessage };
  }
  if (rollbackOf) {
    const rollbackMessage = `Deployment ${id} is triggered to roll back deployment ${rollbackOf.id}.`;
    return { rollbackTriggeringDeploymentId: rollbackOf.id, rollbackMessage };
  }
  return undefined;
}

function targetStatus({ status }: Deployment): string {
  if (status === 'Created') return 'Pending';
  return status === 'Stopped' ? 'Failed' : status;
}

function overview(deployment: Deployment): object {
  const counts = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0 };
  return { ...counts, [targetStatus(deployment)]: 1 };
}

function diagnostics(deployment: Deployment, event: Deployment['lifecycle'][number]): object | undefined {
  const hook = deployment.hookExecutions.find((execution) => execution.event === event.name);
  if (event.status === 'Failed') {
    return {
      errorCode: hook ? 'ScriptFailed' : 'UnknownError',
      scriptName: hook?.functionName,
      message: event.message,
    };
  }
  return hook && event.status === 'Succeeded'
    ? { errorCode: 'Success', scriptName: hook.functionName, message: 'Succeeded' }
    : undefined;
}

function lastUpdate({ props, completeTime, lifecycle }: Deployment): number {
  const instants = lifecycle.flatMap((event) => [event.startTime ?? 0, event.endTime ?? 0]);
  return Math.max(props.createTime, completeTime ?? 0, ...instants);
}

function instant(at: number | undefined): Date | undefined {
  return at === undefined ? undefined : new Date(at);
}
