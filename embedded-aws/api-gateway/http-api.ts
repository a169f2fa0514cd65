import type { RouteKey } from '../../aws-rules/http-routes';
import { AwsError } from '../errors';

/** Milliseconds that an HTTP API waits for an integration at most (API Gateway quotas), and waits by default. */
export const LONGEST_TIMEOUT = 30_000;

/** Where requests of a route go: a Lambda function, in payload format 2.0. */
export interface Integration {
  readonly id: string;
  /** ARN of a function, version or alias */
  readonly functionArn: string;
  /** as it was given, for those who read it back */
  readonly uri: string;
  /** milliseconds, 50 to 30,000 */
  readonly timeout: number;
  readonly description: string;
}

export interface ApiRoute {
  readonly id: string;
  readonly key: RouteKey;
  readonly integrationId: string;
}

/** The stage `$default`: with it an API is there for the public. */
export interface Stage {
  readonly name: string;
  readonly description: string;
  /** metrics by route as well, @default false */
  readonly detailedMetrics: boolean;
  /** @default no access log */
  readonly accessLog?: { readonly logGroup: string; readonly format: string };
  /** milliseconds since the epoch */
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** An HTTP API as it stands. */
export interface HttpApi {
  readonly id: string;
  name: string;
  description: string;
  tags: Readonly<Record<string, string>>;
  /** the rehearsal's front door, e.g. `http://127.0.0.1:40123` */
  readonly endpoint: string;
  /** milliseconds since the epoch */
  readonly createdAt: number;
  readonly integrations: Map<string, Integration>;
  readonly routes: Map<string, ApiRoute>;
  stage: Stage | undefined;
}

/** @throws AwsError NotFoundException */
export function found<T>(thing: T | undefined, kind: string, id: string): T {
  if (thing === undefined) throw new AwsError('NotFoundException', `Invalid ${kind} identifier specified ${id}`, 404);
  return thing;
}
