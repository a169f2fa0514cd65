import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { ExtraPermission } from './config';
import { cloudFormationPermissions } from './permissions/cloudformation-permissions';
import { deployPermissions } from './permissions/deploy-permissions';
import type { ReleaseTarget } from './release-target';

export interface ReleaseStackProps extends StackProps {
  readonly target: ReleaseTarget;
  /** What the environment's Deploy action runs as, and the account it is in. */
  readonly deployAction: { readonly account: string; readonly roleArn: string };
  /** What the service's stack creates beside functions, an HTTP API, alarms and canaries. */
  readonly deployPermissions: readonly ExtraPermission[];
}

/** What an environment needs beside the service: the two roles of a release, and where its alarms are told. */
export class ReleaseStack extends Stack {
  constructor(scope: Construct, id: string, props: ReleaseStackProps) {
    super(scope, id, { ...props, description: 'Roles and alarm topic of the releases to one environment' });
    const { target, deployAction } = props;
    const { names, place } = target;

    new Role(this, 'DeployRole', {
      roleName: names.deployRole,
      path: names.rolePath,
      description: `What the pipeline's Deploy action becomes to release ${names.serviceStack}`,
      // Named in a condition and not as the principal: a principal that is deleted and made again is another one.
      assumedBy: new AccountPrincipal(deployAction.account).withConditions({
        ArnEquals: { 'aws:PrincipalArn': deployAction.roleArn },
      }),
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

    // No key of our own: SNS encrypts its disks, an alarm's message holds no secret, and CloudWatch can't use SNS's key.
    const alarms = new Topic(this, 'Alarms', { topicName: names.alarmTopic, enforceSSL: true });
    // A topic with a policy of its own loses the default one, by which its account's alarms may publish.
    alarms.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [alarms.topicArn],
        conditions: {
          ArnLike: {
            'aws:SourceArn': `arn:${place.partition}:cloudwatch:${place.region}:${place.account}:alarm:${names.serviceStack}-*`,
          },
          StringEquals: { 'aws:SourceAccount': place.account },
        },
      }),
    );
    new CfnOutput(this, 'AlarmTopicArn', {
      value: alarms.topicArn,
      description: 'Subscribe to it to be told of alarms during and after a release',
    });
  }
}
