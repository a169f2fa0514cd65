import { type AwsEvent, awsEvent } from '../events/event';
import { arn, type Scope } from '../scope';
import type { Deployment } from './deployment';

/**
 * State of a deployment in an event. `READY` is for instances that wait for traffic, which a Lambda deployment does not
 * have.
 */
export type StateChange = 'START' | 'SUCCESS' | 'FAILURE' | 'STOP' | 'READY';

interface StateChangeDetail {
  readonly region: string;
  readonly deploymentId: string;
  readonly instanceGroupId: string;
  readonly deploymentGroup: string;
  readonly state: StateChange;
  readonly application: string;
}

/**
 * Event that CodeDeploy sends to EventBridge; its resources are the application and the deployment group (CodeDeploy
 * user guide, "Monitoring deployments with Amazon CloudWatch Events").
 */
export type StateChangeEvent = AwsEvent<StateChangeDetail>;

/** @param now Milliseconds since the epoch. */
export function stateChange(
  { id, props: { group } }: Deployment,
  state: StateChange,
  scope: Scope,
  now: number,
  eventId: string,
): StateChangeEvent {
  const event = {
    id: eventId,
    'detail-type': 'CodeDeploy Deployment State-change Notification',
    source: 'aws.codedeploy',
    resources: [
      arn('codedeploy', scope, `application:${group.applicationName}`),
      arn('codedeploy', scope, `deploymentgroup:${group.applicationName}/${group.name}`),
    ],
    detail: {
      region: scope.region,
      deploymentId: id,
      instanceGroupId: group.id,
      deploymentGroup: group.name,
      state,
      application: group.applicationName,
    },
  };
  return awsEvent(event, scope, now);
}
