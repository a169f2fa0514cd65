import { type Evaluation, resolve } from '../embedded-aws/cloudformation/intrinsics';
import { AwsError } from '../embedded-aws/errors';
import type { Physical } from '../embedded-aws/resource-type';
import type { Scope } from '../embedded-aws/scope';
import type { AlarmProperties, Configuration, Hooks } from './configuration';

/** A route and how often people ask for it. */
export interface RouteShare {
  /** as in serverless.yml, e.g. `GET /hello` */
  readonly route: string;
  /** of all requests, relative to the other shares */
  readonly share: number;
}

/** The service that every configuration releases: one function behind an API. */
export interface ModelledService {
  readonly functionName: string;
  readonly alias: string;
  /** the function's timeout, in milliseconds */
  readonly timeout: number;
  /** names of the environment variables that the function sets */
  readonly variables: readonly string[];
  readonly routes: readonly RouteShare[];
  readonly preTrafficHook: string;
  readonly postTrafficHook: string;
  /** of the hooks, in milliseconds */
  readonly preTrafficTimeout: number;
  readonly postTrafficTimeout: number;
  /** what the post hook wants the new version to have answered, and what it does about fewer */
  readonly minimumRequests: number;
  readonly tooFewRequests: 'make-traffic' | 'refuse';
}

/** The version that serves, and the one that is released. */
export const versions = { old: '1', new: '2' } as const;

/** Of an HTTP API the id, of a REST API the name: by these their metrics are known. */
export const api = { id: 'api0000000', name: 'service-api' } as const;

export const scope: Scope = { accountId: '111122223333', region: 'eu-central-1' };

/**
 * Three routes, so that a fault of one of them is not one of all requests: the sample has a single one. Shares as of a
 * service that is mostly read.
 */
export const modelledRoutes: readonly RouteShare[] = [
  { route: 'GET /hello', share: 70 },
  { route: 'GET /orders/{id}', share: 25 },
  { route: 'POST /orders', share: 5 },
];

/** An alarm as CloudFormation makes it. */
export interface ResolvedAlarm {
  readonly name: string;
  readonly attached: boolean;
  /** whether it names the version that is released, so that each release makes or changes it */
  readonly ofRelease: boolean;
  /** without intrinsic functions, with an AlarmName */
  readonly properties: Readonly<Record<string, unknown>> & { readonly AlarmName: string };
}

/** A configuration for the modelled service. */
export interface ResolvedConfiguration {
  readonly name: string;
  readonly line: string;
  readonly deploymentType: string;
  readonly alarms: readonly ResolvedAlarm[];
  readonly hooks: Hooks;
}

/**
 * @param resources what the configuration's own template calls its resources, by logical id, @default none beside
 * `Function`, `Version`, `HttpApi` and `RestApi`
 * @throws AwsError for a reference to anything else
 */
export function resolveConfiguration(
  configuration: Configuration,
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
