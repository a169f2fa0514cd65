import type { Readable } from 'node:stream';

/** What an environment writes to its standard output, invocation by invocation. */
export class OutputLines {
  #text = '';
  #awaited: { readonly mark: string; readonly resolve: () => void } | undefined;

  constructor(stream: Readable) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      this.#text += chunk;
      if (this.#awaited && this.#text.includes(this.#awaited.mark)) this.#awaited.resolve();
    });
    stream.on('close', () => this.#awaited?.resolve());
  }

  /** @returns The lines up to the mark that the runtime sets when an invocation ends. */
  async until(requestId: string): Promise<string[]> {
    const mark = `\x1e${requestId}\x1e`;
    if (!this.#text.includes(mark)) {
      await new Promise<void>((resolve) => {
        this.#awaited = { mark, resolve };
      });
      this.#awaited = undefined;
    }
    const end = this.#text.indexOf(mark);
    if (end < 0) return this.rest();
    const lines = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + mark.length);
    return split(lines);
  }

  /** @returns The lines not taken yet; complete once the environment has ended. */
  rest(): string[] {
    const text = this.#text;
    this.#text = '';
    return split(text);
  }
}

function split(text: string): string[] {
  // The marks are ours, not output.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the mark is a control character so that no output holds it
  const lines = text.replace(/\x1e[\w-]*\x1e/g, '').split('\n');
  return lines.filter((line, index) => line !== '' || index < lines.length - 1);
}
