import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { EnvironmentVariable } from '../model';

/** Variables with certificates, which some machines need to reach a registry. */
const CERTIFICATES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_DIR', 'SSL_CERT_FILE'];

/** npm's settings that determine where packages come from, not how they are installed. */
const REGISTRY = ['cafile', 'globalconfig', 'https_proxy', 'noproxy', 'proxy', 'registry'];

/**
 * Selects the variables that a build inherits from this machine: PATH, and what npm needs to reach the registry. The
 * user's AWS settings, NODE_OPTIONS and the variables of the `npm run` that started the rehearsal are not inherited.
 *
 * Proxies are passed only as npm settings, because osls (4.3.1) ignores NO_PROXY: with HTTP_PROXY, it would send the
 * calls to the embedded endpoint through the proxy.
 *
 * @param host Environment of the rehearsal's process.
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

/** @returns PATH with this Node version first, and without the `node_modules/.bin` directories that `npm run` adds. */
function path(host: NodeJS.ProcessEnv): string {
  const own = (host.PATH ?? '/usr/bin:/bin').split(delimiter).filter((entry) => !/[\\/]node_modules[\\/]/.test(entry));
  return [...new Set([dirname(process.execPath), ...own])].join(delimiter);
}

function npmSetting(host: NodeJS.ProcessEnv, name: string): string | undefined {
  return host[`npm_config_${name}`] || host[`NPM_CONFIG_${name.toUpperCase()}`] || undefined;
}

interface BuildIdentity {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly projectName: string;
  /** A UUID. */
  readonly id: string;
  /** Number of the build in its project, from 1. */
  readonly number: number;
  readonly image: string;
  /** E.g. `codepipeline/service`. */
  readonly initiator: string;
  /** Id of the commit. Undefined if CodePipeline does not know it. */
  readonly sourceVersion: string | undefined;
  /** Virtual time, in milliseconds since the epoch. */
  readonly startTime: number;
}

/**
 * @returns The variables that CodeBuild sets (CodeBuild user guide, "Environment variables in build environments"),
 * without those for credentials.
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
 * Merges the variables that are configured. Those of the action override the project's, and both override the
 * buildspec's (CodeBuild user guide, buildspec reference, `env/variables`).
 */
export function ownEnvironment(
  buildspec: Readonly<Record<string, string>>,
  project: readonly EnvironmentVariable[],
  action: readonly EnvironmentVariable[],
): Record<string, string> {
  const named = (variables: readonly EnvironmentVariable[]) => variables.map(({ name, value }) => [name, value]);
  return { ...buildspec, ...Object.fromEntries([...named(project), ...named(action)]) };
}
