import { playRelease } from './played-release';
import type { Chunk, ChunkResult, Setup } from './pool';
import { hasExposure, rows } from './release-kinds';
import { summaryOf } from './summary';

/** Plays releases that another process asks for, until that one is gone. */
let setup: Setup | undefined;

process.on('disconnect', () => process.exit());
process.on('message', (message: Setup | Chunk) => {
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
  const row = rows.find(({ name }) => name === chunk.row);
  const configuration = setup?.configurations.find(({ name }) => name === chunk.configuration);
  if (!setup || !row || !configuration) throw new Error(`there is no ${chunk.row} of ${chunk.configuration}`);
  const { service } = setup;
  const releases = [];
  for (let seed = chunk.from; seed <= chunk.to; seed += 1) {
    const played = await playRelease({ row, configuration, service, seed, untilHorizon: hasExposure(row) });
    releases.push(summaryOf(played));
  }
  return { type: 'played', chunk, releases };
}
