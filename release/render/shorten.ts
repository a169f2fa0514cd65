/**
 * Shortens a text to a limit, line by line, and says how much is missing. A line is only ever cut when it alone is longer
 * than the limit allows, and then it says by how much.
 *
 * @param limit characters, UTF-16 units as JavaScript counts them: never fewer than what AWS counts
 */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const lines = text.split('\n');
  for (let kept = lines.length - 1; kept > 0; kept -= 1) {
    const rest = lines.slice(kept).join('\n').length;
    const note = `… ${lines.length - kept} more ${lines.length - kept === 1 ? 'line' : 'lines'}, ${rest} characters, left out`;
    const shortened = [...lines.slice(0, kept), note].join('\n');
    if (shortened.length <= limit) return shortened;
  }
  return cut(text, limit);
}

/** @returns one line, cut to a limit, with the number of characters that are missing */
export function cut(line: string, limit: number): string {
  if (line.length <= limit) return line;
  const room = limit - `… (${line.length} characters more)`.length;
  const kept = line.slice(0, Math.max(0, room)).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept}… (${line.length - kept.length} characters more)`;
}
