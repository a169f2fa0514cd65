import { arn, type Scope } from '../scope';
import type { Deployment } from './deployment';

/** `READY` is for instances that wait for traffic; a Lambda deployment never is. */
export type StateChange = 'START' | 'SUCCESS' | 'FAILURE' | 'STOP' | 'READY';

/** An event as CodeDeploy sends it to EventBridge (CD, "monitoring deployments with Amazon CloudWatch Events"). */
export interface StateChangeEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'CodeDeploy Deployment State-change Notification';
  readonly source: 'aws.codedeploy';
  readonly account: string;
  /** ISO 8601, whole seconds */
  readonly time: string;
  readonly region: string;
  /** ARNs of the application and the deployment group */
  readonly resources: readonly string[];
  readonly detail: {
    readonly region: string;
    readonly deploymentId: string;
    readonly instanceGroupId: string;
    readonly deploymentGroup: string;
    readonly state: StateChange;
    readonly application: string;
  };
}

/** @param now milliseconds since the epoch */
export function stateChange(
  { id, props: { group } }: Deployment,
  state: StateChange,
  scope: Scope,
  now: number,
  eventId: string,
): StateChangeEvent {
  return {
    version: '0',
    id: eventId,
    'detail-type': 'CodeDeploy Deployment State-change Notification',
    source: 'aws.codedeploy',
    account: scope.accountId,
    time: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: scope.region,
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
}
