import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { OutputLines } from './output-lines';
import type { Reaper } from './reaper';
import { RuntimeApi, type RuntimeRequest } from './runtime-api';

/** How an invocation ended inside its environment. */
export type RunOutcome =
  | { readonly type: 'returned'; readonly payload: string }
  /** The runtime reported an error of the handler or of loading its module; `payload` is the error object. */
  | { readonly type: 'failed'; readonly payload: string }
  | { readonly type: 'timed-out' }
  | { readonly type: 'exited'; readonly code: number | null; readonly signal: NodeJS.Signals | null };

interface Run {
  readonly outcome: RunOutcome;
  /** Lines that the code printed. */
  readonly lines: readonly string[];
  /** Time that the handler waited, in virtual milliseconds. */
  readonly waited: number;
}

/** Limits of an invocation, in milliseconds. */
interface Limits {
  /** Longest real time of the handler. */
  readonly real: number;
  /** Longest virtual time that the handler may wait. */
  readonly virtual: number;
}

interface ExecutionEnvironmentProps {
  readonly taskRoot: string;
  /** Environment variables of the process, except for the address of the Runtime API. */
  readonly variables: Readonly<Record<string, string>>;
  /** Heap size, in megabytes. */
  readonly memorySize: number;
  readonly reaper: Reaper;
}

const BOOTSTRAP = join(__dirname, 'runtime', 'bootstrap.cjs');

/** Limit of Lambda's init phase, in real milliseconds (developer guide, "Lambda execution environment lifecycle"). */
const INIT_LIMIT = 10_000;

/** An execution environment: a child process with a runtime that handles one invocation at a time. */
export class ExecutionEnvironment {
  readonly #props: ExecutionEnvironmentProps;
  #api: RuntimeApi | undefined;
  #child: ChildProcess | undefined;
  #output: OutputLines | undefined;
  #errors: OutputLines | undefined;
  /** Settles the running invocation. */
  #settle: ((outcome: RunOutcome, exits: boolean) => void) | undefined;
  #exited: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(props: ExecutionEnvironmentProps) {
    this.#props = props;
  }

  /** @returns Whether it can take another invocation. */
  get alive(): boolean {
    return !this.#ended;
  }

  /**
   * Runs one invocation; the first one starts the process. An invocation that exceeds its limit of virtual time times
   * out at once.
   */
  async run(request: RuntimeRequest, limits: Limits): Promise<Run> {
    this.#api ??= await RuntimeApi.open();
    const api = this.#api;
    let timer: NodeJS.Timeout | undefined;
    let waited = 0;
    const settled = new Promise<{ outcome: RunOutcome; exits: boolean }>((resolve) => {
      this.#settle = (outcome, exits) => resolve({ outcome, exits });
      const timeout = () => this.#settle?.({ type: 'timed-out' }, true);
      timer = setTimeout(timeout, INIT_LIMIT);
      api.offer(request, {
        taken: () => {
          clearTimeout(timer);
          timer = setTimeout(timeout, limits.real);
        },
        waited: (duration) => {
          waited += duration;
          if (waited > limits.virtual) timeout();
        },
        reported: (report) =>
          this.#settle?.({ type: report.type, payload: report.payload }, report.type === 'failed' && report.exits),
      });
      if (!this.#child) this.#start(api.address, request);
    });
    const { outcome, exits } = await settled;
    clearTimeout(timer);
    this.#settle = undefined;
    if (exits) {
      await this.end(outcome.type !== 'failed');
      return { outcome, waited, lines: [...(this.#output?.rest() ?? []), ...(this.#errors?.rest() ?? [])] };
    }
    return { outcome, waited, lines: (await this.#output?.until(request.requestId)) ?? [] };
  }

  /**
   * Ends the process and waits for its exit.
   *
   * @param kill Whether to kill it; false when it exits by itself.
   */
  async end(kill = true): Promise<void> {
    this.#ended = true;
    if (kill) this.#child?.kill('SIGKILL');
    await this.#exited;
    this.#api?.close();
  }

  #start(runtimeApi: string, { at, effect }: RuntimeRequest): void {
    const { taskRoot, memorySize, reaper } = this.#props;
    const fault = effect?.type === 'import-fails' ? effect : undefined;
    const variables = Object.fromEntries(
      Object.entries(this.#props.variables).filter(([name]) => name !== fault?.without),
    );
    const child = spawn(
      process.execPath,
      [
        '--no-warnings',
        `--max-old-space-size=${memorySize}`,
        BOOTSTRAP,
        String(at),
        ...(fault ? [JSON.stringify(fault.error)] : []),
      ],
      { cwd: taskRoot, env: { ...variables, AWS_LAMBDA_RUNTIME_API: runtimeApi }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    this.#output = new OutputLines(child.stdout);
    this.#errors = new OutputLines(child.stderr);
    if (child.pid !== undefined) reaper.adopt(child.pid);
    this.#exited = new Promise((resolve) => {
      const gone = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#ended = true;
        if (child.pid !== undefined) reaper.release(child.pid);
        this.#settle?.({ type: 'exited', code, signal }, true);
        resolve();
      };
      child.once('close', gone);
      child.once('error', () => gone(1, null));
    });
  }
}
