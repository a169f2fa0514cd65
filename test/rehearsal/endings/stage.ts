import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, GetTemplateCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Environment } from '../../../rehearsal/install/environment';
import type { ActionExecution, PipelineEvent } from '../../../rehearsal/pipeline/pipeline-event';
import { Rehearsal, type RehearsedRelease } from '../../../rehearsal/rehearsal';
import { Scratch } from '../../../rehearsal/scratch/scratch';
import { type Fixture, makeFixture } from './fixture';

/** Something to do the first time that an event is such, while a release goes on. */
export interface Cue {
  readonly when: (event: PipelineEvent) => boolean;
  readonly act: () => Promise<unknown>;
}

/** One rehearsal for all endings: each push comes on top of the one before. */
export class Stage {
  readonly #told = new Set<(event: PipelineEvent) => void>();
  /** the files of the last push that are not as in the fixture */
  #changed: readonly string[] = [];
  /** made by hand, to the stack */
  #changes = 0;
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
          if (event.type === 'pipeline-event') for (const tell of stage.#told) tell(event.event);
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

  /** The only one. */
  get environment(): Environment {
    return this.rehearsal.environments[0]!;
  }

  /** For a client of AWS, with the rights of somebody who may do everything. */
  get access() {
    const credentials = this.rehearsal.visitor(this.environment);
    return { endpoint: this.rehearsal.url, region: this.environment.region, credentials };
  }

  /** A file as the fixture has it. */
  file(path: string): Promise<string> {
    return readFile(join(this.fixture.path, path), 'utf8');
  }

  /** Pushes the fixture with other contents of some files: those of the push before are put back. */
  async push(message: string, files: Readonly<Record<string, string>>): Promise<RehearsedRelease> {
    const back = this.#changed.filter((path) => !(path in files)).map((path) => this.#original(path));
    this.#changed = Object.keys(files);
    return this.rehearsal.releaseFiles(message, { ...Object.fromEntries(await Promise.all(back)), ...files });
  }

  async #original(path: string): Promise<readonly [string, string | null]> {
    const file = join(this.fixture.path, path);
    return [path, existsSync(file) ? await readFile(file, 'utf8') : null];
  }

  /** @throws Error when a cue never came, and whatever an act fails with */
  async perform(release: () => Promise<RehearsedRelease>, ...cues: readonly Cue[]): Promise<RehearsedRelease> {
    const acts = new Map<Cue, Promise<unknown>>();
    const tell = (event: PipelineEvent) => {
      for (const cue of cues) {
        if (acts.has(cue) || !cue.when(event)) continue;
        const act = cue.act();
        // What it fails with is told when the release is over.
        act.catch(() => {});
        acts.set(cue, act);
      }
    };
    this.#told.add(tell);
    try {
      const released = await release();
      await Promise.all(acts.values());
      if (acts.size < cues.length) throw new Error(`only ${acts.size} of ${cues.length} cues came`);
      return released;
    } finally {
      this.#told.delete(tell);
    }
  }

  /** Lets virtual time stand still, from when the promise is fulfilled until {@link letTimePass}. */
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
    // It ends when time is let go of, and what it ends with is of no interest.
    ended.catch(() => {});
  }

  async letTimePass(): Promise<void> {
    await rm(this.fixture.steering.hold, { force: true });
  }

  /** Ends Deploy's build as a person does who stops it: what it runs is killed, and it determines no outcome. */
  async stopDeploy(): Promise<void> {
    const group = Number(await readFile(this.fixture.steering.deployDies, 'utf8'));
    if (!(group > 1)) throw new Error('Deploy has not said what it runs');
    process.kill(-group, 'SIGKILL');
  }

  /** Has somebody update the service's stack by hand: nothing that a function runs changes. */
  async updateByHand(): Promise<void> {
    const client = new CloudFormationClient(this.access);
    const { stackName: StackName } = this.environment;
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }));
    const template = JSON.parse(TemplateBody!);
    this.#changes += 1;
    template.Resources.HoldLambdaFunction.Properties.Description = `changed by hand ${this.#changes}`;
    const Capabilities = ['CAPABILITY_IAM' as const, 'CAPABILITY_NAMED_IAM' as const];
    await client.send(new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template), Capabilities }));
  }
}

/** The Canary action says something of itself that matches. */
export function canarySays(summary: RegExp): Cue['when'] {
  return (event) => event.type === 'action-progress' && isCanary(event) && summary.test(event.summary ?? '');
}

/** Deploy's log has a line that matches. */
export function deployLogs(line: RegExp): Cue['when'] {
  return (event) =>
    event.type === 'build-event' &&
    event.action.name === 'Deploy' &&
    event.event.type === 'output' &&
    line.test(event.event.line);
}

/** Deploy's build begins. */
export const deployBegins: Cue['when'] = (event) => event.type === 'build-event' && event.action.name === 'Deploy';

function isCanary({ action }: Pick<ActionExecution, 'action'>): boolean {
  return action.type === 'Lambda' && action.name === 'Canary';
}

export async function put(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '');
}
