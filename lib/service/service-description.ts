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
  return serviceDescription(JSON.parse(printed), options.stage, options.deploymentType);
}

interface DeploymentSettings {
  readonly type?: unknown;
  readonly preTrafficHook?: string;
  readonly postTrafficHook?: string;
}

interface PrintedService {
  readonly service: string;
  readonly provider: {
    readonly stackName?: string;
    /** Name of a bucket that exists, or settings that may have one. */
    readonly deploymentBucket?: string | { readonly name?: string } | null;
  };
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
 * @param configured The deployment type of the configuration, with which the service was printed.
 * @throws Error with every setting that the pipeline does not support, as far as they show before the service is packaged.
 */
export function serviceDescription(
  printed: PrintedService,
  stage: string,
  configured?: DeploymentType,
): ServiceDescription {
  const stackName = `${printed.service}-${stage}`;
  const { stages = [], ...common } = printed.custom?.deploymentSettings ?? {};
  const shifted = stages.length === 0 || stages.includes(stage);
  const functions = [printed.functions ?? []].flat().flatMap((each) => Object.entries(each));
  const shifts = (shifted ? functions : []).flatMap(([key, { name = `${stackName}-${key}`, deploymentSettings }]) =>
    deploymentSettings === undefined ? [] : [functionShift(key, name, { ...common, ...deploymentSettings })],
  );
  const problems = [
    ...foreignNames(printed, functions, stackName),
    ...shifts.flatMap((shift) => (shift.type === 'problem' ? [shift.problem] : [])),
  ];
  const types = shifts.flatMap((shift) => (shift.type === 'problem' ? [] : [shift.shift.deploymentType]));
  if (configured !== undefined && types.length > 0 && !types.includes(configured)) {
    problems.push(
      `functions: no function is released by ${configured}, the deploymentType of ${stage} in cdk.json, but by ` +
        `${[...new Set(types)].join(' and ')}; write type: \${param:deploymentType} in deploymentSettings, or remove it from cdk.json`,
    );
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return { name: printed.service, shifts: shifts.flatMap((shift) => (shift.type === 'shift' ? [shift.shift] : [])) };
}

function foreignNames(
  { provider }: PrintedService,
  functions: readonly (readonly [string, PrintedFunction])[],
  stackName: string,
): string[] {
  const { deploymentBucket } = provider;
  const bucket = typeof deploymentBucket === 'string' ? deploymentBucket : deploymentBucket?.name;
  return [
    ...(provider.stackName === undefined || provider.stackName === stackName
      ? []
      : [
          `provider.stackName: "${provider.stackName}" is not "${stackName}", to which the pipeline's roles are ` +
            'limited; remove the setting',
        ]),
    ...(bucket === undefined
      ? []
      : [
          `provider.deploymentBucket.name: "${bucket}" is not the bucket that sls creates in the stack, to which the ` +
            "pipeline's roles are limited; remove the setting",
        ]),
    ...functions.flatMap(([key, { name = `${stackName}-` }]) =>
      name.startsWith(`${stackName}-`)
        ? []
        : [
            `functions.${key}.name: "${name}" does not begin with "${stackName}-", to which the pipeline's roles are ` +
              'limited; remove the setting, or begin with it',
          ],
    ),
  ];
}

type ReadShift =
  | { readonly type: 'shift'; readonly shift: FunctionShift }
  | { readonly type: 'problem'; readonly problem: string };

function functionShift(key: string, functionName: string, settings: DeploymentSettings): ReadShift {
  if (!isDeploymentType(settings.type)) {
    const problem =
      `functions.${key}.deploymentSettings.type: ${JSON.stringify(settings.type) ?? 'missing'} is not a deployment ` +
      `type; write one of ${DEPLOYMENT_TYPES.join(', ')}`;
    return { type: 'problem', problem };
  }
  const hooks = (['preTrafficHook', 'postTrafficHook'] as const).filter((hook) => settings[hook] !== undefined);
  return { type: 'shift', shift: { function: key, functionName, deploymentType: settings.type, hooks } };
}
