import type { Scope } from '../scope';

/** An event, as AWS services send it to EventBridge (EventBridge user guide, "Event structure"). */
export interface AwsEvent<Detail extends object = object> {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  /** Source, e.g. `aws.codedeploy`. */
  readonly source: string;
  readonly account: string;
  /** Time in ISO 8601, in whole seconds. */
  readonly time: string;
  readonly region: string;
  /** ARNs of the resources. */
  readonly resources: readonly string[];
  readonly detail: Detail;
}

/** The parts of an event other than its account, region and time. */
type EventContent<Detail extends object> = Pick<
  AwsEvent<Detail>,
  'id' | 'detail-type' | 'source' | 'resources' | 'detail'
>;

/**
 * @param now Milliseconds since the epoch.
 * @returns The event with account, region and time.
 */
export function awsEvent<Detail extends object>(
  content: EventContent<Detail>,
  { accountId, region }: Scope,
  now: number,
): AwsEvent<Detail> {
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  return { version: '0', account: accountId, region, time, ...content };
}
