import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as EventBusTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { inRegion } from '../names/release-names';
import type { ReleaseTarget } from '../release-target';

export interface ShiftEventsProps {
  readonly target: ReleaseTarget;
  /** ARN of the pipeline's event bus. */
  readonly bus: string;
}

/**
 * Sends word of each shift of the service that CodeDeploy gave up to the pipeline's event bus; the same way for an
 * environment of the pipeline's own account and region as for another.
 *
 * It has no dead-letter queue: EventBridge tries for a day, and what gets lost is only the early word, for the end of
 * the stage tells the same outcome.
 */
export class ShiftEvents extends Construct {
  constructor(scope: Construct, id: string, { target, bus }: ShiftEventsProps) {
    super(scope, id);
    const { names, place } = target;
    // A name of its own, because the role names the rule and the rule the role.
    const ruleName = `${names.serviceStack}-shifts`;
    const role = new Role(this, 'Role', {
      path: names.rolePath,
      description: `What EventBridge becomes to send the shifts of ${names.serviceStack} to the pipeline`,
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: {
          ArnEquals: { 'aws:SourceArn': inRegion(place, 'events', `rule/${ruleName}`) },
          StringEquals: { 'aws:SourceAccount': place.account },
        },
      }),
      inlinePolicies: {
        Send: new PolicyDocument({
          statements: [new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus] })],
        }),
      },
    });
    new Rule(this, 'Rule', {
      ruleName,
      description: `Shifts of ${names.serviceStack} that CodeDeploy gave up`,
      eventPattern: {
        source: ['aws.codedeploy'],
        detailType: ['CodeDeploy Deployment State-change Notification'],
        detail: {
          // What alarms stop is told as STOP. That a shift began or succeeded is told when its stage has ended.
          state: ['FAILURE', 'STOP'],
          // Cut where CloudFormation cuts it, so it may be another stack's too; a group is named by the whole of it.
          application: [{ prefix: names.generatedPrefix }],
          deploymentGroup: [{ prefix: `${names.serviceStack}-` }],
        },
      },
      targets: [new EventBusTarget(EventBus.fromEventBusArn(this, 'Bus', bus), { role: role.withoutPolicyUpdates() })],
    });
  }
}
