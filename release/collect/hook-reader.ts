import type { ReleaseClients } from '../aws/clients';
import type { FailedHook, FunctionRelease } from '../outcome/function-release';
import { failedHook } from './deployment';
import { Fact } from './fact';
import { FunctionLog, hookReasons, logGroupOf, readHookName } from './hook-log';
import type { KnownShift, ShiftReading } from './known-shift';
import type { MetricWindow } from './metrics';

/** Milliseconds after the end of a hook for which its log is read, because log lines arrive late. */
const LOG_LAG = 60_000;

/** Reads what failed hooks logged. One hook can check many functions, so its log is read once for all of them. */
export class HookReader {
  readonly #clients: ReleaseClients;
  /** By the hook's name. */
  readonly #logs = new Map<string, { readonly log: FunctionLog; readonly lines: Fact<string[]> }>();

  constructor(clients: ReleaseClients) {
    this.#clients = clients;
  }

  /** Reads the name of the hook that failed, unless CodeDeploy's diagnostics contain it. */
  async readName(known: KnownShift, { reading }: ShiftReading): Promise<void> {
    const { info } = known;
    const hook = info && failedHook(info, known.target.value);
    if (!hook || hook.functionName) return;
    await known.hookName.read(
      reading,
      `the AppSpec of ${known.id}`,
      () => readHookName(this.#clients, info, hook.lifecycleEvent),
      () => true,
    );
  }

  async readLogs(shifts: readonly KnownShift[], { reading, now }: ShiftReading): Promise<void> {
    const windows = new Map<string, MetricWindow>();
    for (const known of shifts) {
      const name = this.#nameOf(known);
      if (!name) continue;
      const own = hookWindow(known, now);
      const { from, to } = windows.get(name) ?? own;
      windows.set(name, {
        from: new Date(Math.min(from.getTime(), own.from.getTime())),
        to: new Date(Math.max(to.getTime(), own.to.getTime())),
      });
    }
    for (const [name, window] of windows) {
      const known = this.#logs.get(name);
      const { log, lines } = known?.log.isOf(window)
        ? known
        : { log: new FunctionLog(name, window), lines: new Fact<string[]>() };
      this.#logs.set(name, { log, lines });
      await lines.read(
        reading,
        `the hook's log ${logGroupOf(name)}`,
        () => log.read(this.#clients),
        () => now > window.to.getTime(),
      );
    }
  }

  /** @returns The failed hook of a shift, with what it logged as far as that was read. */
  hookOf(known: KnownShift, { hook }: FunctionRelease): FailedHook | undefined {
    const functionName = this.#nameOf(known);
    if (!hook || !functionName) return hook;
    const lines = this.#logs.get(functionName)?.lines.value ?? [];
    return { ...hook, functionName, reasons: hookReasons(lines, known.id) };
  }

  #nameOf({ info, target, hookName }: KnownShift): string | undefined {
    const hook = info && failedHook(info, target.value);
    return hook && (hook.functionName ?? hookName.value);
  }
}

/** When the failed hook of a shift ran. */
function hookWindow({ info, target }: KnownShift, now: number): MetricWindow {
  const { lifecycleEvent } = failedHook(info!, target.value)!;
  const event = target.value?.lifecycleEvents?.find(({ lifecycleEventName }) => lifecycleEventName === lifecycleEvent);
  const from = event?.startTime ?? info?.createTime ?? new Date(now);
  return { from, to: new Date((event?.endTime?.getTime() ?? now) + LOG_LAG) };
}
