import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VirtualClock } from '../../../embedded-aws/clock';
import { Random } from '../../../embedded-aws/random';
import type { ActionContext, ActionProgress, ActionResult } from '../../../rehearsal/pipeline/action-runner';
import { CodeBuildActions, type CodeBuildActionsProps } from '../../../rehearsal/pipeline/actions/code-build';
import { Artifacts } from '../../../rehearsal/pipeline/artifacts';
import type { BuildEvent } from '../../../rehearsal/pipeline/codebuild/build-event';
import { BuildCache } from '../../../rehearsal/pipeline/codebuild/cache';
import { CredentialsEndpoint } from '../../../rehearsal/pipeline/codebuild/credentials';
import type { BuildAction, CodeBuildProject } from '../../../rehearsal/pipeline/model';
import { Variables } from '../../../rehearsal/pipeline/variables';
import { Scratch } from '../../../rehearsal/scratch/scratch';
import { aCommit } from './a-commit';

export interface BenchBuild {
  readonly buildspec: object;
  /** Contents of files, by path. */
  readonly source?: Readonly<Record<string, string>>;
  /** Other input artifacts: contents of files by path, by name of the artifact. */
  readonly inputs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly outputs?: readonly string[];
  readonly project?: Partial<CodeBuildProject>;
  readonly environment?: BuildAction['environment'];
}

/** Runs builds for tests, one after another. */
export class BuildBench {
  readonly clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  readonly variables = new Variables();
  readonly events: BuildEvent[] = [];
  readonly progress: ActionProgress[] = [];
  #runner: CodeBuildActions;
  #executions = 0;
  artifacts: Artifacts;

  private constructor(
    readonly scratch: Scratch,
    readonly credentials: CredentialsEndpoint,
    props: Partial<CodeBuildActionsProps>,
  ) {
    this.artifacts = new Artifacts(scratch, '0');
    this.#runner = new CodeBuildActions({
      scratch,
      home: { accountId: '111111111111', region: 'eu-central-1' },
      random: new Random(1),
      clock: this.clock,
      endpointUrl: 'http://127.0.0.1:1',
      credentials,
      cache: new BuildCache(scratch),
      host: process.env,
      ...props,
    });
  }

  static async open(props: (scratch: Scratch) => Partial<CodeBuildActionsProps> = () => ({})): Promise<BuildBench> {
    const scratch = await Scratch.open({ grace: 100 });
    const credentials = new CredentialsEndpoint(({ roleArn }) => ({
      accessKeyId: roleArn,
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: new Date('2040-01-01T00:00:00Z'),
    }));
    await credentials.listen();
    return new BuildBench(scratch, credentials, props(scratch));
  }

  async close(): Promise<void> {
    await this.credentials.close();
    await this.scratch.close();
  }

  async build({ buildspec, source = {}, inputs = {}, outputs = [], ...more }: BenchBuild): Promise<ActionResult> {
    this.#executions += 1;
    this.artifacts = new Artifacts(this.scratch, String(this.#executions));
    this.events.length = 0;
    for (const [name, files] of Object.entries({ Source: source, ...inputs })) {
      const directory = await this.artifacts.create(name);
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), content);
      }
    }
    const project: CodeBuildProject = {
      logicalId: 'Project',
      name: 'build',
      buildSpec: JSON.stringify({ version: '0.2', ...buildspec }),
      environment: [],
      image: 'aws/codebuild/standard:7.0',
      roleArn: 'arn:aws:iam::111111111111:role/builder',
      timeoutMinutes: 60,
      cache: undefined,
      ...more.project,
    };
    const action: BuildAction = {
      type: 'CodeBuild',
      stage: 'Build',
      name: 'Build',
      runOrder: 1,
      inputs: ['Source', ...Object.keys(inputs)],
      outputs,
      namespace: undefined,
      roleArn: undefined,
      region: 'eu-central-1',
      project,
      primarySource: 'Source',
      environment: more.environment ?? [],
    };
    const context: ActionContext = {
      pipeline: { name: 'service', stackName: 'PipelineStack', templateFile: 'x', stages: [] },
      executionId: String(this.#executions),
      commit: aCommit,
      artifacts: this.artifacts,
      variables: this.variables,
      onBuildEvent: (event) => this.events.push(event),
      onProgress: (progress) => this.progress.push(progress),
      parallelWork: Promise.resolve(),
    };
    return this.#runner.run(action, context);
  }

  /** Output lines of the last build's commands. */
  get output(): readonly string[] {
    return this.events.flatMap((event) => (event.type === 'output' ? [event.line] : []));
  }

  /** Remarks of the rehearsal about the last build. */
  get notes(): readonly string[] {
    return this.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  }

  async artifact(name: string, path: string): Promise<string> {
    return readFile(await this.artifacts.path(name, path), 'utf8');
  }
}
