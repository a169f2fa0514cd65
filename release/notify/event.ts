/** A CodeDeploy deployment that did not succeed. One that an alarm stops arrives as STOP only. */
export interface DeploymentEvent {
  readonly type: 'deployment';
  readonly account: string;
  readonly region: string;
  /** ISO 8601. */
  readonly time: string;
  readonly deploymentId: string;
  readonly state: 'STOP' | 'FAILURE';
  readonly application: string;
  readonly group: string;
}

/** A stage of a pipeline that has ended. */
export interface StageEvent {
  readonly type: 'stage';
  /** ISO 8601. */
  readonly time: string;
  readonly pipeline: string;
  /** Id of the pipeline execution. */
  readonly execution: string;
  readonly stage: string;
  readonly state: 'FAILED' | 'SUCCEEDED';
}

/** Any other event; it is ignored. */
interface OtherEvent {
  readonly type: 'other';
  /** For the log. */
  readonly what: string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads an event of EventBridge: CodeDeploy's state changes of deployments (CodeDeploy user guide, "Monitoring
 * deployments with Amazon CloudWatch Events") and CodePipeline's of stages (CodePipeline user guide, "Monitoring
 * CodePipeline events").
 *
 * @throws TypeError when such an event is malformed; its message names every problem.
 */
export function readEvent(event: unknown): DeploymentEvent | StageEvent | OtherEvent {
  const { source, 'detail-type': kind, detail } = objectOf(event);
  const state = objectOf(detail).state;
  const what = `${String(source)}: ${String(kind)}${typeof state === 'string' ? `, ${state}` : ''}`;
  switch (kind) {
    case 'CodeDeploy Deployment State-change Notification': {
      if (state === 'START' || state === 'SUCCESS' || state === 'READY') return { type: 'other', what };
      const fields = new Fields(event, what);
      return fields.complete({
        type: 'deployment',
        account: fields.text('account'),
        region: fields.text('region'),
        time: fields.text('time'),
        deploymentId: fields.text('detail.deploymentId'),
        state: fields.oneOf('detail.state', ['STOP', 'FAILURE']),
        application: fields.text('detail.application'),
        group: fields.text('detail.deploymentGroup'),
      });
    }
    case 'CodePipeline Stage Execution State Change': {
      const ignoredStates = ['STARTED', 'RESUMED', 'CANCELED', 'STOPPED', 'STOPPING'];
      if (ignoredStates.includes(String(state))) return { type: 'other', what };
      const fields = new Fields(event, what);
      return fields.complete({
        type: 'stage',
        time: fields.text('time'),
        pipeline: fields.text('detail.pipeline'),
        execution: fields.text('detail.execution-id'),
        stage: fields.text('detail.stage'),
        state: fields.oneOf('detail.state', ['FAILED', 'SUCCEEDED']),
      });
    }
    default:
      return { type: 'other', what };
  }
}

/** Reads fields of an event, and collects the problems with them. */
class Fields {
  readonly #event: unknown;
  readonly #what: string;
  readonly #problems: string[] = [];

  constructor(event: unknown, what: string) {
    this.#event = event;
    this.#what = what;
  }

  text(path: string): string {
    const value = path.split('.').reduce<unknown>((parent, name) => objectOf(parent)[name], this.#event);
    if (typeof value === 'string' && value !== '') return value;
    this.#problems.push(`${path} is ${JSON.stringify(value) ?? 'missing'}, it must be a non-empty string`);
    return '';
  }

  oneOf<const T extends string>(path: string, allowed: readonly T[]): T {
    const value = this.text(path);
    const found = allowed.find((each) => each === value);
    if (value && !found) this.#problems.push(`${path} is '${value}', it must be one of ${allowed.join(', ')}`);
    return found ?? (value as T);
  }

  /** @throws TypeError when any field was not valid. */
  complete<T>(read: T): T {
    if (this.#problems.length === 0) return read;
    throw new TypeError(`malformed event (${this.#what}): ${this.#problems.join('; ')}`);
  }
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
