import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VirtualClock } from '../../../embedded-aws/clock';
import type { Random } from '../../../embedded-aws/random';
import type { Scratch } from '../../scratch/scratch';
import type { ActionContext, ActionResult, ActionRunner } from '../action-runner';
import type { Home } from '../assembly';
import { Build } from '../codebuild/build';
import { codeBuildEnvironment, machineEnvironment, ownEnvironment } from '../codebuild/build-environment';
import { type BuildResult, consoleMessage } from '../codebuild/build-event';
import { type Buildspec, readBuildspec } from '../codebuild/buildspec';
import type { BuildCache } from '../codebuild/cache';
import type { CredentialsEndpoint } from '../codebuild/credentials';
import { artifactFiles } from '../codebuild/upload-artifacts';
import { Limit } from '../limit';
import type { BuildAction, CodeBuildProject } from '../model';

export interface CodeBuildActionsProps {
  readonly scratch: Scratch;
  /** Account and region of the projects. */
  readonly home: Home;
  /** Random stream for the ids of builds. */
  readonly random: Random;
  /** Clock of the projects' timeouts. */
  readonly clock: VirtualClock;
  /** Value of AWS_ENDPOINT_URL in builds. */
  readonly endpointUrl: string;
  readonly credentials: CredentialsEndpoint;
  readonly cache: BuildCache;
  /** Environment of the rehearsal's process. Builds inherit only what {@link machineEnvironment} selects. */
  readonly host: NodeJS.ProcessEnv;
  /**
   * Variables that builds have only in a rehearsal, e.g. a polling interval.
   *
   * @default - none
   */
  readonly additional?: Readonly<Record<string, string>>;
  /**
   * @returns Whether to skip a command.
   *
   * @default - no command is skipped
   */
  readonly skip?: (command: string) => boolean;
  /**
   * Real time that a build may take, in milliseconds.
   *
   * @default 600000
   */
  readonly guard?: number;
  /**
   * Number of builds that run at the same time. A build may need a gigabyte of memory.
   *
   * @default 1
   */
  readonly concurrency?: number;
}

/** Runs CodeBuild actions: real builds on this machine. */
export class CodeBuildActions implements ActionRunner<BuildAction> {
  readonly #limit: Limit;
  readonly #numbers = new Map<string, number>();
  #builds = 0;
  readonly #props: CodeBuildActionsProps;

  constructor(props: CodeBuildActionsProps) {
    this.#props = props;
    this.#limit = new Limit(props.concurrency ?? 1);
  }

  run(action: BuildAction, context: ActionContext): Promise<ActionResult> {
    return this.#limit.run(async () => {
      const id = this.#props.random.uuid();
      context.onProgress({ externalId: `${action.project.name}:${id}` });
      const result = await this.#build(action, context, id);
      const { id: externalId, exported: variables } = result;
      if (result.status !== 'SUCCEEDED') {
        return { type: 'failed', code: 'JobFailed', message: consoleMessage(result), externalId, build: result };
      }
      return { type: 'succeeded', summary: `Build ${externalId} succeeded`, externalId, variables, build: result };
    });
  }

  async #build(action: BuildAction, context: ActionContext, id: string): Promise<BuildResult> {
    const { scratch, cache, clock, skip, guard = 600_000 } = this.#props;
    const { project } = action;
    const environment = action.environment.map(({ name, value }) => ({
      name,
      value: context.variables.resolve(value),
    }));
    this.#builds += 1;
    const directory = await scratch.directory('builds', String(this.#builds));
    const sources = await this.#sources(action, context, directory);
    const buildspec = await this.#buildspec(project, join(directory, 'src'));
    const outputs = action.outputs.map(async (name) => ({
      name,
      directory: await context.artifacts.create(name),
      files: artifactFiles(buildspec, name, action.outputs.length === 1),
    }));
    const timeout = new AbortController();
    // A daemon task does not make virtual time pass. It only waits for the time that the endpoint's services make pass.
    clock.spawn(
      async () => {
        await clock.sleep(project.timeoutMinutes * 60_000);
        timeout.abort();
      },
      { daemon: true },
    );
    return new Build({
      id: `${project.name}:${id}`,
      scratch,
      directory,
      temporaryDirectory: join(scratch.path, 'tmp', String(this.#builds)),
      buildspec,
      environment: {
        ...machineEnvironment(this.#props.host),
        ...ownEnvironment(buildspec.env.variables, project.environment, environment),
        ...sources,
        ...this.#codeBuild(action, context, id),
      },
      shell: shellOf(project, buildspec),
      outputs: await Promise.all(outputs),
      cache: project.cache === undefined ? undefined : { store: cache, name: project.cache },
      skip,
      timeout: timeout.signal,
      guard,
      onEvent: context.onBuildEvent,
    }).run();
  }

  /**
   * Copies the input artifacts to where the build expects them.
   *
   * @returns The variables with their paths.
   */
  async #sources(
    action: BuildAction,
    { artifacts }: ActionContext,
    directory: string,
  ): Promise<Record<string, string>> {
    const primary = join(directory, 'src');
    await artifacts.copyTo(action.primarySource, primary);
    const variables: Record<string, string> = { CODEBUILD_SRC_DIR: primary };
    for (const name of action.inputs) {
      if (name === action.primarySource) continue;
      const secondary = join(directory, 'secondary', name);
      await artifacts.copyTo(name, secondary);
      variables[`CODEBUILD_SRC_DIR_${name}`] = secondary;
    }
    return variables;
  }

  #codeBuild({ project }: BuildAction, { commit, pipeline }: ActionContext, id: string): Record<string, string> {
    const { home, clock, credentials, endpointUrl, additional } = this.#props;
    const number = (this.#numbers.get(project.name) ?? 0) + 1;
    this.#numbers.set(project.name, number);
    return {
      ...codeBuildEnvironment({
        accountId: home.accountId,
        region: home.region,
        partition: home.partition ?? 'aws',
        projectName: project.name,
        id,
        number,
        image: project.image,
        initiator: `codepipeline/${pipeline.name}`,
        sourceVersion: commit.id,
        startTime: clock.now(),
      }),
      AWS_CONTAINER_CREDENTIALS_FULL_URI: credentials.uriFor({
        roleArn: project.roleArn,
        projectArn: projectArn(home, project.name),
      }),
      AWS_ENDPOINT_URL: endpointUrl,
      // On an EC2 instance, an SDK that cannot reach this address must not fall back to the instance's role.
      AWS_EC2_METADATA_DISABLED: 'true',
      ...additional,
    };
  }

  async #buildspec(project: CodeBuildProject, sourceDirectory: string): Promise<Buildspec> {
    const inline = /[\n{]/.test(project.buildSpec);
    if (inline) return readBuildspec(project.buildSpec, `the buildspec of CodeBuild project ${project.name}`);
    const file = join(sourceDirectory, project.buildSpec);
    await access(file).catch((cause) => {
      throw new Error(
        `the source has no ${project.buildSpec}, the buildspec of CodeBuild project ${project.name}; commit the file`,
        { cause },
      );
    });
    return readBuildspec(await readFile(file, 'utf8'), `${project.buildSpec} of CodeBuild project ${project.name}`);
  }
}

/** @returns The ARN of a project. */
export function projectArn({ partition = 'aws', region, accountId }: Home, name: string): string {
  return `arn:${partition}:codebuild:${region}:${accountId}:project/${name}`;
}

/**
 * @returns The shell of a build. The default is the image's `sh`: bash on Amazon Linux and dash on Ubuntu, for which
 * this machine's `/bin/sh` is used, whichever shell that is.
 */
function shellOf(project: CodeBuildProject, { env }: Buildspec): string {
  return env.shell ?? (project.image.includes('amazonlinux') ? 'bash' : '/bin/sh');
}
