import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AccountPrincipal,
  type IPrincipal,
  ManagedPolicy,
  PolicyDocument,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { ExtraPermission } from '../config/extra-permission';
import { boardPermissions } from '../permissions/board-permissions';
import { cloudFormationPermissions } from '../permissions/cloudformation-permissions';
import { deployActionPermissions } from '../permissions/deploy-permissions';
import { permissionsBoundary } from '../permissions/permissions-boundary';
import { watchPermissions } from '../permissions/watch-permissions';
import { allowAlarmsToPublish } from './alarm-topic';
import { LedgerTable } from './ledger-table';
import type { PipelineEnvironment } from './pipeline-environment';
import { ReleaseDashboard } from './release-dashboard';
import { ShiftEvents } from './shift-events';
import { UndeliveredShifts } from './undelivered-shifts';

/**
 * The resources of the pipeline that an environment uses. It cannot refer to the pipeline's stack, so it gets their
 * ARNs.
 */
interface ReleasingPipeline {
  readonly name: string;
  readonly account: string;
  /** ARN of the role that the environment's Deploy action runs as. */
  readonly deployAction: string;
  /** ARNs of the roles of the functions that read how the environment's releases end, and record it. */
  readonly watchers: readonly string[];
  /** ARN of the role of the function that draws the dashboard. */
  readonly boardReader: string;
  /** ARN of the event bus that receives CodeDeploy's events. */
  readonly bus: string;
  /** ARN of the function that draws the alarms on the dashboard. */
  readonly alarmBoard: string;
}

export interface ReleaseStackProps extends StackProps {
  readonly environment: PipelineEnvironment;
  readonly pipeline: ReleasingPipeline;
  /** Permissions for what the service's stack creates in addition to functions, an HTTP API, alarms and canaries. */
  readonly deployPermissions: readonly ExtraPermission[];
  /** Permissions that the roles of the service's stack may have in addition to the usual. */
  readonly functionPermissions: readonly ExtraPermission[];
}

/**
 * What an environment needs in addition to the service: the roles for releasing and for reading releases, the ledger,
 * the dashboard, the topic of its alarms, and the rule that forwards CodeDeploy's events.
 */
export class ReleaseStack extends Stack {
  constructor(scope: Construct, id: string, releaseProps: ReleaseStackProps) {
    const { environment, pipeline, deployPermissions, functionPermissions, ...props } = releaseProps;
    super(scope, id, { ...props, description: 'Resources for the releases to one environment' });
    const { names, location } = environment;

    const boundary = new ManagedPolicy(this, 'Boundary', {
      managedPolicyName: names.permissionsBoundary,
      path: names.rolePath,
      // Also protects this stack from other pipelines: a description cannot be changed without replacing the policy, and
      // CloudFormation refuses to replace what has a fixed name. So the deployment of a second pipeline fails here.
      description: `Limits the roles of the service that the pipeline ${pipeline.name} releases as ${names.serviceStack}`,
      document: permissionsBoundary(location, names, functionPermissions),
    });

    const deployRole = new Role(this, 'DeployRole', {
      roleName: names.deployRole,
      path: names.rolePath,
      description: `Role that the pipeline's Deploy action assumes to release ${names.serviceStack}`,
      assumedBy: rolesOf(pipeline.account, [pipeline.deployAction]),
      inlinePolicies: { Deploy: new PolicyDocument({ statements: deployActionPermissions(location, names) }) },
    });

    const cloudFormationRole = new Role(this, 'CloudFormationRole', {
      roleName: names.cloudFormationRole,
      path: names.rolePath,
      description: `Role that CloudFormation uses for the stack ${names.serviceStack}`,
      assumedBy: new ServicePrincipal('cloudformation.amazonaws.com'),
      inlinePolicies: {
        Service: new PolicyDocument({
          statements: cloudFormationPermissions(location, names, deployPermissions),
        }),
      },
    });

    const watchRole = new Role(this, 'WatchRole', {
      roleName: names.watchRole,
      path: names.rolePath,
      description: `Role that the pipeline's functions assume to follow the releases of ${names.serviceStack}`,
      assumedBy: rolesOf(pipeline.account, pipeline.watchers),
      inlinePolicies: { Watch: new PolicyDocument({ statements: watchPermissions(location, names) }) },
    });

    const boardRole = new Role(this, 'BoardRole', {
      roleName: names.boardRole,
      path: names.rolePath,
      description: `Role that the pipeline's function assumes to draw the dashboard of ${names.serviceStack}`,
      assumedBy: rolesOf(pipeline.account, [pipeline.boardReader]),
      inlinePolicies: { Board: new PolicyDocument({ statements: boardPermissions(location, names) }) },
    });

    // The boundary comes first, so that nothing has changed when it refuses a second pipeline.
    for (const role of [deployRole, cloudFormationRole, watchRole, boardRole]) role.node.addDependency(boundary);

    new LedgerTable(this, 'Ledger', names.serviceStack);
    new ReleaseDashboard(this, 'Dashboard', { environment, alarmBoard: pipeline.alarmBoard });

    const alarms = new Topic(this, 'Alarms', { topicName: names.alarmTopic, enforceSSL: true });
    allowAlarmsToPublish(alarms, location, `${names.serviceStack}-*`);
    const undelivered = new UndeliveredShifts(this, 'UndeliveredShifts', { name: names.undelivered, alarms });
    new ShiftEvents(this, 'ShiftEvents', { environment, bus: pipeline.bus, undelivered });
    new CfnOutput(this, 'AlarmTopicArn', {
      value: alarms.topicArn,
      description: 'Subscribe to this topic to be notified of alarms during and after a release',
    });
  }
}

/**
 * A principal that matches roles by ARN in a condition. As principals themselves, roles that are deleted and created
 * again would no longer match, because IAM stores their unique ids.
 */
function rolesOf(account: string, roleArns: readonly string[]): IPrincipal {
  return new AccountPrincipal(account).withConditions({ ArnEquals: { 'aws:PrincipalArn': [...roleArns] } });
}
