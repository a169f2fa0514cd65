import type { Commit } from '../scratch/git';
import type { Scratch } from '../scratch/scratch';
import type { ActionProgress, ActionResult, ActionRunners } from './action-runner';
import { Artifacts } from './artifacts';
import type { Action, Pipeline, Stage } from './model';
import type { ActionExecution, ExecutionResult, PipelineEvent, StageStatus } from './pipeline-event';
import { UnresolvedVariable, Variables } from './variables';

export interface ExecutionProps {
  readonly pipeline: Pipeline;
  /** a UUID */
  readonly id: string;
  /** what was pushed */
  readonly commit: Commit;
  readonly scratch: Scratch;
  readonly runners: ActionRunners;
  /** virtual time, as `VirtualClock` has it; an execution runs outside of its tasks */
  readonly clock: { now(): number; elapse(duration: number): Promise<void> };
  /**
   * How long an action takes in virtual time beyond what the endpoint's services take: queueing, provisioning, commands.
   * In milliseconds, passed before the action runs.
   *
   * @default {@link modelledDuration}
   */
  readonly duration?: (action: Action) => number;
  readonly onEvent: (event: PipelineEvent) => void;
}

/** Seconds; the order of magnitude seen in the console, not a promise. */
const DURATIONS: Readonly<Record<Action['type'], number>> = {
  Source: 5,
  CodeBuild: 90,
  SelfMutation: 60,
  CreateUpdateStack: 5,
  ReplaceChangeSet: 5,
  ExecuteChangeSet: 5,
  Lambda: 5,
};

/** @returns how long an action is taken to need, in milliseconds */
export function modelledDuration(action: Action): number {
  return DURATIONS[action.type] * 1_000;
}

/**
 * One execution of a pipeline: its stages in turn, in a stage the run orders in turn, within a run order the actions side
 * by side. The first action to fail ends the execution when those beside it have ended (CodePipeline user guide,
 * "Pipeline execution stages and actions").
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
    this.#tell({ type: 'execution-started', executionId, commit });
    let status: StageStatus = 'Succeeded';
    for (const stage of pipeline.stages) {
      status = await this.#stage(stage);
      if (status === 'Failed') break;
    }
    this.#tell({ type: 'execution-ended', executionId, status });
    return { executionId, commit, status, actions: this.#ended };
  }

  async #stage(stage: Stage): Promise<StageStatus> {
    this.#tell({ type: 'stage-started', stage: stage.name });
    const orders = [...new Set(stage.actions.map(({ runOrder }) => runOrder))].sort((a, b) => a - b);
    let status: StageStatus = 'Succeeded';
    for (const order of orders) {
      const beside = stage.actions.filter(({ runOrder }) => runOrder === order);
      // All of them end before an error of one of them is passed on.
      const settled = await Promise.allSettled(this.#sideBySide(beside));
      const results = settled.map((one) => {
        if (one.status === 'rejected') throw one.reason;
        return one.value;
      });
      if (results.some(({ type }) => type === 'failed')) {
        status = 'Failed';
        break;
      }
    }
    this.#tell({ type: 'stage-ended', stage: stage.name, status });
    return status;
  }

  #sideBySide(actions: readonly Action[]): Promise<ActionResult>[] {
    const works = actions.filter(({ type }) => type !== 'Lambda');
    const running = new Map(works.map((action) => [action, this.#action(action, Promise.resolve())]));
    const others = Promise.allSettled(running.values());
    return actions.map((action) => running.get(action) ?? this.#action(action, others));
  }

  async #action(action: Action, others: Promise<unknown>): Promise<ActionResult> {
    const { clock, duration = modelledDuration } = this.#props;
    const started = clock.now();
    this.#tell({ type: 'action-started', action });
    await clock.elapse(duration(action));
    const told: Told = { progress: [], log: [] };
    const result = await this.#result(action, others, told);
    if (result.type === 'succeeded' && action.namespace) this.#variables.set(action.namespace, result.variables);
    this.#ended.push({ action, result, started, ended: clock.now(), ...told });
    this.#tell({ type: 'action-ended', action, result });
    return result;
  }

  async #result(action: Action, others: Promise<unknown>, { progress, log }: Told): Promise<ActionResult> {
    const { pipeline, id: executionId, commit, runners } = this.#props;
    try {
      // The runner of an action's type takes that action; TypeScript does not follow the link between the two.
      return await runners[action.type].run(action as never, {
        pipeline,
        executionId,
        commit,
        artifacts: this.#artifacts,
        variables: this.#variables,
        others,
        onBuildEvent: (event) => {
          if (event.type === 'output') log.push(event.line);
          this.#tell({ type: 'build-event', action, event });
        },
        onProgress: (each) => {
          progress.push({ at: this.#props.clock.now(), ...each });
          this.#tell({ type: 'action-progress', action, ...each });
        },
      });
    } catch (error) {
      if (!(error instanceof UnresolvedVariable)) throw error;
      return { type: 'failed', code: 'ConfigurationError', message: error.message };
    }
  }

  #tell(event: Tellable): void {
    this.#props.onEvent({ at: this.#props.clock.now(), ...event });
  }
}

interface Told {
  readonly progress: ({ readonly at: number } & ActionProgress)[];
  readonly log: string[];
}

type Tellable = PipelineEvent extends infer E ? (E extends PipelineEvent ? Omit<E, 'at'> : never) : never;
