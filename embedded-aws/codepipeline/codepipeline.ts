import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { AwsEvent } from '../events/event';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import type { Scope } from '../scope';
import { codePipelineApi } from './api';
import {
  type ActionChange,
  type ActionRecord,
  type ExecutionChange,
  type ExecutionRecord,
  History,
  type StageChange,
} from './history';
import type { Job, JobAnswer, JobOwner, JobRequest } from './job';
import { Jobs } from './jobs';
import { PipelineRecords } from './pipeline-records';
import { codePipelineResourceTypes } from './resource-types';
import { actionStateChange, executionStateChange, type Origin, stageStateChange } from './state-change';

export interface CodePipelineProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  /**
   * Called with every event that CodePipeline sends to EventBridge.
   *
   * @default - Nobody hears of them.
   */
  readonly onEvent?: (event: AwsEvent) => void;
}

/**
 * CodePipeline's API, in one account and region. Who executes a pipeline tells it what happens, has it make the jobs of
 * Lambda invoke actions, and waits for their answers. It keeps to contract.md.
 */
export class CodePipeline {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #scope: Scope;
  readonly #clock: VirtualClock;
  readonly #eventIds: Random;
  readonly #onEvent: (event: AwsEvent) => void;
  readonly #jobs: Jobs;
  readonly #history = new History();
  readonly #records = new PipelineRecords();

  constructor({ scope, clock, random, onEvent = () => {} }: CodePipelineProps) {
    this.#scope = scope;
    this.#clock = clock;
    this.#eventIds = random.stream('events');
    this.#onEvent = onEvent;
    const onAnswer = (owner: JobOwner, answer: JobAnswer) => this.#progress(owner, answer);
    this.#jobs = new Jobs({ scope, clock, random: random.stream('jobs'), onAnswer });
    this.resourceTypes = codePipelineResourceTypes(this.#records, clock, random.stream('names'));
    this.api = codePipelineApi({ jobs: this.#jobs, history: this.#history, records: this.#records });
  }

  /**
   * Makes the job of a Lambda invoke action.
   *
   * @throws AwsError ValidationException.
   */
  createJob(request: JobRequest): Job {
    return this.#jobs.create(request);
  }

  /**
   * Ends a job that got no reply in time; a reply that comes later is refused.
   *
   * @throws AwsError JobNotFoundException.
   */
  abandonJob(id: string): void {
    this.#jobs.abandon(id);
  }

  /** Notes how an execution stands, and sends the event. `STARTED` makes the execution known. */
  executionChanged(change: ExecutionChange): void {
    if (change.state !== 'STARTED') this.#execution(change);
    const version = this.#records.find(change.pipeline)?.version ?? 1;
    const execution = this.#history.changeExecution(change, version, this.#clock.now());
    this.#onEvent(executionStateChange(execution, this.#origin()));
  }

  /** @throws AwsError PipelineExecutionNotFoundException before the execution has started. */
  stageChanged(change: StageChange): void {
    const execution = this.#execution(change);
    const record = this.#history.changeStage(change, execution, this.#clock.now());
    this.#onEvent(stageStateChange(execution, record, this.#origin()));
  }

  /**
   * Notes how an action's execution stands. An event is sent when its state is another than before: a second `STARTED`
   * only adds what became known, e.g. the id of the build.
   *
   * @throws AwsError PipelineExecutionNotFoundException before the execution has started.
   */
  actionChanged(change: ActionChange): void {
    const execution = this.#execution(change);
    const before = execution.actions.get(change.actionExecutionId)?.state;
    const record = this.#history.changeAction(change, execution, this.#clock.now());
    if (before !== change.state) this.#onEvent(actionStateChange(execution, record, this.#origin()));
  }

  /** What a job says of its action stands at the action, so that people see it while the action runs. */
  #progress({ pipeline, executionId, stage, action }: JobOwner, answer: JobAnswer): void {
    const execution = this.#history.execution(pipeline, executionId);
    const running = [...(execution?.actions.values() ?? [])].find(
      (each) => each.stage === stage && each.action === action && each.state === 'STARTED',
    );
    if (!execution || !running) return;
    const said =
      answer.type === 'failed' ? { externalExecutionId: answer.failure.externalExecutionId } : answer.details;
    const known = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
    const record: ActionRecord = { ...running, ...known, updated: this.#clock.now() };
    execution.actions.set(running.actionExecutionId, record);
  }

  #execution({ pipeline, executionId }: { pipeline: string; executionId: string }): ExecutionRecord {
    const execution = this.#history.execution(pipeline, executionId);
    if (execution) return execution;
    throw new AwsError(
      'PipelineExecutionNotFoundException',
      `pipeline ${pipeline} has no execution ${executionId}; tell it of the execution's start first`,
    );
  }

  #origin(): Origin {
    return { scope: this.#scope, id: this.#eventIds.uuid(), now: this.#clock.now() };
  }
}
