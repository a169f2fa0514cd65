import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** One strand of work in virtual time. While it is `running`, time stands still; while it is `suspended`, it may pass. */
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

export interface TaskOptions {
  /**
   * A daemon lives in the time that others make pass: it never makes time pass by itself.
   *
   * @default false, the task makes time pass until it ends
   */
  readonly daemon?: boolean;
}

/** The task that is at work, of whichever clock: Node looks through every storage there is at each promise. */
const tasks = new AsyncLocalStorage<Task>();

/**
 * Virtual time, as a discrete-event simulation over promises.
 *
 * Work that takes virtual time runs in tasks. A task is running until it sleeps or waits; time jumps to the next wake-up
 * only when no task is running, so whatever a task does for real in between (invoking a Lambda function's code, say)
 * takes no virtual time, however slow the machine is. Time passes only while a task that is not a daemon is alive. Both
 * together make a run a function of its inputs: the same tasks see the same times on every machine.
 */
export class VirtualClock {
  readonly #queue: Wakeup[] = [];
  #time: number;
  #order = 0;
  #running = 0;
  #foreground = 0;
  #driving = false;
  #stirred: (() => void) | undefined;

  /** @param start the instant at which virtual time begins */
  constructor(start: Date) {
    this.#time = start.getTime();
  }

  /** @returns the current instant, in milliseconds since the epoch */
  now(): number {
    return this.#time;
  }

  /** @returns the current instant */
  date(): Date {
    return new Date(this.#time);
  }

  /**
   * Starts a task.
   *
   * @returns a promise of the task's result; a task that awaits it does so through {@link waitFor}
   */
  spawn<T>(work: () => Promise<T>, options: TaskOptions = {}): Promise<T> {
    const task: Task = { clock: this, daemon: options.daemon ?? false, state: 'running' };
    this.#running += 1;
    if (!task.daemon) this.#foreground += 1;
    this.#drive();
    return tasks.run(task, async () => {
      try {
        return await work();
      } finally {
        if (task.state === 'running') this.#running -= 1;
        task.state = 'ended';
        if (!task.daemon) this.#foreground -= 1;
        this.#stir();
      }
    });
  }

  /**
   * Suspends the calling task for a stretch of virtual time.
   *
   * @param duration in milliseconds; 0 lets every other task of this instant go first
   * @throws Error outside a task, or when the task already sleeps: side-by-side work needs a task each
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
   * @param instant in milliseconds since the epoch; one in the past is now
   */
  async sleepUntil(instant: number): Promise<void> {
    await this.sleep(instant - this.#time);
  }

  /**
   * Awaits something that itself needs virtual time to pass: another task, or a promise that one will settle.
   *
   * @throws whatever the promise rejects with; Error outside a task
   */
  async waitFor<T>(promise: Promise<T>): Promise<T> {
    return this.#suspend(promise);
  }

  /** Runs work side by side, a task each, and waits for all; the first failure is thrown once all have ended. */
  async all<T>(work: readonly (() => Promise<T>)[]): Promise<T[]> {
    const settled = await this.waitFor(Promise.allSettled(work.map((each) => this.spawn(each))));
    return settled.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  /** Makes virtual time pass, from outside any task. @param duration in milliseconds */
  async elapse(duration: number): Promise<void> {
    await this.spawn(() => this.sleep(duration));
  }

  async #suspend<T>(promise: Promise<T>): Promise<T> {
    const task = tasks.getStore();
    if (task?.clock !== this) throw new Error('virtual time passes in tasks only; start one with VirtualClock.spawn');
    if (task.state !== 'running') throw new Error('this task already waits; start one task for each strand of work');
    task.state = 'suspended';
    this.#running -= 1;
    this.#stir();
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
        if (this.#foreground > 0) await this.#change();
        continue;
      }
      // The last foreground task may have ended in this turn; a daemon's wake-up must not move time then.
      if (this.#foreground === 0) break;
      const next = pop(this.#queue);
      this.#time = Math.max(this.#time, next.at);
      next.wake();
    }
    this.#driving = false;
  }

  /** Resolves at the next change of the tasks' states. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#stirred = resolve;
    });
  }

  #stir(): void {
    this.#stirred?.();
    this.#stirred = undefined;
  }
}

function earlier(a: Wakeup, b: Wakeup): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Adds to a binary heap, earliest first. */
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

/** Takes the earliest from a binary heap that is not empty. */
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
