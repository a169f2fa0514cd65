import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Sequential work in virtual time. Time stands still while a task is `running`, and may pass while it is `suspended`.
 */
interface Task {
  readonly clock: VirtualClock;
  readonly daemon: boolean;
  state: 'running' | 'suspended' | 'ended';
}

interface Wakeup {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

interface TaskOptions {
  /**
   * Whether the task is a daemon: it sleeps while other tasks let time pass, but no time passes for its sake alone.
   *
   * @default false
   */
  readonly daemon?: boolean;
}

/** Current task of any clock. All clocks share one storage, because Node visits every storage at each promise. */
const currentTask = new AsyncLocalStorage<Task>();

/**
 * Virtual time, as a discrete-event simulation over promises.
 *
 * Work that takes virtual time runs in tasks. A task is running until it sleeps or waits; time jumps to the next
 * wake-up only when no task is running, so what a task does in between (for example run a Lambda function's code) takes
 * no virtual time, however slow the machine is. Time passes only while a task that is not a daemon is alive. Both rules
 * make a run depend on its inputs alone: the same tasks see the same times on every machine.
 */
export class VirtualClock {
  readonly #queue: Wakeup[] = [];
  #time: number;
  #order = 0;
  #running = 0;
  #foreground = 0;
  #driving = false;
  #onChange: (() => void) | undefined;

  /** @param start The instant at which virtual time begins. */
  constructor(start: Date) {
    this.#time = start.getTime();
  }

  /** @returns The current instant, in milliseconds since the epoch. */
  now(): number {
    return this.#time;
  }

  /** @returns The current instant. */
  date(): Date {
    return new Date(this.#time);
  }

  /**
   * Starts a task.
   *
   * @returns A promise of the task's result. Another task awaits it through {@link waitFor}.
   */
  spawn<T>(work: () => Promise<T>, options: TaskOptions = {}): Promise<T> {
    const task: Task = { clock: this, daemon: options.daemon ?? false, state: 'running' };
    this.#running += 1;
    if (!task.daemon) this.#foreground += 1;
    this.#drive();
    return currentTask.run(task, async () => {
      try {
        return await work();
      } finally {
        if (task.state === 'running') this.#running -= 1;
        task.state = 'ended';
        if (!task.daemon) this.#foreground -= 1;
        this.#changed();
      }
    });
  }

  /**
   * Suspends the calling task for a span of virtual time.
   *
   * @param duration Milliseconds; 0 lets every other task of this instant run first.
   * @throws Error outside of a task, or when the task already sleeps or waits.
   */
  async sleep(duration: number): Promise<void> {
    const at = this.#time + Math.max(0, duration);
    const order = this.#order;
    this.#order += 1;
    await this.#suspend(new Promise<void>((wake) => push(this.#queue, { at, order, wake })));
  }

  /**
   * Suspends the calling task until an instant of virtual time.
   *
   * @param instant Milliseconds since the epoch; an instant in the past counts as the current one.
   */
  async sleepUntil(instant: number): Promise<void> {
    await this.sleep(instant - this.#time);
  }

  /**
   * Awaits something that needs virtual time to pass: another task, or a promise that a task will settle.
   *
   * @throws The promise's rejection, or Error outside of a task.
   */
  async waitFor<T>(promise: Promise<T>): Promise<T> {
    return this.#suspend(promise);
  }

  /**
   * Runs work concurrently, one task for each item, and waits until all have ended.
   *
   * @throws The first failure.
   */
  async all<T>(work: readonly (() => Promise<T>)[]): Promise<T[]> {
    const settled = await this.waitFor(Promise.allSettled(work.map((item) => this.spawn(item))));
    return settled.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  /**
   * Lets virtual time pass; for callers outside of any task.
   *
   * @param duration Milliseconds.
   */
  async elapse(duration: number): Promise<void> {
    await this.spawn(() => this.sleep(duration));
  }

  async #suspend<T>(promise: Promise<T>): Promise<T> {
    const task = currentTask.getStore();
    if (task?.clock !== this)
      throw new Error('virtual time passes only inside of a task; start one with VirtualClock.spawn');
    if (task.state !== 'running')
      throw new Error('this task already waits; start one task for each piece of concurrent work');
    task.state = 'suspended';
    this.#running -= 1;
    this.#changed();
    try {
      return await promise;
    } finally {
      task.state = 'running';
      this.#running += 1;
    }
  }

  async #drive(): Promise<void> {
    if (this.#driving) return;
    this.#driving = true;
    while (this.#foreground > 0) {
      // Every continuation of this instant runs before time moves.
      await nextTurn();
      if (this.#running > 0 || this.#queue.length === 0) {
        if (this.#foreground > 0) await this.#nextChange();
        continue;
      }
      // The last task that is not a daemon may have ended in this turn; then a daemon's wake-up must not move time.
      if (this.#foreground === 0) break;
      const next = pop(this.#queue);
      this.#time = Math.max(this.#time, next.at);
      next.wake();
    }
    this.#driving = false;
  }

  /** Resolves at the next change of a task's state. */
  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#onChange = resolve;
    });
  }

  #changed(): void {
    this.#onChange?.();
    this.#onChange = undefined;
  }
}

function earlier(a: Wakeup, b: Wakeup): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Adds a wake-up to a binary heap, earliest first. */
function push(heap: Wakeup[], item: Wakeup): void {
  let index = heap.push(item) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!earlier(item, heap[parent]!)) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = item;
}

/** Removes the earliest wake-up from a binary heap that is not empty. */
function pop(heap: Wakeup[]): Wakeup {
  const top = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return top;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && earlier(heap[child + 1]!, heap[child]!)) child += 1;
    if (!earlier(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
  return top;
}
