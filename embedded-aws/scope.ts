/** Where a resource lives: every service of the endpoint keeps its state by account and region. */
export interface Scope {
  /** twelve digits */
  readonly accountId: string;
  /** e.g. `eu-central-1` */
  readonly region: string;
}

/** Who signs a call, as the endpoint's STS knows the access key. */
export interface Caller extends Scope {
  /** ARN of the user or assumed role */
  readonly arn: string;
}

/** @returns `arn:aws:service:region:account:resource` */
export function arn(service: string, scope: Scope, resource: string): string {
  return `arn:aws:${service}:${scope.region}:${scope.accountId}:${resource}`;
}
