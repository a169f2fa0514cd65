import type { Readable } from 'node:stream';

/** Output of an execution environment, split by invocation. */
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

  /** @returns Lines up to the mark that the runtime prints at the end of an invocation. */
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

  /** @returns Lines not returned yet; complete once the environment has ended. */
  rest(): string[] {
    const text = this.#text;
    this.#text = '';
    return split(text);
  }
}

function split(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: marks have a control character that output is unlikely to have
  const lines = text.replace(/\x1e[\w-]*\x1e/g, '').split('\n');
  return lines.filter((line, index) => line !== '' || index < lines.length - 1);
}
