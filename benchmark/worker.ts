import { playRelease } from './played-release';
import type { Chunk, ChunkResult, WorkerSetup } from './pool';
import { isHarmful, releaseKinds } from './release-kinds';
import { summaryOf } from './release-summary';

// Plays the releases that the parent process requests, until that one ends.
let setup: WorkerSetup | undefined;

process.on('disconnect', () => process.exit());
process.on('message', (message: WorkerSetup | Chunk) => {
  if (message.type === 'setup') {
    setup = message;
    return;
  }
  play(message).then(
    (result) => process.send!(result),
    (error: Error) =>
      process.send!({ type: 'failed', chunk: message, error: error.stack ?? String(error) } satisfies ChunkResult),
  );
});

async function play(chunk: Chunk): Promise<ChunkResult> {
  const kind = releaseKinds.find(({ name }) => name === chunk.kind);
  const configuration = setup?.configurations.find(({ name }) => name === chunk.configuration);
  if (!setup || !kind || !configuration) throw new Error(`there is no ${chunk.kind} under ${chunk.configuration}`);
  const { service } = setup;
  const releases = [];
  for (let seed = chunk.from; seed <= chunk.to; seed += 1) {
    const played = await playRelease({ kind, configuration, service, seed, untilHorizon: isHarmful(kind) });
    releases.push(summaryOf(played));
  }
  return { type: 'played', chunk, releases };
}
