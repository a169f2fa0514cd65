import type { RouteKey } from '../../aws-rules/http-routes';
import { AwsError } from '../errors';

/** Longest time that an HTTP API waits for an integration, in milliseconds (API Gateway quotas); also the default. */
export const LONGEST_TIMEOUT = 30_000;

/** The target of a route's requests: a Lambda function, in payload format 2.0. */
export interface Integration {
  readonly id: string;
  /** ARN of a function, version or alias. */
  readonly functionArn: string;
  /** URI as the template has it. */
  readonly uri: string;
  /** Timeout in milliseconds, 50 to 30,000. */
  readonly timeout: number;
  readonly description: string;
}

export interface ApiRoute {
  readonly id: string;
  readonly key: RouteKey;
  readonly integrationId: string;
}

/** The stage `$default`. An API without a stage serves no requests. */
export interface ApiStage {
  readonly name: string;
  readonly description: string;
  /**
   * Whether to record metrics by route as well.
   *
   * @default false
   */
  readonly detailedMetrics: boolean;
  /**
   * Access log.
   *
   * @default - No access log.
   */
  readonly accessLog?: { readonly logGroup: string; readonly format: string };
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** An HTTP API with its routes, integrations and stage. */
export interface HttpApi {
  readonly id: string;
  name: string;
  description: string;
  tags: Readonly<Record<string, string>>;
  /** Address of the API's HTTP server, e.g. `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly integrations: Map<string, Integration>;
  readonly routes: Map<string, ApiRoute>;
  stage: ApiStage | undefined;
}

/** @throws AwsError NotFoundException. */
export function found<T>(thing: T | undefined, kind: string, id: string): T {
  if (thing === undefined) throw new AwsError('NotFoundException', `Invalid ${kind} identifier specified ${id}`, 404);
  return thing;
}
