/** Lifecycle events of a Lambda deployment that CodeDeploy's API shows, in their order. */
export const LIFECYCLE_EVENT_NAMES = ['BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'] as const;

export type LifecycleEventName = (typeof LIFECYCLE_EVENT_NAMES)[number];

export interface DeploymentLifecycleEvent {
  readonly name: LifecycleEventName;
  readonly status: 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped';
  /** Milliseconds since the epoch. */
  readonly startTime?: number;
  readonly endTime?: number;
  /** Error message of a failed event. */
  readonly message?: string;
}
