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
import { actionStateChange, executionStateChange, type StateChangeOrigin, stageStateChange } from './state-change';

interface CodePipelineProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  /**
   * Called with every event that CodePipeline sends to EventBridge.
   *
   * @default - Not called.
   */
  readonly onEvent?: (event: AwsEvent) => void;
}

/**
 * AWS CodePipeline in one account and region; contract.md has its rules. It does not run pipelines: the executor
 * reports state changes to it, creates the jobs of Lambda invoke actions with it, and waits for their results.
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
    const onAnswer = (owner: JobOwner, answer: JobAnswer) => this.#recordProgress(owner, answer);
    this.#jobs = new Jobs({ scope, clock, random: random.stream('jobs'), onAnswer });
    this.resourceTypes = codePipelineResourceTypes(this.#records, clock, random.stream('names'));
    this.api = codePipelineApi({ jobs: this.#jobs, history: this.#history, records: this.#records });
  }

  /**
   * Creates the job of a Lambda invoke action.
   *
   * @throws AwsError ValidationException when the user parameters are too long.
   */
  createJob(request: JobRequest): Job {
    return this.#jobs.create(request);
  }

  /**
   * Ends a job that has not sent its result in time; a later result is refused.
   *
   * @throws AwsError JobNotFoundException.
   */
  abandonJob(id: string): void {
    this.#jobs.abandon(id);
  }

  /** Records the state of an execution and sends the event. `STARTED` adds the execution. */
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
   * Records the state of an action execution. An event is sent when the state has changed; a second `STARTED` only adds
   * details, e.g. the id of the build.
   *
   * @throws AwsError PipelineExecutionNotFoundException before the execution has started.
   */
  actionChanged(change: ActionChange): void {
    const execution = this.#execution(change);
    const before = execution.actions.get(change.actionExecutionId)?.state;
    const record = this.#history.changeAction(change, execution, this.#clock.now());
    if (before !== change.state) this.#onEvent(actionStateChange(execution, record, this.#origin()));
  }

  /** Records what a job reports at its action, so that the console shows it while the action runs. */
  #recordProgress({ pipeline, executionId, stage, action }: JobOwner, answer: JobAnswer): void {
    const execution = this.#history.execution(pipeline, executionId);
    const running = [...(execution?.actions.values() ?? [])].find(
      (record) => record.stage === stage && record.action === action && record.state === 'STARTED',
    );
    if (!execution || !running) return;
    const reported =
      answer.type === 'failed' ? { externalExecutionId: answer.failure.externalExecutionId } : answer.details;
    const known = Object.fromEntries(Object.entries(reported).filter(([, value]) => value !== undefined));
    const record: ActionRecord = { ...running, ...known, updated: this.#clock.now() };
    execution.actions.set(running.actionExecutionId, record);
  }

  #execution({ pipeline, executionId }: { pipeline: string; executionId: string }): ExecutionRecord {
    const execution = this.#history.execution(pipeline, executionId);
    if (execution) return execution;
    throw new AwsError(
      'PipelineExecutionNotFoundException',
      `pipeline ${pipeline} has no execution ${executionId}; report the start of the execution first`,
    );
  }

  #origin(): StateChangeOrigin {
    return { scope: this.#scope, id: this.#eventIds.uuid(), now: this.#clock.now() };
  }
}
