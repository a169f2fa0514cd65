import type { Scope } from '../scope';

/** An event as AWS's services send it to EventBridge (EventBridge user guide, "Event structure"). */
export interface AwsEvent<Detail extends object = object> {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  /** e.g. `aws.codedeploy`. */
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  /** ARNs. */
  readonly resources: readonly string[];
  readonly detail: Detail;
}

/** What an event says beside where and when it comes from. */
type Happening<Detail extends object> = Pick<
  AwsEvent<Detail>,
  'id' | 'detail-type' | 'source' | 'resources' | 'detail'
>;

/** @param now Milliseconds since the epoch. */
export function awsEvent<Detail extends object>(
  happening: Happening<Detail>,
  { accountId, region }: Scope,
  now: number,
): AwsEvent<Detail> {
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  return { version: '0', account: accountId, region, time, ...happening };
}
