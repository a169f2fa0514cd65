import { z } from 'zod';
import { DEPLOYMENT_TYPES, type DeploymentType } from '../../aws-rules/traffic-shift';

/** Directory of the service when the configuration names none. */
export const DEFAULT_SERVICE_DIRECTORY = 'service';

/** The configuration in cdk.json under the context key `pipeline`. */
export interface PipelineConfig {
  /** The GitHub repository, as "owner/repo". */
  readonly repository: string;
  readonly branch: string;
  /**
   * ARN of a CodeConnections connection.
   *
   * @default - the stack creates one, which a person completes in the console
   */
  readonly connectionArn?: string;
  /**
   * Account of the pipeline.
   *
   * @default - the account of the credentials that deploy PipelineStack
   */
  readonly account?: string;
  /**
   * Region of the pipeline.
   *
   * @default - the region of the shell that deploys PipelineStack
   */
  readonly region?: string;
  /**
   * Directory with serverless.yml, relative to the repository.
   *
   * @default "service"
   */
  readonly serviceDirectory: string;
  /** The environments, in the order in which a push goes through them. */
  readonly environments: readonly EnvironmentConfig[];
  /**
   * Permissions for what the service's stack creates in addition to functions, an HTTP API, alarms and canaries.
   *
   * @default []
   */
  readonly deployPermissions: readonly ExtraPermission[];
  /**
   * E-mail addresses that get all notifications, those about the pipeline itself too.
   *
   * @default - none
   */
  readonly notify?: readonly string[];
}

/** The configuration of an environment. */
export interface EnvironmentConfig {
  /** The environment's name, which is also the sls stage. */
  readonly name: string;
  /** @default - the pipeline's account */
  readonly account?: string;
  /** @default - the pipeline's region */
  readonly region?: string;
  /** @default - the type that the service declares for this sls stage */
  readonly deploymentType?: DeploymentType;
  /**
   * E-mail addresses that get the notifications about this environment only.
   *
   * @default - none
   */
  readonly notify?: readonly string[];
}

/** Actions that CloudFormation may do on resources of the service's stack. */
export interface ExtraPermission {
  readonly actions: readonly string[];
  /** ARNs, with the placeholders {partition}, {region}, {account} and {stack} (the name of the service's stack). */
  readonly resources: readonly string[];
}

/** Reports every mistake in a configuration, one per line: its path, the value, what is wrong and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'INVALID_CONFIG';

  constructor(readonly problems: readonly string[]) {
    super(`cdk.json, context key "pipeline":\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** What is wrong with a value and what to do: the two halves of an error message after the path and the value. */
type Rule = `${string}; ${string}`;

const matching = (pattern: RegExp, rule: Rule) => z.string({ error: rule }).regex(pattern, { error: rule });

const account = matching(/^\d{12}$/, 'is not an AWS account; write its 12 digits as a string');
const region = matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not an AWS region; write one such as "eu-central-1"');

/**
 * The name becomes part of the names of stacks, roles, environment variables and a pipeline stage; it is the sls stage
 * too.
 */
const environmentName = matching(
  /^[a-z](-?[a-z0-9]){0,23}$/,
  'is not a valid name for an environment; write up to 24 lower-case letters, digits and single hyphens, beginning with a letter',
);

const notify = z.array(
  matching(
    /^[^\s@"<>]+@[^\s@"<>]+\.[^\s@"<>.]+$/,
    'is not an e-mail address; write one such as "team@example.com", without a name',
  ),
  { error: 'is not a list of e-mail addresses; write it as ["team@example.com"] or remove it' },
);

const environment = z.strictObject(
  {
    name: environmentName,
    account: account.optional(),
    region: region.optional(),
    deploymentType: z
      .enum(DEPLOYMENT_TYPES, {
        error: `is not a deployment type; write one of ${DEPLOYMENT_TYPES.join(', ')}`,
      })
      .optional(),
    notify: notify.optional(),
  },
  { error: 'is not an environment; write an object with a "name"' },
);

const extraPermission = z.strictObject(
  {
    actions: z
      .array(
        matching(
          /^[a-z0-9-]+:[A-Z][A-Za-z]*$/,
          'is not an action without wildcards; write each in full, such as "dynamodb:CreateTable"',
        ),
        { error: 'is not a list of actions; write it as ["dynamodb:CreateTable"]' },
      )
      .min(1, { error: 'contains no action; write at least one or remove the permission' }),
    resources: z
      .array(
        matching(
          /^arn:[^:]+:[a-z0-9-]+:[^:]*:[^:]*:.+$/,
          'is not the ARN of a resource; write one such as "arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*"',
        ),
        { error: 'is not a list of ARNs; write it as ["arn:{partition}:…"]' },
      )
      .min(1, { error: 'contains no ARN; write at least one or remove the permission' }),
  },
  { error: 'is not a permission; write an object with "actions" and "resources"' },
);

const pipeline = z.strictObject(
  {
    repository: matching(
      /^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}\/[A-Za-z0-9._-]{1,100}$/,
      'is not a GitHub repository; write it as "owner/repo"',
    ),
    branch: matching(/^(?!refs\/)[^\s~^:?*[\\]+$/, 'is not a branch; write its name, such as "main"'),
    connectionArn: matching(
      /^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
      'is not the ARN of a connection; copy it from the console (Developer Tools, Connections), or remove it and the stack creates a connection',
    ).optional(),
    account: account.optional(),
    region: region.optional(),
    serviceDirectory: matching(
      /^(?!\/)(?!.*\.\.)[A-Za-z0-9._/-]+$/,
      'is not a directory of the repository; write its path, relative to the repository',
    ).default(DEFAULT_SERVICE_DIRECTORY),
    environments: z
      .array(environment, { error: 'is not a list of environments; write it as [{ "name": "prod" }]' })
      .min(1, { error: 'contains no environment; write at least one, such as { "name": "prod" }' }),
    deployPermissions: z
      .array(extraPermission, {
        error: 'is not a list of permissions; write it as [{ "actions": […], "resources": […] }] or remove it',
      })
      .default([]),
    notify: notify.optional(),
  },
  { error: 'is not a configuration; write an object with "repository", "branch" and "environments"' },
);

/**
 * Checks a configuration and fills in its defaults.
 *
 * @throws ConfigError with every mistake.
 */
export function pipelineConfig(value: unknown): PipelineConfig {
  const result = pipeline.safeParse(value, { reportInput: true });
  const problems = [...(result.error?.issues.flatMap(problemsOf) ?? []), ...conflicts(value)];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return result.data;
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path).join(', ');
    return issue.keys.map((key) => `${pathText([...issue.path, key])}: unknown key; write one of ${known}`);
  }
  const remedy = issue.message.slice(issue.message.indexOf(';'));
  const problem = issue.input === undefined ? `missing${remedy}` : `${JSON.stringify(issue.input)} ${issue.message}`;
  return [`${pathText(issue.path)}: ${problem}`];
}

/**
 * Finds conflicts between values that may each be valid. Works on the unchecked value, so that conflicts are reported
 * together with the mistakes in single values.
 */
function conflicts(value: unknown): string[] {
  const config = (value ?? {}) as Partial<Record<'account' | 'region' | 'environments' | 'notify', unknown>>;
  const environments: Partial<Record<string, unknown>>[] = Array.isArray(config.environments)
    ? config.environments.map((each) => each ?? {})
    : [];
  const names = environments.map(({ name }) => name);

  const betweenNames = names.flatMap((name, index) => {
    if (typeof name !== 'string') return [];
    const before = names.slice(0, index).filter((other) => typeof other === 'string');
    const path = `pipeline.environments[${index}].name: "${name}"`;
    const covered = before.find((other) => name.startsWith(`${other}-`) || other.startsWith(`${name}-`));
    return [
      ...(before.includes(name) ? [`${path} is used twice; give each environment its own name`] : []),
      ...(covered === undefined
        ? []
        : [
            `${path} and "${covered}" begin alike, so the roles of one would have permissions on the other; rename one of them`,
          ]),
    ];
  });

  const ofPipeline = (['account', 'region'] as const).flatMap((key) =>
    config[key] === undefined && environments.some((each) => each[key] !== undefined)
      ? [`pipeline.${key}: missing, but an environment sets its own; write the ${key} of the pipeline`]
      : [],
  );

  return [...betweenNames, ...ofPipeline, ...duplicateAddresses(config.notify, environments)];
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

function knownKeys(path: readonly PropertyKey[]): string[] {
  if (path[0] === 'environments') return Object.keys(environment.shape);
  if (path[0] === 'deployPermissions') return Object.keys(extraPermission.shape);
  return Object.keys(pipeline.shape);
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
    'pipeline',
  );
}
