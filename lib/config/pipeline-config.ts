import { z } from 'zod';
import { DEPLOYMENT_TYPES, type DeploymentType } from '../../aws-rules/traffic-shift';
import { configConflicts } from './config-conflicts';
import { EXTRA_PERMISSION_KEYS, type ExtraPermission, extraPermission } from './extra-permission';
import { matching } from './matching';
import { defaultPipelineName, ENVIRONMENT_NAME_LIMIT } from './pipeline-name';

/** Directory of the service when the configuration names none. */
export const DEFAULT_SERVICE_DIRECTORY = 'service';

/** The configuration in cdk.json under the context key `pipeline`. */
export interface PipelineConfig {
  /** The GitHub repository, as "owner/repo". */
  readonly repository: string;
  /**
   * Name of the pipeline and of its stack, and the prefix of the names of its resources. Two pipelines of one account and
   * region need different ones.
   *
   * @default - made from `repository`, with a hash
   */
  readonly name: string;
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
   * What the roles of the service's stack may do in addition to the usual on resources of their own stack. It widens
   * their permissions boundary; the roles themselves still need the permission.
   *
   * @default []
   */
  readonly functionPermissions: readonly ExtraPermission[];
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

/** Reports every mistake in a configuration, one per line: its path, the value, what is wrong and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'INVALID_CONFIG';

  constructor(readonly problems: readonly string[]) {
    super(`cdk.json, context key "pipeline":\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

const account = matching(/^\d{12}$/, 'is not an AWS account; write its 12 digits as a string');
const region = matching(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'is not an AWS region; write one such as "eu-central-1"');

/**
 * The name becomes part of the names of stacks, roles, environment variables and a pipeline stage; it is the sls stage
 * too.
 */
const environmentName = matching(
  new RegExp(`^(?=.{1,${ENVIRONMENT_NAME_LIMIT}}$)[a-z](-?[a-z0-9])*$`),
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

/** A stack's name may have these characters (CloudFormation); single hyphens, so that derived names are readable. */
const pipelineName = matching(
  /^[A-Za-z](-?[A-Za-z0-9])*$/,
  'is not a valid name for a pipeline; write letters, digits and single hyphens, beginning with a letter, or remove it',
);

const extraPermissions = z
  .array(extraPermission, {
    error: 'is not a list of permissions; write it as [{ "actions": […], "resources": […] }] or remove it',
  })
  .default([]);

/**
 * Owner and repository. Owners that are managed users contain an underscore, and old names begin or end with a hyphen or
 * contain two in a row. GitHub gives no repository the name of a directory, and cuts off ".git".
 *
 * @see https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
 */
const REPOSITORY = /^[A-Za-z0-9_-]{1,39}\/(?!\.{1,2}$)(?!.*\.git$)[A-Za-z0-9._-]{1,100}$/;

/**
 * A branch as Git accepts it, without `refs/heads/`.
 *
 * @see https://git-scm.com/docs/git-check-ref-format
 */
const BRANCH = /^(?!refs\/|[-./]|(?:HEAD|@)$)(?!.*(?:\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$))[^\s\p{Cc}~^:?*[\\]+$/u;

const pipeline = z.strictObject(
  {
    repository: matching(REPOSITORY, 'is not a GitHub repository; write it as "owner/repo"'),
    name: pipelineName.optional(),
    branch: matching(BRANCH, 'is not a branch; write its name, such as "main"'),
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
    deployPermissions: extraPermissions,
    functionPermissions: extraPermissions,
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
  const problems = [...(result.error?.issues.flatMap(problemsOf) ?? []), ...configConflicts(value)];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return { ...result.data, name: result.data.name ?? defaultPipelineName(result.data.repository) };
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

function knownKeys(path: readonly PropertyKey[]): string[] {
  if (path[0] === 'environments') return Object.keys(environment.shape);
  if (path[0] === 'deployPermissions' || path[0] === 'functionPermissions') return [...EXTRA_PERMISSION_KEYS];
  return Object.keys(pipeline.shape);
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
    'pipeline',
  );
}
