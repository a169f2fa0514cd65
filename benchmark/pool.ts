import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { ModelledService, ResolvedConfiguration } from './modelled-service';
import type { ReleaseSummary } from './release-summary';

/** First message to a worker: what it needs before it plays a release. */
export interface WorkerSetup {
  readonly type: 'setup';
  readonly service: ModelledService;
  readonly configurations: readonly ResolvedConfiguration[];
}

/** Releases of one kind under one configuration, with the seeds `from` to `to`, both included. */
export interface Chunk {
  readonly type: 'play';
  readonly kind: string;
  readonly configuration: string;
  readonly from: number;
  readonly to: number;
}

export type ChunkResult =
  | { readonly type: 'played'; readonly chunk: Chunk; readonly releases: readonly ReleaseSummary[] }
  | { readonly type: 'failed'; readonly chunk: Chunk; readonly error: string };

interface PoolProps extends Omit<WorkerSetup, 'type'> {
  /** Number of processes. */
  readonly workers: number;
  /** Called after each chunk with the number of chunks that are done, and of all. */
  readonly onProgress: (done: number, all: number) => void;
}

/**
 * Plays chunks in child processes.
 *
 * @returns The releases of each chunk, in the order of the chunks.
 * @throws Error with the first failure.
 */
export async function playAll(
  chunks: readonly Chunk[],
  props: PoolProps,
): Promise<readonly (readonly ReleaseSummary[])[]> {
  const results: (readonly ReleaseSummary[])[] = [];
  let next = 0;
  let done = 0;
  const children = new Set<ChildProcess>();
  const start = (): ChildProcess => {
    const child = fork(join(__dirname, 'worker.ts'));
    children.add(child);
    child.send({ type: 'setup', service: props.service, configurations: props.configurations } satisfies WorkerSetup);
    return child;
  };
  const end = (child: ChildProcess): void => {
    children.delete(child);
    child.kill();
  };
  const work = async (): Promise<void> => {
    const child = start();
    while (next < chunks.length) {
      const index = next;
      next += 1;
      results[index] = await played(child, chunks[index]!);
      done += 1;
      props.onProgress(done, chunks.length);
    }
    end(child);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(props.workers, chunks.length) }, work));
  } finally {
    for (const child of children) end(child);
  }
  return results;
}

function played(child: ChildProcess, chunk: Chunk): Promise<readonly ReleaseSummary[]> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a process that plays releases ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (result: ChunkResult) => {
      child.off('exit', ended);
      if (result.type === 'played') resolve(result.releases);
      else reject(new Error(`${chunk.kind} under ${chunk.configuration}: ${result.error}`));
    });
    child.send(chunk);
  });
}
