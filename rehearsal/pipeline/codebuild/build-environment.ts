import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { EnvironmentVariable } from '../model';

/** What a machine may need to reach a registry at all. */
const CERTIFICATES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_DIR', 'SSL_CERT_FILE'];

/** npm's settings that say where packages come from, and nothing about how they are installed. */
const REGISTRY = ['cafile', 'globalconfig', 'https_proxy', 'noproxy', 'proxy', 'registry'];

/**
 * What a build inherits from the machine it is rehearsed on: a PATH, the way to the registry, and nothing else. None of
 * the person's AWS settings, no NODE_OPTIONS, and nothing of the `npm run` that started the rehearsal.
 *
 * Proxies are told to npm alone: osls (4.3.1) sends its calls through HTTP_PROXY whatever NO_PROXY says, those to the
 * rehearsal's own endpoint included.
 *
 * @param host the rehearsal's own environment
 */
export function machineEnvironment(host: NodeJS.ProcessEnv): Record<string, string> {
  const found: Record<string, string | undefined> = {
    PATH: path(host),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    npm_config_userconfig: npmSetting(host, 'userconfig') ?? join(host.HOME ?? homedir(), '.npmrc'),
    npm_config_https_proxy: host.HTTPS_PROXY ?? host.https_proxy,
    npm_config_proxy: host.HTTP_PROXY ?? host.http_proxy,
    npm_config_noproxy: host.NO_PROXY ?? host.no_proxy,
    npm_config_update_notifier: 'false',
  };
  for (const name of CERTIFICATES) found[name] = host[name];
  for (const name of REGISTRY) found[`npm_config_${name}`] = npmSetting(host, name) ?? found[`npm_config_${name}`];
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => !!entry[1]));
}

/** PATH with this Node first, and without the `node_modules/.bin` directories that `npm run` puts before it. */
function path(host: NodeJS.ProcessEnv): string {
  const own = (host.PATH ?? '/usr/bin:/bin').split(delimiter).filter((entry) => !/[\\/]node_modules[\\/]/.test(entry));
  return [...new Set([dirname(process.execPath), ...own])].join(delimiter);
}

function npmSetting(host: NodeJS.ProcessEnv, name: string): string | undefined {
  return host[`npm_config_${name}`] || host[`NPM_CONFIG_${name.toUpperCase()}`] || undefined;
}

export interface BuildIdentity {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly projectName: string;
  /** a UUID */
  readonly id: string;
  /** counts the project's builds from 1 */
  readonly number: number;
  readonly image: string;
  /** e.g. `codepipeline/service` */
  readonly initiator: string;
  /** the commit; undefined where CodePipeline knows none */
  readonly sourceVersion: string | undefined;
  /** milliseconds since the epoch, of virtual time */
  readonly startTime: number;
}

/**
 * The variables that CodeBuild itself sets (CodeBuild user guide, "Environment variables in build environments"), with
 * two differences: credentials come from the full URI of a local server instead of a link-local address, and TMPDIR is
 * the build's own.
 */
export function codeBuildEnvironment(build: BuildIdentity): Record<string, string> {
  const buildId = `${build.projectName}:${build.id}`;
  return {
    AWS_DEFAULT_REGION: build.region,
    AWS_REGION: build.region,
    CODEBUILD_BUILD_ARN: `arn:${build.partition}:codebuild:${build.region}:${build.accountId}:build/${buildId}`,
    CODEBUILD_BUILD_ID: buildId,
    CODEBUILD_BUILD_IMAGE: build.image,
    CODEBUILD_BUILD_NUMBER: String(build.number),
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_CI: 'true',
    CODEBUILD_INITIATOR: build.initiator,
    CODEBUILD_LOG_PATH: build.id,
    CODEBUILD_PROJECT_ARN: `arn:${build.partition}:codebuild:${build.region}:${build.accountId}:project/${build.projectName}`,
    CODEBUILD_START_TIME: String(build.startTime),
    ...(build.sourceVersion === undefined ? {} : { CODEBUILD_RESOLVED_SOURCE_VERSION: build.sourceVersion }),
  };
}

/**
 * Merges the variables a person sets: those of the action come before the project's, and both before the buildspec's
 * (CodeBuild user guide, buildspec reference, `env/variables`).
 */
export function ownEnvironment(
  buildspec: Readonly<Record<string, string>>,
  project: readonly EnvironmentVariable[],
  action: readonly EnvironmentVariable[],
): Record<string, string> {
  const named = (variables: readonly EnvironmentVariable[]) => variables.map(({ name, value }) => [name, value]);
  return { ...buildspec, ...Object.fromEntries([...named(project), ...named(action)]) };
}
