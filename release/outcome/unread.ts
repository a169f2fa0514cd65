/** Something that could not be read from AWS, so that an outcome may be incomplete. */
export interface Unread {
  /** What it is, e.g. `the hook's log /aws/lambda/shop-prod-preTraffic`. */
  readonly what: string;
  /** `gone`: it does not exist any more; `failed`: AWS or the network had an error. */
  readonly why: 'denied' | 'throttled' | 'gone' | 'failed';
  /** Name and message of AWS's error. */
  readonly message: string;
}
