import { stripVTControlCharacters } from 'node:util';
import { cut } from '../render/shorten';

/** Lines and characters of a failure; CodePipeline's failure message needs the rest of its space for the remedy. */
const LINES_LIMIT = 6;
const FAILURE_LIMIT = 1_000;

/** Lines that do not describe the failure: stack traces, links to other pages, and what npx adds. */
const IRRELEVANT = [/^\s+at /, /^View the full error:/, /^Learn more about /, /^npm (notice|warn)/i];

/**
 * The error message of osls: the text below the last line `Error:`, which it writes at the end (its
 * lib/cli/handle-error.js).
 *
 * @param log The whole output of `sls deploy`.
 * @returns A few lines of at most 1,000 characters; undefined when the log has no such text.
 */
export function slsFailure(log: string): string | undefined {
  const lines = stripVTControlCharacters(log).split(/\r?\n/);
  const begin = lines.findLastIndex((line) => /^Error:\s*$/.test(line));
  if (begin < 0) return undefined;
  const message = lines
    .slice(begin + 1)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !IRRELEVANT.some((pattern) => pattern.test(line)));
  const rest = message.length - LINES_LIMIT;
  const shown =
    rest > 0 ? [...message.slice(0, LINES_LIMIT), `… ${rest} more ${rest === 1 ? 'line' : 'lines'}`] : message;
  return cut(shown.join('\n'), FAILURE_LIMIT) || undefined;
}
