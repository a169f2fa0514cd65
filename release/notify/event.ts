/** A deployment of CodeDeploy that did not succeed. An alarm that stops one arrives as STOP, and as nothing else. */
export interface DeploymentEvent {
  readonly type: 'deployment';
  readonly account: string;
  readonly region: string;
  /** ISO 8601 */
  readonly time: string;
  readonly deploymentId: string;
  readonly state: 'STOP' | 'FAILURE';
  readonly application: string;
  readonly group: string;
}

/** A stage of a pipeline that has ended. */
export interface StageEvent {
  readonly type: 'stage';
  /** ISO 8601 */
  readonly time: string;
  readonly pipeline: string;
  /** the pipeline execution's id */
  readonly execution: string;
  readonly stage: string;
  readonly state: 'FAILED' | 'SUCCEEDED';
}

/** Anything else, which tells nobody anything. */
export interface OtherEvent {
  readonly type: 'other';
  /** for the log */
  readonly what: string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads what EventBridge sends: CodeDeploy's state changes of deployments (CodeDeploy user guide, "Monitoring deployments
 * with Amazon CloudWatch Events") and CodePipeline's of stages (CodePipeline user guide, "Monitoring CodePipeline events").
 *
 * @throws TypeError naming everything that such an event lacks
 */
export function readEvent(event: unknown): DeploymentEvent | StageEvent | OtherEvent {
  const { source, 'detail-type': kind, detail } = objectOf(event);
  const state = objectOf(detail).state;
  const what = `${String(source)}: ${String(kind)}${typeof state === 'string' ? `, ${state}` : ''}`;
  switch (kind) {
    case 'CodeDeploy Deployment State-change Notification': {
      if (state === 'START' || state === 'SUCCESS' || state === 'READY') return { type: 'other', what };
      const read = new Fields(event, what);
      return read.complete({
        type: 'deployment',
        account: read.text('account'),
        region: read.text('region'),
        time: read.text('time'),
        deploymentId: read.text('detail.deploymentId'),
        state: read.oneOf('detail.state', ['STOP', 'FAILURE']),
        application: read.text('detail.application'),
        group: read.text('detail.deploymentGroup'),
      });
    }
    case 'CodePipeline Stage Execution State Change': {
      const others = ['STARTED', 'RESUMED', 'CANCELED', 'STOPPED', 'STOPPING'];
      if (others.includes(String(state))) return { type: 'other', what };
      const read = new Fields(event, what);
      return read.complete({
        type: 'stage',
        time: read.text('time'),
        pipeline: read.text('detail.pipeline'),
        execution: read.text('detail.execution-id'),
        stage: read.text('detail.stage'),
        state: read.oneOf('detail.state', ['FAILED', 'SUCCEEDED']),
      });
    }
    default:
      return { type: 'other', what };
  }
}

/** Reads fields of an event, and remembers what is wrong with them. */
class Fields {
  readonly #wrong: string[] = [];

  constructor(
    private readonly event: unknown,
    private readonly what: string,
  ) {}

  text(path: string): string {
    const value = path.split('.').reduce<unknown>((parent, name) => objectOf(parent)[name], this.event);
    if (typeof value === 'string' && value !== '') return value;
    this.#wrong.push(`${path} is ${JSON.stringify(value) ?? 'missing'}, it must be a text`);
    return '';
  }

  oneOf<const T extends string>(path: string, allowed: readonly T[]): T {
    const value = this.text(path);
    const found = allowed.find((each) => each === value);
    if (value && !found) this.#wrong.push(`${path} is '${value}', not one of ${allowed.join(', ')}`);
    return found ?? (value as T);
  }

  /** @throws TypeError */
  complete<T>(read: T): T {
    if (this.#wrong.length === 0) return read;
    throw new TypeError(`malformed event (${this.what}): ${this.#wrong.join('; ')}`);
  }
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
