import { DEPLOYMENT_TYPES, type DeploymentType, isDeploymentType } from '../../aws-rules/traffic-shift';
import { runSls } from './sls';

/** What the pipeline needs to know about a service in one environment. */
export interface ServiceDescription {
  /** `service` in serverless.yml. */
  readonly name: string;
  /** The functions whose traffic CodeDeploy shifts. All others are replaced at once. */
  readonly shifts: readonly FunctionShift[];
}

/** A function whose traffic CodeDeploy shifts. */
export interface FunctionShift {
  /** The function's key in serverless.yml. */
  readonly function: string;
  /** The function's name in AWS. */
  readonly functionName: string;
  readonly deploymentType: DeploymentType;
  /** The hooks that are declared: none, one or both. */
  readonly hooks: readonly ('preTrafficHook' | 'postTrafficHook')[];
}

interface DescribeServiceOptions {
  /** Absolute path of the directory with serverless.yml. */
  readonly serviceDirectory: string;
  /** The stage that sls deploys. */
  readonly stage: string;
  /** @default - the service's own default for this stage */
  readonly deploymentType?: DeploymentType;
  /** @default - the service's own region */
  readonly region?: string;
}

/**
 * Reads what the service declares for an sls stage, with all variables resolved by sls.
 *
 * @throws Error with the message of sls when sls cannot read the service, or when the pipeline does not support a
 * setting.
 */
export async function describeService(options: DescribeServiceOptions): Promise<ServiceDescription> {
  const printed = await runSls({ ...options, command: ['print', '--format', 'json'] });
  return serviceDescription(JSON.parse(printed), options.stage);
}

interface DeploymentSettings {
  readonly type?: unknown;
  readonly preTrafficHook?: string;
  readonly postTrafficHook?: string;
}

interface PrintedService {
  readonly service: string;
  readonly provider: { readonly stackName?: string };
  readonly custom?: { readonly deploymentSettings?: DeploymentSettings & { readonly stages?: readonly string[] } };
  readonly functions?: Functions | readonly Functions[];
}

interface PrintedFunction {
  readonly name?: string;
  readonly deploymentSettings?: DeploymentSettings;
}

type Functions = Readonly<Record<string, PrintedFunction>>;

/**
 * Extracts the description from the output of `sls print`, by the rules of serverless-plugin-canary-deployments.
 *
 * @throws Error when the pipeline does not support a setting.
 */
export function serviceDescription(printed: PrintedService, stage: string): ServiceDescription {
  const stackName = `${printed.service}-${stage}`;
  if (printed.provider.stackName !== undefined && printed.provider.stackName !== stackName) {
    throw new Error(
      `provider.stackName: "${printed.provider.stackName}" is not "${stackName}", to which the pipeline's roles are ` +
        'limited; remove the setting',
    );
  }
  const { stages = [], ...common } = printed.custom?.deploymentSettings ?? {};
  const shifted = stages.length === 0 || stages.includes(stage);
  const functions = shifted ? [printed.functions ?? []].flat().flatMap((each) => Object.entries(each)) : [];
  return {
    name: printed.service,
    shifts: functions.flatMap(([key, { name = `${stackName}-${key}`, deploymentSettings }]) =>
      deploymentSettings === undefined ? [] : [functionShift(key, name, { ...common, ...deploymentSettings })],
    ),
  };
}

function functionShift(key: string, functionName: string, settings: DeploymentSettings): FunctionShift {
  if (!isDeploymentType(settings.type)) {
    throw new Error(
      `functions.${key}.deploymentSettings.type: ${JSON.stringify(settings.type) ?? 'missing'} is not a deployment ` +
        `type; write one of ${DEPLOYMENT_TYPES.join(', ')}`,
    );
  }
  const hooks = (['preTrafficHook', 'postTrafficHook'] as const).filter((hook) => settings[hook] !== undefined);
  return { function: key, functionName, deploymentType: settings.type, hooks };
}
