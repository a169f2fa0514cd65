import { QUOTAS } from '../../aws-rules/limits/quotas';
import { permissionConflicts } from './permission-reach';
import { PIPELINE_NAME_LIMIT } from './pipeline-name';

/** Source, Build and UpdatePipeline, which come before the stages of the environments. */
const STAGES_BEFORE = 3;

/** How many environments a pipeline has at most: each is a stage of it. */
const MAX_ENVIRONMENTS = QUOTAS.pipelineStages.maximum - STAGES_BEFORE;

type Config = Partial<
  Record<
    | 'name'
    | 'account'
    | 'region'
    | 'connectionArn'
    | 'environments'
    | 'notify'
    | 'deployPermissions'
    | 'functionPermissions',
    unknown
  >
>;

/**
 * Finds conflicts between values that may each be valid. Works on the unchecked value, so that conflicts are reported
 * together with the mistakes in single values.
 */
export function configConflicts(value: unknown): string[] {
  const config = (value ?? {}) as Config;
  const environments: Partial<Record<string, unknown>>[] = Array.isArray(config.environments)
    ? config.environments.map((each) => each ?? {})
    : [];
  const names = environments.map(({ name }) => name);

  const betweenNames = names.flatMap((name, index) => {
    if (typeof name !== 'string') return [];
    const path = `pipeline.environments[${index}].name: "${name}"`;
    const covered = names.find(
      (other, before): other is string =>
        typeof other === 'string' &&
        before < index &&
        (name.startsWith(`${other}-`) || other.startsWith(`${name}-`)) &&
        !apart(config.account, environments[before], environments[index]),
    );
    return [
      ...(names.indexOf(name) < index ? [`${path} is used twice; give each environment its own name`] : []),
      ...(covered === undefined
        ? []
        : [
            `${path} and "${covered}" begin alike, so the roles of one would have permissions on the other; rename one of them, or give them different accounts`,
          ]),
    ];
  });

  return [
    ...longName(config.name),
    ...tooMany(environments),
    ...betweenNames,
    ...missingPlace(config, environments),
    ...missingConnection(config),
    ...otherPartitions(config.region, environments),
    ...duplicateAddresses(config.notify, environments),
    ...permissionConflicts(config.deployPermissions, 'pipeline.deployPermissions'),
    ...permissionConflicts(config.functionPermissions, 'pipeline.functionPermissions'),
  ];
}

/** @returns Whether two environments are in different accounts: no role has permissions in another account. */
function apart(pipeline: unknown, ...environments: readonly (Partial<Record<string, unknown>> | undefined)[]): boolean {
  const [one, other] = environments.map((each) => each?.account ?? pipeline);
  return typeof one === 'string' && typeof other === 'string' && one !== other;
}

function tooMany({ length }: readonly unknown[]): string[] {
  if (length <= MAX_ENVIRONMENTS) return [];
  return [
    `pipeline.environments: ${length} environments, ${MAX_ENVIRONMENTS} are possible: each is a stage of the pipeline, ` +
      `which may have ${QUOTAS.pipelineStages.maximum} (CodePipeline), and ${STAGES_BEFORE} come before them; remove ` +
      'environments, or release some of them by a second pipeline',
  ];
}

/** CodeConnections is not in the regions of China, so CloudFormation has no resource type for a connection there. */
function missingConnection({ region, connectionArn }: Config): string[] {
  if (connectionArn !== undefined || typeof region !== 'string' || partitionOf(region) !== 'cn') return [];
  return [
    `pipeline.connectionArn: missing, but in "${region}" CloudFormation has no resource type for a connection, so the stack ` +
      'cannot create one; write the ARN of a connection that exists, or a region outside of China',
  ];
}

/** Finds addresses that are listed twice, or for an environment in addition to all environments. */
function duplicateAddresses(notify: unknown, environments: readonly Partial<Record<string, unknown>>[]): string[] {
  const ofAll = addresses(notify);
  return [
    ...repeated(ofAll, 'pipeline.notify'),
    ...environments.flatMap((each, index) => {
      const path = `pipeline.environments[${index}].notify`;
      const own = addresses(each.notify);
      const already = own.filter(({ address }) => ofAll.some((other) => same(other.address, address)));
      return [
        ...repeated(own, path),
        ...already.map(
          ({ address, at }) =>
            `${path}[${at}]: "${address}" gets all notifications already, by pipeline.notify; remove it from one of the lists`,
        ),
      ];
    }),
  ];
}

interface Address {
  readonly address: string;
  /** Index in the list. */
  readonly at: number;
}

/** Ignores what is not a string, which the schema reports. */
function addresses(list: unknown): Address[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((address, at) => (typeof address === 'string' ? [{ address, at }] : []));
}

function repeated(among: readonly Address[], path: string): string[] {
  return among
    .filter(({ address }, index) => among.slice(0, index).some((other) => same(other.address, address)))
    .map(({ address, at }) => `${path}[${at}]: "${address}" is listed twice; remove one of them`);
}

/** E-mail addresses are compared case-insensitively. */
function same(address: string, other: string): boolean {
  return address.toLowerCase() === other.toLowerCase();
}

function longName(name: unknown): string[] {
  if (typeof name !== 'string' || name.length <= PIPELINE_NAME_LIMIT) return [];
  return [
    `pipeline.name: "${name}" has ${name.length} characters, ${PIPELINE_NAME_LIMIT} are possible: the role ` +
      `"<name>-<environment>-deploy-action" may have 64 (IAM), the connection "<name>-github" 32 (CodeConnections); shorten it`,
  ];
}

/**
 * Account and region of the pipeline are set both or neither: CDK makes a stack for a known account and region, or for
 * those of the shell that deploys it. An environment that sets its own makes CDK need both.
 */
function missingPlace(config: Config, environments: readonly Partial<Record<string, unknown>>[]): string[] {
  const keys = ['account', 'region'] as const;
  return keys.flatMap((key) => {
    if (config[key] !== undefined) return [];
    const environment = environments.some((each) => keys.some((own) => each[own] !== undefined));
    if (environment)
      return [`pipeline.${key}: missing, but an environment sets its own; write the ${key} of the pipeline`];
    const other = keys.find((each) => each !== key && config[each] !== undefined);
    return other
      ? [
          `pipeline.${key}: missing, but pipeline.${other} is set; write the ${key} of the pipeline, or remove "${other}"`,
        ]
      : [];
  });
}

/** A pipeline deploys within one partition: neither roles nor stacks reach another (AWS CLI guide, "partitions"). */
function otherPartitions(pipeline: unknown, environments: readonly Partial<Record<string, unknown>>[]): string[] {
  if (typeof pipeline !== 'string') return [];
  return environments.flatMap(({ region }, index) =>
    typeof region === 'string' && partitionOf(region) !== partitionOf(pipeline)
      ? [
          `pipeline.environments[${index}].region: "${region}" is in another partition of AWS than the pipeline's ` +
            `"${pipeline}"; give that environment a pipeline of its own`,
        ]
      : [],
  );
}

/** @returns What a region's name begins with in a partition other than the usual one. */
function partitionOf(region: string): string {
  return /^(cn|us-gov|us-iso[a-z]*|eu-isoe|eusc)-/.exec(region)?.[1] ?? '';
}
