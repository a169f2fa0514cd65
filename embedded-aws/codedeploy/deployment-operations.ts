import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Operations } from '../protocol/api';
import type { Input } from '../protocol/input';
import type { Scope } from '../scope';
import { type Revision, readAppSpec, revisionOf } from './app-spec';
import type { Deployment } from './deployment';
import { checkAlarms, checkAutoRollback } from './deployment-group';
import type { Deployments } from './deployments';
import { describeDeployment, describeRevision, describeTarget, targetId } from './descriptions';
import type { Registry } from './registry';
import { required } from './registry-operations';

interface DeploymentOperationsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly registry: Registry;
  readonly deployments: Deployments;
}

/** Number of deployments on a page of ListDeployments (API). */
const PAGE_SIZE = 100;

/** CodeDeploy's operations on deployments and their targets. */
export function deploymentOperations(props: DeploymentOperationsProps): Operations {
  const { scope, clock, registry, deployments } = props;
  return {
    CreateDeployment: {
      accepts: [
        'applicationName',
        'deploymentGroupName',
        'revision',
        'deploymentConfigName',
        'description',
        'autoRollbackConfiguration',
        'overrideAlarmConfiguration',
      ],
      run: (input) => {
        const revision = readRevision(input.revision);
        const deployment = deployments.create({
          group: registry.group(required(input, 'applicationName'), required(input, 'deploymentGroupName')),
          appSpec: readAppSpec(revision),
          revision,
          configName: input.deploymentConfigName,
          alarms: input.overrideAlarmConfiguration && checkAlarms(input.overrideAlarmConfiguration),
          autoRollback: input.autoRollbackConfiguration && checkAutoRollback(input.autoRollbackConfiguration),
          description: input.description,
        });
        void clock.spawn(() => deployments.run(deployment));
        return { deploymentId: deployment.id };
      },
    },
    GetDeployment: {
      accepts: ['deploymentId'],
      run: (input) => ({ deploymentInfo: describeDeployment(deployments.require(required(input, 'deploymentId'))) }),
    },
    BatchGetDeployments: {
      accepts: ['deploymentIds'],
      run: (input) => {
        const known = (input.deploymentIds ?? []).map((id: string) => deployments.require(id));
        return { deploymentsInfo: known.map(describeDeployment) };
      },
    },
    ListDeployments: {
      accepts: [
        'applicationName',
        'deploymentGroupName',
        'externalId',
        'includeOnlyStatuses',
        'createTimeRange',
        'nextToken',
      ],
      run: (input) => listDeployments(deployments, registry, input),
    },
    GetApplicationRevision: {
      accepts: ['applicationName', 'revision'],
      run: (input) => getRevision(deployments, registry, input),
    },
    StopDeployment: {
      accepts: ['deploymentId', 'autoRollbackEnabled'],
      run: (input) => {
        const deployment = deployments.require(required(input, 'deploymentId'));
        if (deployment.isComplete) {
          throw new AwsError(
            'DeploymentAlreadyCompletedException',
            `The deployment ${deployment.id} is already in terminal state, cannot stop the deployment`,
          );
        }
        deployment.stopRequest = { rollBack: input.autoRollbackEnabled };
        return { status: 'Pending' };
      },
    },
    PutLifecycleEventHookExecutionStatus: {
      accepts: ['deploymentId', 'lifecycleEventHookExecutionId', 'status'],
      run: (input) => {
        const { lifecycleEventHookExecutionId, status } = input;
        const deploymentId = required(input, 'deploymentId');
        deployments.reportHook({ deploymentId, lifecycleEventHookExecutionId, status });
        return { lifecycleEventHookExecutionId };
      },
    },
    ListDeploymentTargets: {
      accepts: ['deploymentId'],
      run: (input) => ({ targetIds: [targetId(deployments.require(required(input, 'deploymentId')))] }),
    },
    GetDeploymentTarget: {
      accepts: ['deploymentId', 'targetId'],
      run: (input) => {
        const deployment = deployments.require(required(input, 'deploymentId'));
        checkTarget(deployment, input.targetId);
        return { deploymentTarget: describeTarget(deployment, scope) };
      },
    },
    BatchGetDeploymentTargets: {
      accepts: ['deploymentId', 'targetIds'],
      run: (input) => {
        const deployment = deployments.require(required(input, 'deploymentId'));
        const targetIds: readonly string[] = input.targetIds ?? [];
        for (const id of targetIds) checkTarget(deployment, id);
        return { deploymentTargets: targetIds.map(() => describeTarget(deployment, scope)) };
      },
    },
  };
}

function readRevision(given: Input | undefined): Revision {
  if (!given) throw new AwsError('RevisionRequiredException', 'the deployment has no revision; send an AppSpec');
  const type = given.revisionType;
  const content = type === 'String' ? given.string?.content : given.appSpecContent?.content;
  if ((type !== 'String' && type !== 'AppSpecContent') || typeof content !== 'string') {
    throw new AwsError(
      'InvalidRevisionException',
      `the revision is of type ${type}; a Lambda deployment takes an AppSpec of type String or AppSpecContent`,
    );
  }
  return revisionOf(type, content);
}

function listDeployments(deployments: Deployments, registry: Registry, input: Input): object {
  const { applicationName, deploymentGroupName, externalId, includeOnlyStatuses = [], createTimeRange = {} } = input;
  if (deploymentGroupName) registry.group(required(input, 'applicationName'), deploymentGroupName);
  else if (applicationName) required(input, 'deploymentGroupName');
  const { start = -Infinity, end = Infinity } = createTimeRange;
  const found = deployments.list().filter(({ props, status }) => {
    const seconds = props.createTime / 1000;
    return (
      (!applicationName || props.group.applicationName === applicationName) &&
      (!deploymentGroupName || props.group.name === deploymentGroupName) &&
      (!externalId || props.externalId === externalId) &&
      (includeOnlyStatuses.length === 0 || includeOnlyStatuses.includes(status)) &&
      seconds >= (start ?? -Infinity) &&
      seconds <= (end ?? Infinity)
    );
  });
  const from = Number(input.nextToken ?? 0);
  if (!Number.isInteger(from))
    throw new AwsError('InvalidNextTokenException', `the token '${input.nextToken}' was not issued by ListDeployments`);
  const ids = found.reverse().map(({ id }) => id);
  const next = from + PAGE_SIZE;
  return { deployments: ids.slice(from, next), nextToken: next < ids.length ? String(next) : undefined };
}

function getRevision(deployments: Deployments, registry: Registry, input: Input): object {
  const { name } = registry.application(required(input, 'applicationName'));
  const requested = input.revision?.string ?? input.revision?.appSpecContent;
  const sha256 = requested?.sha256 ?? (requested?.content && revisionOf('String', requested.content).sha256);
  const users = deployments
    .list()
    .filter(({ props }) => props.group.applicationName === name && props.revision.sha256 === sha256);
  const [first] = users;
  if (!first) throw new AwsError('RevisionDoesNotExistException', `application ${name} has no revision ${sha256}`);
  return {
    applicationName: name,
    revision: describeRevision(first.props.revision, { withContent: true }),
    revisionInfo: {
      description: `Application revision registered by Deployment ID: ${first.id}`,
      deploymentGroups: [...new Set(users.map(({ props }) => props.group.name))],
      firstUsedTime: new Date(first.props.createTime),
      lastUsedTime: new Date(users.at(-1)!.props.createTime),
      registerTime: new Date(first.props.createTime),
    },
  };
}

function checkTarget(deployment: Deployment, id: unknown): void {
  if (id === targetId(deployment)) return;
  throw new AwsError('DeploymentTargetDoesNotExistException', `deployment ${deployment.id} has no target ${id}`);
}
