import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { AccountPrincipal, type IPrincipal, PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { ExtraPermission } from '../config/pipeline-config';
import { cloudFormationPermissions } from '../permissions/cloudformation-permissions';
import { deployPermissions } from '../permissions/deploy-permissions';
import { watchPermissions } from '../permissions/watch-permissions';
import type { ReleaseTarget } from '../release-target';
import { letAlarmsPublish } from './alarm-topic';
import { LedgerTable } from './ledger-table';
import { ReleaseDashboard } from './release-dashboard';
import { ShiftEvents } from './shift-events';

/** What an environment has to know of its pipeline, whose stack it can't refer to. */
export interface ReleasingPipeline {
  readonly account: string;
  /** ARN of the role that the environment's Deploy action runs as. */
  readonly deployAction: string;
  /** ARNs of the roles of the functions that read what becomes of its releases. */
  readonly watchers: readonly string[];
  /** ARN of the event bus that is told what CodeDeploy does. */
  readonly bus: string;
  /** ARN of the function that draws the alarms on the dashboard. */
  readonly alarmBoard: string;
}

export interface ReleaseStackProps extends StackProps {
  readonly target: ReleaseTarget;
  readonly pipeline: ReleasingPipeline;
  /** What the service's stack creates beside functions, an HTTP API, alarms and canaries. */
  readonly deployPermissions: readonly ExtraPermission[];
}

/**
 * What an environment needs beside the service: the roles of a release and of those who follow it, the ledger, the
 * dashboard, and where its alarms and its shifts are told.
 */
export class ReleaseStack extends Stack {
  constructor(scope: Construct, id: string, props: ReleaseStackProps) {
    super(scope, id, { ...props, description: 'What the releases to one environment need beside the service' });
    const { target, pipeline } = props;
    const { names, place } = target;

    new Role(this, 'DeployRole', {
      roleName: names.deployRole,
      path: names.rolePath,
      description: `What the pipeline's Deploy action becomes to release ${names.serviceStack}`,
      assumedBy: rolesOf(pipeline.account, [pipeline.deployAction]),
      inlinePolicies: { Deploy: new PolicyDocument({ statements: deployPermissions(place, names) }) },
    });

    new Role(this, 'CloudFormationRole', {
      roleName: names.cloudFormationRole,
      path: names.rolePath,
      description: `What CloudFormation works with on the stack ${names.serviceStack}`,
      assumedBy: new ServicePrincipal('cloudformation.amazonaws.com'),
      inlinePolicies: {
        Service: new PolicyDocument({
          statements: cloudFormationPermissions(place, names, props.deployPermissions),
        }),
      },
    });

    new Role(this, 'WatchRole', {
      roleName: names.watchRole,
      path: names.rolePath,
      description: `What the pipeline's functions become to follow the releases of ${names.serviceStack}`,
      assumedBy: rolesOf(pipeline.account, pipeline.watchers),
      inlinePolicies: { Watch: new PolicyDocument({ statements: watchPermissions(place, names) }) },
    });

    new LedgerTable(this, 'Ledger', names.serviceStack);
    new ShiftEvents(this, 'ShiftEvents', { target, bus: pipeline.bus });
    new ReleaseDashboard(this, 'Dashboard', { target, alarmBoard: pipeline.alarmBoard });

    const alarms = new Topic(this, 'Alarms', { topicName: names.alarmTopic, enforceSSL: true });
    letAlarmsPublish(alarms, place, `${names.serviceStack}-*`);
    new CfnOutput(this, 'AlarmTopicArn', {
      value: alarms.topicArn,
      description: 'Subscribe to it to be told of alarms during and after a release',
    });
  }
}

/** Named in a condition and not as the principal: a principal that is deleted and made again is another one. */
function rolesOf(account: string, roleArns: readonly string[]): IPrincipal {
  return new AccountPrincipal(account).withConditions({ ArnEquals: { 'aws:PrincipalArn': [...roleArns] } });
}
