import { z } from 'zod';
import { DEPLOYMENT_TYPES, type DeploymentType } from '../../aws-rules/traffic-shift';

/** What cdk.json says under the context key `pipeline`. */
export interface PipelineConfig {
  /** GitHub's "owner/repo". */
  readonly repository: string;
  readonly branch: string;
  /** @default - the stack creates the connection, and a person completes it in the console */
  readonly connectionArn?: string;
  /** The pipeline's own account. @default - the one whose credentials deploy PipelineStack */
  readonly account?: string;
  /** The pipeline's own region. @default - the one whose credentials deploy PipelineStack */
  readonly region?: string;
  /** Holds serverless.yml, relative to the repository. @default "service" */
  readonly serviceDirectory: string;
  /** In the order in which a push goes through them. */
  readonly environments: readonly EnvironmentConfig[];
  /** What the service's stack creates beside functions, an HTTP API, alarms and canaries. @default - nothing */
  readonly deployPermissions: readonly ExtraPermission[];
  /** E-mail addresses that are told of everything: all environments, and the pipeline itself. @default - none */
  readonly notify?: readonly string[];
}

export interface EnvironmentConfig {
  /** Also the stage's name, for sls. */
  readonly name: string;
  /** @default - the pipeline's own */
  readonly account?: string;
  /** @default - the pipeline's own */
  readonly region?: string;
  /** @default - what the service says for this stage */
  readonly deploymentType?: DeploymentType;
  /** E-mail addresses that are told of this environment's releases only. @default - none */
  readonly notify?: readonly string[];
}

/** Resources may hold {partition}, {region}, {account} and {stack}, the name of the service's stack. */
export interface ExtraPermission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Every mistake in a configuration, one a line: path, value, what it isn't, remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'INVALID_CONFIG';

  constructor(readonly problems: readonly string[]) {
    super(`cdk.json, context key "pipeline":\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** What a value must be, and how to make it so: the two halves of an error message after path and value. */
type Rule = `${string}; ${string}`;

const matching = (pattern: RegExp, rule: Rule) => z.string({ error: rule }).regex(pattern, { error: rule });

const account = matching(/^\d{12}$/, 'is not an AWS account; write its 12 digits as a string');
const region = matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not an AWS region; write one such as "eu-central-1"');

/** The name becomes part of a stack, a pipeline stage, roles and environment variables, and an sls stage. */
const environmentName = matching(
  /^[a-z](-?[a-z0-9]){0,23}$/,
  'is not a name CloudFormation can hold; write up to 24 lower-case letters and digits with single hyphens between, a letter first',
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
          'is not one action; write each in full, such as "dynamodb:CreateTable"',
        ),
        { error: 'is not a list of actions; write each in full, such as ["dynamodb:CreateTable"]' },
      )
      .min(1, { error: 'allows nothing; write at least one action or remove the permission' }),
    resources: z
      .array(
        matching(
          /^arn:[^:]+:[a-z0-9-]+:[^:]*:[^:]*:.+$/,
          'is not the ARN of a resource; write one such as "arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*"',
        ),
        { error: 'is not a list of ARNs; write it as ["arn:{partition}:…"]' },
      )
      .min(1, { error: 'allows nothing; write at least one ARN or remove the permission' }),
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
      'is not a directory of the repository; write its relative path',
    ).default('service'),
    environments: z
      .array(environment, { error: 'is not a list of environments; write it as [{ "name": "prod" }]' })
      .min(1, { error: 'releases to nowhere; write at least one environment, such as { "name": "prod" }' }),
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
 * @throws ConfigError with every mistake
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
    return issue.keys.map((key) => `${pathText([...issue.path, key])}: is not a known key; write one of ${known}`);
  }
  const remedy = issue.message.slice(issue.message.indexOf(';'));
  const said = issue.input === undefined ? `missing${remedy}` : `${JSON.stringify(issue.input)} ${issue.message}`;
  return [`${pathText(issue.path)}: ${said}`];
}

/** What is wrong between values that may each be right; told beside their own mistakes, so on the unchecked value. */
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
      ...(before.includes(name) ? [`${path} is there twice; give each environment its own name`] : []),
      ...(covered === undefined
        ? []
        : [`${path} begins like "${covered}", so that one's roles would cover the other's; rename one of them`]),
    ];
  });

  const ownPlace = (['account', 'region'] as const).flatMap((key) =>
    config[key] === undefined && environments.some((each) => each[key] !== undefined)
      ? [`pipeline.${key}: missing, though an environment names one; write the pipeline's own`]
      : [],
  );

  return [...betweenNames, ...ownPlace, ...toldTwice(config.notify, environments)];
}

/** An address that would get each message twice, or that one list makes pointless in another. */
function toldTwice(notify: unknown, environments: readonly Partial<Record<string, unknown>>[]): string[] {
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
            `${path}[${at}]: "${address}" is told of everything by pipeline.notify; remove it from one of them`,
        ),
      ];
    }),
  ];
}

interface Address {
  readonly address: string;
  /** In its list. */
  readonly at: number;
}

/** What is no text has its own mistake told. */
function addresses(list: unknown): Address[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((address, at) => (typeof address === 'string' ? [{ address, at }] : []));
}

function repeated(among: readonly Address[], path: string): string[] {
  return among
    .filter(({ address }, index) => among.slice(0, index).some((other) => same(other.address, address)))
    .map(({ address, at }) => `${path}[${at}]: "${address}" is there twice; remove one of them`);
}

/** Mail systems tell no capitals apart. */
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
