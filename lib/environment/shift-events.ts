import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as EventBusTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { inRegion } from '../names/release-names';
import type { PipelineEnvironment } from './pipeline-environment';

interface ShiftEventsProps {
  readonly environment: PipelineEnvironment;
  /** ARN of the pipeline's event bus. */
  readonly bus: string;
  /** Keeps the events that could not be sent to the bus. */
  readonly undelivered: IQueue;
}

/**
 * Forwards an event for each shift of the service that CodeDeploy stops to the pipeline's event bus, in the same way
 * whether or not the environment is in the pipeline's account and region.
 */
export class ShiftEvents extends Construct {
  constructor(scope: Construct, id: string, { environment, bus, undelivered }: ShiftEventsProps) {
    super(scope, id);
    const { names, location } = environment;
    // A fixed name, because the role refers to the rule and the rule to the role.
    const ruleName = `${names.serviceStack}-shifts`;
    const role = new Role(this, 'Role', {
      path: names.rolePath,
      description: `Role that EventBridge assumes to send the shifts of ${names.serviceStack} to the pipeline`,
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: {
          ArnEquals: { 'aws:SourceArn': inRegion(location, 'events', `rule/${ruleName}`) },
          StringEquals: { 'aws:SourceAccount': location.account },
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
      description: `Shifts of ${names.serviceStack} that CodeDeploy stopped`,
      eventPattern: {
        source: ['aws.codedeploy'],
        detailType: ['CodeDeploy Deployment State-change Notification'],
        detail: {
          // STOP is the state after an alarm. Shifts that begin or succeed are reported at the end of their stage.
          state: ['FAILURE', 'STOP'],
          deploymentGroup: [{ prefix: `${names.serviceStack}-` }],
        },
      },
      targets: [
        new EventBusTarget(EventBus.fromEventBusArn(this, 'Bus', bus), {
          role: role.withoutPolicyUpdates(),
          deadLetterQueue: undelivered,
        }),
      ],
    });
  }
}
