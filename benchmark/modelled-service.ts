import { type Evaluation, resolve } from '../embedded-aws/cloudformation/intrinsics';
import { AwsError } from '../embedded-aws/errors';
import type { Physical } from '../embedded-aws/resource-type';
import type { Scope } from '../embedded-aws/scope';
import type { AlarmProperties, CanaryConfiguration, Hooks } from './canary-configuration';

/** A route with its share of the traffic. */
interface RouteShare {
  /** Route as in serverless.yml, e.g. `GET /hello`. */
  readonly route: string;
  /** Share of all requests, relative to the other shares. */
  readonly share: number;
}

/** The service that every configuration releases: one function behind an API. */
export interface ModelledService {
  readonly functionName: string;
  readonly alias: string;
  /** Timeout of the function, in milliseconds. */
  readonly timeout: number;
  /** Names of the environment variables that the function sets. */
  readonly variables: readonly string[];
  readonly routes: readonly RouteShare[];
  readonly preTrafficHook: string;
  readonly postTrafficHook: string;
  /** Timeouts of the hooks, in milliseconds. */
  readonly preTrafficTimeout: number;
  readonly postTrafficTimeout: number;
  /** Requests that the new version must have answered for the post hook, and what it does when there are fewer. */
  readonly minimumRequests: number;
  readonly tooFewRequests: 'make-traffic' | 'refuse';
}

/** The version in service, and the one that is released. */
export const versions = { old: '1', new: '2' } as const;

/** Identity of the API in its metrics: the id of an HTTP API, the name of a REST API. */
export const api = { id: 'api0000000', name: 'service-api' } as const;

export const scope: Scope = { accountId: '111122223333', region: 'eu-central-1' };

/**
 * Three routes, where the sample has one: a fault of one route must differ from a fault of all requests. The shares are
 * those of a service that is mostly read.
 */
export const modelledRoutes: readonly RouteShare[] = [
  { route: 'GET /hello', share: 70 },
  { route: 'GET /orders/{id}', share: 25 },
  { route: 'POST /orders', share: 5 },
];

/** An alarm of a configuration with its references resolved. */
export interface ResolvedAlarm {
  readonly name: string;
  readonly attached: boolean;
  /** Whether it names the released version, so that each release creates or changes it. */
  readonly ofRelease: boolean;
  /** Properties without intrinsic functions, with an AlarmName. */
  readonly properties: Readonly<Record<string, unknown>> & { readonly AlarmName: string };
}

/** A configuration for the modelled service. */
export interface ResolvedConfiguration {
  readonly name: string;
  readonly line: string;
  readonly source: string;
  readonly deploymentType: string;
  readonly alarms: readonly ResolvedAlarm[];
  readonly hooks: Hooks;
}

/**
 * Resolves the references of a configuration's alarms.
 *
 * @param resources Resources of the configuration's own template, by logical id, next to `Function`, `Version`, `HttpApi` and
 *   `RestApi`.
 * @throws AwsError ValidationError when an alarm refers to anything else.
 */
export function resolveConfiguration(
  configuration: CanaryConfiguration,
  service: ModelledService,
  resources: Readonly<Record<string, Physical>> = {},
): ResolvedConfiguration {
  const known: Readonly<Record<string, Physical>> = { ...modelledResources(service), ...resources };
  return {
    ...configuration,
    alarms: configuration.alarms.map(({ name, attached, properties }) => {
      const { value, ofRelease } = resolveAlarm(properties, known);
      return { name, attached, ofRelease, properties: { ...value, AlarmName: String(value.AlarmName ?? name) } };
    }),
  };
}

function resolveAlarm(properties: AlarmProperties, known: Readonly<Record<string, Physical>>) {
  let ofRelease = false;
  const evaluation: Evaluation = {
    parameters: { 'AWS::Region': scope.region, 'AWS::AccountId': scope.accountId, 'AWS::Partition': 'aws' },
    mappings: {},
    conditions: {},
    resource(logicalId) {
      const physical = known[logicalId];
      if (!physical) {
        const there = Object.keys(known).join(', ');
        throw new AwsError('ValidationError', `an alarm refers to ${logicalId}, and the model has ${there}`);
      }
      ofRelease ||= physical.attributes.Version === versions.new;
      return physical;
    },
    importValue(name) {
      throw new AwsError('ValidationError', `an alarm imports ${name}, and the model exports nothing`);
    },
  };
  return { value: resolve(properties, evaluation) as Record<string, unknown>, ofRelease };
}

function modelledResources(service: ModelledService): Readonly<Record<string, Physical>> {
  return {
    Function: { id: service.functionName, attributes: {} },
    Version: { id: `${service.functionName}:${versions.new}`, attributes: { Version: versions.new } },
    HttpApi: { id: api.id, attributes: {} },
    RestApi: { id: api.name, attributes: {} },
  };
}
