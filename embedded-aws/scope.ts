/** Account and region of a resource: every service keeps its state by both. */
export interface Scope {
  /** Twelve digits. */
  readonly accountId: string;
  /** Region code, e.g. `eu-central-1`. */
  readonly region: string;
}

/** Identity that signs a call, as STS knows it by its access key. */
export interface Caller extends Scope {
  /** ARN of the user or of the assumed role's session. */
  readonly arn: string;
}

/** @returns `arn:aws:service:region:account:resource`. */
export function arn(service: string, scope: Scope, resource: string): string {
  return `arn:aws:${service}:${scope.region}:${scope.accountId}:${resource}`;
}
