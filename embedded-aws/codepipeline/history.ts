/** How far an execution or one of its stages came; `RESUMED` is a stage that is tried again. */
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
  /** For example `Build`, `Deploy`, `Invoke`. */
  readonly category: string;
  /** For example `CodeBuild`, `CloudFormation`, `Lambda`. */
  readonly provider: string;
  /**
   * In which the action works.
   *
   * @default - The pipeline's.
   */
  readonly region?: string;
  readonly state: ChangedActionState;
  /** @default - As before. */
  readonly externalExecutionId?: string;
  /** @default - As before. */
  readonly summary?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly outputVariables?: Readonly<Record<string, string>>;
}

/** A stage of an execution as far as it came. Instants are in milliseconds since the epoch. */
export interface StageRecord {
  readonly stage: string;
  state: ChangedState;
  readonly started: number;
}

export interface ActionRecord extends Omit<ActionChange, 'pipeline' | 'executionId'> {
  readonly started: number;
  readonly updated: number;
  /** 0 to 100, as a job worker said last. */
  readonly percentComplete?: number;
}

export interface ExecutionRecord {
  readonly id: string;
  readonly pipeline: string;
  /** Of the pipeline's structure, when the execution began. */
  readonly version: number;
  state: ChangedState;
  /** 1, and one more with every retry of a stage. */
  attempt: number;
  readonly started: number;
  updated: number;
  readonly stages: Map<string, StageRecord>;
  readonly actions: Map<string, ActionRecord>;
}

/** Every execution of an account's pipelines, and what its actions became. */
export class History {
  readonly #executions = new Map<string, ExecutionRecord>();

  /** @returns The pipeline's executions in the order of their beginning. */
  executions(pipeline: string): readonly ExecutionRecord[] {
    return [...this.#executions.values()].filter((each) => each.pipeline === pipeline);
  }

  execution(pipeline: string, executionId: string): ExecutionRecord | undefined {
    return this.#executions.get(`${pipeline}/${executionId}`);
  }

  /**
   * @param version Of the pipeline's structure now.
   * @param now In milliseconds since the epoch.
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
    const again = state === 'STARTED' || state === 'RESUMED';
    const record = { stage, state, started: before && !again ? before.started : now };
    execution.stages.set(stage, record);
    return record;
  }

  /** Members that a change leaves out stay as they are. */
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
