/**
 * Shortens a text to a limit by leaving out its last lines, and says how much is missing. A line is cut only when it
 * alone is longer than the limit.
 *
 * @param limit Characters as JavaScript counts them (UTF-16 code units), which are never fewer than what AWS counts.
 */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const lines = text.split('\n');
  for (let kept = lines.length - 1; kept > 0; kept -= 1) {
    const rest = lines.slice(kept).join('\n').length;
    const left = lines.length - kept;
    const note = `… ${left} more ${left === 1 ? 'line' : 'lines'} (${rest} characters) left out`;
    const shortened = [...lines.slice(0, kept), note].join('\n');
    if (shortened.length <= limit) return shortened;
  }
  return cut(text, limit);
}

/** @returns One line, cut to a limit, with the number of characters that are missing. */
export function cut(line: string, limit: number): string {
  if (line.length <= limit) return line;
  const room = limit - `… (${line.length} more characters)`.length;
  const kept = line.slice(0, Math.max(0, room)).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept}… (${line.length - kept.length} more characters)`;
}
