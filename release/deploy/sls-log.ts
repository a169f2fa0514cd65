import { stripVTControlCharacters } from 'node:util';
import { cut } from '../render/shorten';

/** Of a reason nobody reads more, and CodePipeline's failure message needs its room for what to do. */
const LINES = 6;
const LIMIT = 1_000;

/** Lines that say nothing of the failure: a stack trace, advice about where else to read, and what npx adds. */
const beside = [/^\s+at /, /^View the full error:/, /^Learn more about /, /^npm (notice|warn)/i];

/**
 * What osls says of its failure: below a line `Error:`, the last thing that it writes (its lib/cli/handle-error.js).
 *
 * @param log all that `sls deploy` wrote
 * @returns a few lines, at most 1,000 characters; undefined when it ended without such a block
 */
export function slsFailure(log: string): string | undefined {
  const lines = stripVTControlCharacters(log).split(/\r?\n/);
  const begin = lines.findLastIndex((line) => /^Error:\s*$/.test(line));
  if (begin < 0) return undefined;
  const said = lines
    .slice(begin + 1)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !beside.some((pattern) => pattern.test(line)));
  const rest = said.length - LINES;
  const told = rest > 0 ? [...said.slice(0, LINES), `… ${rest} more ${rest === 1 ? 'line' : 'lines'}`] : said;
  return cut(told.join('\n'), LIMIT) || undefined;
}
