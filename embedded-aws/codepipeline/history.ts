/** State of an execution or of one of its stages; a stage that is retried is `RESUMED`. */
export type ChangedState = 'STARTED' | 'RESUMED' | 'SUCCEEDED' | 'FAILED';
export type ChangedActionState = 'STARTED' | 'SUCCEEDED' | 'FAILED' | 'ABANDONED';

export interface ExecutionChange {
  readonly pipeline: string;
  readonly executionId: string;
  readonly state: ChangedState;
}

export interface StageChange extends ExecutionChange {
  readonly stage: string;
}

export interface ActionChange {
  readonly pipeline: string;
  readonly executionId: string;
  readonly actionExecutionId: string;
  readonly stage: string;
  readonly action: string;
  /** Category of the action type, e.g. `Build`, `Deploy` or `Invoke`. */
  readonly category: string;
  /** Provider of the action type, e.g. `CodeBuild`, `CloudFormation` or `Lambda`. */
  readonly provider: string;
  /**
   * Region in which the action runs.
   *
   * @default - The pipeline's region.
   */
  readonly region?: string;
  readonly state: ChangedActionState;
  /** @default - Unchanged. */
  readonly externalExecutionId?: string;
  /** @default - Unchanged. */
  readonly summary?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly outputVariables?: Readonly<Record<string, string>>;
}

/** A stage of an execution. Instants are in milliseconds since the epoch. */
export interface StageRecord {
  readonly stage: string;
  state: ChangedState;
  readonly started: number;
}

export interface ActionRecord extends Omit<ActionChange, 'pipeline' | 'executionId'> {
  readonly started: number;
  readonly updated: number;
  /** 0 to 100, as last reported by a job worker. */
  readonly percentComplete?: number;
}

export interface ExecutionRecord {
  readonly id: string;
  readonly pipeline: string;
  /** Version of the pipeline's structure when the execution began. */
  readonly version: number;
  state: ChangedState;
  /** Number of the attempt: 1, and one more with every retry of a stage. */
  attempt: number;
  readonly started: number;
  updated: number;
  readonly stages: Map<string, StageRecord>;
  readonly actions: Map<string, ActionRecord>;
}

/** The executions of the pipelines of an account and region, with their stages and actions. */
export class History {
  readonly #executions = new Map<string, ExecutionRecord>();

  /** @returns The pipeline's executions in the order in which they started. */
  executions(pipeline: string): readonly ExecutionRecord[] {
    return [...this.#executions.values()].filter((execution) => execution.pipeline === pipeline);
  }

  execution(pipeline: string, executionId: string): ExecutionRecord | undefined {
    return this.#executions.get(`${pipeline}/${executionId}`);
  }

  /**
   * @param version Current version of the pipeline's structure.
   * @param now Milliseconds since the epoch.
   */
  changeExecution({ pipeline, executionId, state }: ExecutionChange, version: number, now: number): ExecutionRecord {
    const key = `${pipeline}/${executionId}`;
    const record: ExecutionRecord = this.#executions.get(key) ?? {
      id: executionId,
      pipeline,
      version,
      state,
      attempt: 1,
      started: now,
      updated: now,
      stages: new Map(),
      actions: new Map(),
    };
    if (state === 'RESUMED') record.attempt += 1;
    record.state = state;
    record.updated = now;
    this.#executions.set(key, record);
    return record;
  }

  changeStage({ stage, state }: StageChange, execution: ExecutionRecord, now: number): StageRecord {
    const before = execution.stages.get(stage);
    const restarted = state === 'STARTED' || state === 'RESUMED';
    const record = { stage, state, started: before && !restarted ? before.started : now };
    execution.stages.set(stage, record);
    return record;
  }

  /** Records the change of an action; members that the change leaves out stay as they are. */
  changeAction(
    { pipeline: _, executionId: __, ...change }: ActionChange,
    execution: ExecutionRecord,
    now: number,
  ): ActionRecord {
    const before = execution.actions.get(change.actionExecutionId);
    const given = Object.fromEntries(
      Object.entries(change).filter(([, value]) => value !== undefined),
    ) as typeof change;
    const record = { ...before, ...given, started: before?.started ?? now, updated: now };
    execution.actions.set(change.actionExecutionId, record);
    return record;
  }
}
