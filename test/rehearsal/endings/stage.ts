import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, GetTemplateCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { RehearsedEnvironment } from '../../../rehearsal/install/rehearsed-environment';
import type { ActionExecution, PipelineEvent } from '../../../rehearsal/pipeline/pipeline-event';
import { Rehearsal, type RehearsedRelease } from '../../../rehearsal/rehearsal';
import { Scratch } from '../../../rehearsal/scratch/scratch';
import { type Fixture, makeFixture } from './fixture';

/** An act to do when the first matching event occurs during a release. */
export interface Cue {
  readonly when: (event: PipelineEvent) => boolean;
  readonly act: () => Promise<unknown>;
}

/** One rehearsal for all outcomes: each push comes on top of the one before. */
export class Stage {
  readonly #listeners = new Set<(event: PipelineEvent) => void>();
  /** The files of the last push that differ from the fixture. */
  #changed: readonly string[] = [];
  /** Number of updates by {@link updateByHand}. */
  #updates = 0;
  #rehearsal: Rehearsal | undefined;

  private constructor(
    readonly scratch: Scratch,
    readonly fixture: Fixture,
  ) {}

  static async open(): Promise<Stage> {
    const scratch = await Scratch.open();
    try {
      const stage = new Stage(scratch, await makeFixture(scratch));
      stage.#rehearsal = await Rehearsal.open({
        repository: stage.fixture.path,
        seed: 1,
        quick: true,
        scratch,
        onEvent: (event) => {
          if (event.type === 'pipeline-event') for (const listener of stage.#listeners) listener(event.event);
        },
      });
      return stage;
    } catch (error) {
      await scratch.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#rehearsal?.close();
    await this.scratch.close();
  }

  get rehearsal(): Rehearsal {
    return this.#rehearsal!;
  }

  /** The only environment. */
  get environment(): RehearsedEnvironment {
    return this.rehearsal.environments[0]!;
  }

  /** Configuration of a client of the embedded AWS, with full access. */
  get access() {
    const credentials = this.rehearsal.visitor(this.environment);
    return { endpoint: this.rehearsal.url, region: this.environment.region, credentials };
  }

  /** @returns The content of a file in the fixture. */
  file(path: string): Promise<string> {
    return readFile(join(this.fixture.path, path), 'utf8');
  }

  /** Pushes the fixture with changed files. The changes of the previous push are reverted. */
  async push(message: string, files: Readonly<Record<string, string>>): Promise<RehearsedRelease> {
    const reverted = this.#changed.filter((path) => !(path in files)).map((path) => this.#original(path));
    this.#changed = Object.keys(files);
    return this.rehearsal.releaseFiles(message, { ...Object.fromEntries(await Promise.all(reverted)), ...files });
  }

  async #original(path: string): Promise<readonly [string, string | null]> {
    const file = join(this.fixture.path, path);
    return [path, existsSync(file) ? await readFile(file, 'utf8') : null];
  }

  /**
   * Releases, and does the acts of the cues meanwhile.
   *
   * @throws Error when a cue did not occur, or an act failed.
   */
  async perform(release: () => Promise<RehearsedRelease>, ...cues: readonly Cue[]): Promise<RehearsedRelease> {
    const acts = new Map<Cue, Promise<unknown>>();
    const listener = (event: PipelineEvent) => {
      for (const cue of cues) {
        if (acts.has(cue) || !cue.when(event)) continue;
        const act = cue.act();
        // A failure is reported when the release has ended.
        act.catch(() => {});
        acts.set(cue, act);
      }
    };
    this.#listeners.add(listener);
    try {
      const released = await release();
      await Promise.all(acts.values());
      if (acts.size < cues.length) throw new Error(`only ${acts.size} of ${cues.length} cues occurred`);
      return released;
    } finally {
      this.#listeners.delete(listener);
    }
  }

  /** Stops virtual time, from when the promise is fulfilled until {@link letTimePass}. */
  async holdTime(): Promise<void> {
    const { hold } = this.fixture.steering;
    await put(hold);
    const FunctionName = `${this.environment.stackName}-hold`;
    const Payload = JSON.stringify({ file: hold });
    const held = new LambdaClient(this.access).send(new InvokeCommand({ FunctionName, Payload }));
    const ended = held.then(() => 'ended' as const);
    while ((await readFile(hold, 'utf8')) === '') {
      if ((await Promise.race([ended, sleep(20)])) === 'ended') throw new Error('virtual time could not be held');
    }
    // The invocation ends with letTimePass. Its result does not matter.
    ended.catch(() => {});
  }

  async letTimePass(): Promise<void> {
    await rm(this.fixture.steering.hold, { force: true });
  }

  /** Ends Deploy's build as a person does who stops it: what it runs is killed, and it determines no outcome. */
  async stopDeploy(): Promise<void> {
    const group = Number(await readFile(this.fixture.steering.deployDies, 'utf8'));
    if (!(group > 1)) throw new Error('Deploy has not written the id of its process group');
    process.kill(-group, 'SIGKILL');
  }

  /** Starts an update of the service's stack, without a change of a function's code. */
  async updateByHand(): Promise<void> {
    const client = new CloudFormationClient(this.access);
    const { stackName: StackName } = this.environment;
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }));
    const template = JSON.parse(TemplateBody!);
    this.#updates += 1;
    template.Resources.HoldLambdaFunction.Properties.Description = `changed by hand ${this.#updates}`;
    const Capabilities = ['CAPABILITY_IAM' as const, 'CAPABILITY_NAMED_IAM' as const];
    await client.send(new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template), Capabilities }));
  }
}

/** Occurs when the Canary action shows a matching summary. */
export function canarySays(summary: RegExp): Cue['when'] {
  return (event) => event.type === 'action-progress' && isCanary(event) && summary.test(event.summary ?? '');
}

/** Occurs when Deploy's log gets a matching line. */
export function deployLogs(line: RegExp): Cue['when'] {
  return (event) =>
    event.type === 'build-event' &&
    event.action.name === 'Deploy' &&
    event.event.type === 'output' &&
    line.test(event.event.line);
}

/** Occurs when Deploy's build begins. */
export const deployBegins: Cue['when'] = (event) => event.type === 'build-event' && event.action.name === 'Deploy';

function isCanary({ action }: Pick<ActionExecution, 'action'>): boolean {
  return action.type === 'Lambda' && action.name === 'Canary';
}

export async function put(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '');
}
