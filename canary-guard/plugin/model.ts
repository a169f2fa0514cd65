import type { readRoute } from '../rules/http-routes.js';

/** What the parts of the plugin work on: a service as sls has read it, and what sls makes of it. */
export interface Model {
  readonly service: Service;
  /** Stage that is packaged. */
  readonly stage: string;
  /** Region that it is packaged for. */
  readonly region: string;
  readonly naming: Naming;
  /** Template that sls generates. */
  readonly template: GeneratedTemplate;
  /** Undefined if serverless-plugin-aws-alerts is not installed. */
  readonly alerts: AlertsPlugin | undefined;
}

/** The part of sls itself that the plugin uses. */
export interface Serverless {
  /** Directory of the service. */
  readonly serviceDir: string;
  readonly service: Service & {
    readonly package: { readonly artifactDirectoryName: string; readonly artifact?: string };
    readonly provider: { readonly compiledCloudFormationTemplate: GeneratedTemplate };
  };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  getProvider(name: 'aws'): Provider;
}

export interface Provider {
  readonly naming: Naming;
  getStage(): string;
  getRegion(): string;
}

/** The part of serverless.yml that the plugin reads, not yet validated: a person wrote it. */
export interface Service {
  /** The plugins in the order in which they are loaded; osls also accepts an object with `modules`. */
  readonly plugins?: string[] | { readonly modules?: string[] };
  readonly provider: ProviderSettings;
  readonly functions?: Record<string, FunctionSettings>;
  readonly package?: { readonly artifact?: string };
  custom?: CustomSettings | undefined;
  readonly resources?: { readonly Resources?: Record<string, { readonly Type?: string }> };
}

/** What sls makes of the role that functions share. */
interface RoleSettings {
  readonly path?: string;
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly managedPolicies?: readonly unknown[];
  readonly permissionsBoundary?: unknown;
  /** Former name of permissionsBoundary. */
  readonly permissionBoundary?: unknown;
}

interface ProviderSettings {
  region?: string | undefined;
  /** The role may also be the ARN of one that exists. */
  iam?: { readonly role?: RoleSettings | string; readonly deploymentRole?: unknown };
  readonly iamManagedPolicies?: readonly unknown[];
  readonly timeout?: number | undefined;
  readonly versionFunctions?: boolean;
  readonly httpApi?: { readonly id?: unknown };
  readonly rolePermissionsBoundary?: unknown;
}

export interface FunctionSettings {
  /** Physical name. */
  readonly name?: string;
  readonly events?: readonly FunctionEvent[];
  readonly timeout?: number | undefined;
  readonly url?: unknown;
  readonly disableLogs?: boolean;
  /** Packaged, `artifact` is the path of the zip. */
  readonly package?: { readonly artifact?: string };
  readonly versionFunction?: boolean;
  readonly deploymentSettings?: DeploymentSettings;
  readonly versionLogicalId?: string;
  alarms?: readonly AlertEntry[];
  environment?: object;
  role?: unknown;
}

export interface FunctionEvent {
  readonly httpApi?: string | { readonly method?: string; readonly path?: string };
  readonly http?: unknown;
  readonly [source: string]: unknown;
}

/** Settings of serverless-plugin-canary-deployments. */
export interface DeploymentSettings {
  readonly type?: unknown;
  readonly alias?: unknown;
  readonly preTrafficHook?: string;
  readonly postTrafficHook?: string;
  readonly alarms?: readonly unknown[];
  readonly triggerConfigurations?: readonly { readonly TriggerTargetArn: unknown }[];
  readonly codeDeployRole?: unknown;
  readonly codeDeployRolePermissionsBoundary?: unknown;
}

interface CustomSettings {
  readonly deploymentSettings?: DeploymentSettings;
  readonly alerts?: AlertSettings;
}

/** Settings of serverless-plugin-aws-alerts. */
export interface AlertSettings {
  readonly stages?: readonly string[];
  readonly externalStack?: unknown;
  readonly topics?: { readonly alarm?: unknown };
  readonly definitions?: Record<string, AlertDefinition>;
  alarms?: readonly AlertEntry[];
  global?: readonly AlertEntry[];
  function?: readonly AlertEntry[];
}

/** The name of a definition, or a definition that may name another one to start from. */
export type AlertEntry = string | AlertDefinition;

export interface AlertDefinition {
  readonly name?: string;
  readonly enabled?: boolean;
  readonly metric?: unknown;
  /** Name of the comparison that takes the place of a metric. */
  readonly compare?: unknown;
  readonly threshold?: unknown;
  readonly period?: unknown;
  readonly evaluationPeriods?: unknown;
  readonly minimumRequests?: unknown;
  readonly comparisonOperator?: unknown;
  readonly [key: string]: unknown;
}

/** What serverless-plugin-aws-alerts makes alarms with. */
export interface AlertsPlugin {
  /** @returns Logical id of a function's alarm. */
  readonly logicalId: (alarm: string, functionName: string) => string;
  /** Definitions that the plugin brings along. */
  readonly definitions: Readonly<Record<string, AlertDefinition>>;
}

/** Names that sls gives to what it generates. */
export interface Naming {
  getStackName(): string;
  getRoleLogicalId(): string;
  getLambdaLogicalId(functionName: string): string;
  getLogGroupLogicalId(functionName: string): string;
  getHttpApiLogicalId(): string;
  normalizeNameToAlphaNumericOnly(name: string): string;
}

export interface GeneratedTemplate {
  readonly Resources: Record<string, GeneratedResource>;
}

export interface GeneratedResource {
  readonly Type?: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties of any resource type, which CloudFormation validates
  Properties?: any;
}

/** Something that is wrong with a service. */
export interface Problem {
  /** Place in serverless.yml or checks.json, or a resource of the generated template. */
  readonly path: string;
  /** Value found there. */
  readonly received: unknown;
  /** What is wrong with it. */
  readonly problem: string;
  /** Values that are accepted, if they can be listed. */
  readonly known?: readonly string[];
  /** What to do. */
  readonly remedy: string;
}

/** Adds a problem with one key of what is being validated. */
export type Refuse = (key: string, problem: string, remedy: string, known?: readonly string[]) => void;

/** Route of an httpApi event. */
export type DeclaredRoute = NonNullable<ReturnType<typeof readRoute>>;

/** A check as checks.json has it, not yet validated. */
export type WrittenCheck = Readonly<Record<string, unknown>>;

/** One line of an alarm's metric math. */
export interface AlarmMetric {
  readonly Id: string;
  readonly Label: string;
  readonly ReturnData: boolean;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions: readonly Dimension[];
    };
    /** Seconds. */
    readonly Period: number;
    readonly Stat: string;
  };
}

export interface Dimension {
  readonly Name: string;
  readonly Value: unknown;
}

type LambdaMetric = (id: string, metric: string, stat: string, label: string) => AlarmMetric;

/** The metrics that a comparison may be made of. */
export interface ComparisonContext {
  /** Metrics of the version being released alone. */
  readonly newVersion: LambdaMetric;
  /** Metrics of the alias, which count both versions. */
  readonly bothVersions: LambdaMetric;
  readonly minimumRequests: number;
  /** Metrics of the HTTP API. */
  readonly api: (id: string, metric: string, label: string) => AlarmMetric;
  /** The functions that the HTTP API calls. */
  readonly apiFunctions: readonly {
    readonly name: string;
    readonly errors: (id: string, label: string) => AlarmMetric;
  }[];
}
