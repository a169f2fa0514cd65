import type { Commit } from '../scratch/git';
import type { Scratch } from '../scratch/scratch';
import type { ActionProgress, ActionResult, ActionRunners } from './action-runner';
import { Artifacts } from './artifacts';
import type { Action, Pipeline, Stage } from './model';
import type { ActionExecution, ExecutionResult, PipelineEvent, StageStatus } from './pipeline-event';
import { UnresolvedVariable, Variables } from './variables';

interface ExecutionProps {
  readonly pipeline: Pipeline;
  /** A UUID. */
  readonly id: string;
  /** The commit that was pushed. */
  readonly commit: Commit;
  readonly scratch: Scratch;
  readonly runners: ActionRunners;
  /** Virtual time, as in `VirtualClock`. An execution runs outside of the clock's tasks. */
  readonly clock: { now(): number; elapse(duration: number): Promise<void> };
  /**
   * Milliseconds of virtual time that pass before an action runs, for queueing, provisioning and commands. The time
   * that the embedded services take is added.
   *
   * @default - {@link modelledDuration}
   */
  readonly duration?: (action: Action) => number;
  readonly onEvent: (event: PipelineEvent) => void;
}

/** Seconds by type of action, of the order of magnitude that is seen in the console. */
const DURATIONS: Readonly<Record<Action['type'], number>> = {
  Source: 5,
  CodeBuild: 90,
  SelfMutation: 60,
  CreateUpdateStack: 5,
  ReplaceChangeSet: 5,
  ExecuteChangeSet: 5,
  Lambda: 5,
};

/** @returns The modelled duration of an action, in milliseconds. */
function modelledDuration(action: Action): number {
  return DURATIONS[action.type] * 1_000;
}

/**
 * One execution of a pipeline. Its stages run in order, the run orders of a stage in order, and the actions of a run
 * order in parallel. A failed action ends the execution when the actions that run in parallel have ended (CodePipeline
 * user guide, "Pipeline execution stages and actions").
 */
export class Execution {
  readonly #artifacts: Artifacts;
  readonly #variables = new Variables();
  readonly #ended: ActionExecution[] = [];
  readonly #props: ExecutionProps;

  constructor(props: ExecutionProps) {
    this.#props = props;
    this.#artifacts = new Artifacts(props.scratch, props.id);
    this.#variables.set('codepipeline', { PipelineExecutionId: props.id });
  }

  async run(): Promise<ExecutionResult> {
    const { id: executionId, commit, pipeline } = this.#props;
    this.#emit({ type: 'execution-started', executionId, commit });
    let status: StageStatus = 'Succeeded';
    for (const stage of pipeline.stages) {
      status = await this.#stage(stage);
      if (status === 'Failed') break;
    }
    this.#emit({ type: 'execution-ended', executionId, status });
    return { executionId, commit, status, actions: this.#ended };
  }

  async #stage(stage: Stage): Promise<StageStatus> {
    this.#emit({ type: 'stage-started', stage: stage.name });
    const orders = [...new Set(stage.actions.map(({ runOrder }) => runOrder))].sort((a, b) => a - b);
    let status: StageStatus = 'Succeeded';
    for (const order of orders) {
      const actions = stage.actions.filter(({ runOrder }) => runOrder === order);
      // All of them end before the error of one is thrown.
      const settled = await Promise.allSettled(this.#inParallel(actions));
      const results = settled.map((one) => {
        if (one.status === 'rejected') throw one.reason;
        return one.value;
      });
      if (results.some(({ type }) => type === 'failed')) {
        status = 'Failed';
        break;
      }
    }
    this.#emit({ type: 'stage-ended', stage: stage.name, status });
    return status;
  }

  #inParallel(actions: readonly Action[]): Promise<ActionResult>[] {
    const work = actions.filter(({ type }) => type !== 'Lambda');
    const running = new Map(work.map((action) => [action, this.#action(action, Promise.resolve())]));
    const parallelWork = Promise.allSettled(running.values());
    return actions.map((action) => running.get(action) ?? this.#action(action, parallelWork));
  }

  async #action(action: Action, parallelWork: Promise<unknown>): Promise<ActionResult> {
    const { clock, duration = modelledDuration } = this.#props;
    const started = clock.now();
    this.#emit({ type: 'action-started', action });
    await clock.elapse(duration(action));
    const record: ActionRecord = { progress: [], log: [] };
    const result = await this.#result(action, parallelWork, record);
    if (result.type === 'succeeded' && action.namespace) this.#variables.set(action.namespace, result.variables);
    this.#ended.push({ action, result, started, ended: clock.now(), ...record });
    this.#emit({ type: 'action-ended', action, result });
    return result;
  }

  async #result(
    action: Action,
    parallelWork: Promise<unknown>,
    { progress, log }: ActionRecord,
  ): Promise<ActionResult> {
    const { pipeline, id: executionId, commit, runners } = this.#props;
    try {
      // The runner of an action's type accepts that action, which TypeScript cannot infer.
      return await runners[action.type].run(action as never, {
        pipeline,
        executionId,
        commit,
        artifacts: this.#artifacts,
        variables: this.#variables,
        parallelWork,
        onBuildEvent: (event) => {
          if (event.type === 'output') log.push(event.line);
          this.#emit({ type: 'build-event', action, event });
        },
        onProgress: (each) => {
          progress.push({ at: this.#props.clock.now(), ...each });
          this.#emit({ type: 'action-progress', action, ...each });
        },
      });
    } catch (error) {
      if (!(error instanceof UnresolvedVariable)) throw error;
      return { type: 'failed', code: 'ConfigurationError', message: error.message };
    }
  }

  #emit(event: EventWithoutTime): void {
    this.#props.onEvent({ at: this.#props.clock.now(), ...event });
  }
}

interface ActionRecord {
  readonly progress: ({ readonly at: number } & ActionProgress)[];
  readonly log: string[];
}

type EventWithoutTime = PipelineEvent extends infer E ? (E extends PipelineEvent ? Omit<E, 'at'> : never) : never;
