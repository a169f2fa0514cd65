import type { Reading, Unread } from './reading';

/** Something that AWS tells of a release, asked for until it cannot change any more. */
export class Fact<T> {
  #value: T | undefined;
  #missed: Unread | undefined;
  #final = false;
  #waits = false;

  /** as it was read last, @default it was not, yet */
  get value(): T | undefined {
    return this.#value;
  }

  /** whether it could not be read in the last look that wanted it, because the look had made all its calls */
  get waits(): boolean {
    return this.#waits;
  }

  /** whether it is not asked for any more */
  get isFinal(): boolean {
    return this.#final;
  }

  /**
   * Asks AWS, unless that has told it for good.
   *
   * @param what names it, for a person
   * @param isFinal whether that answer holds for ever; that asking is denied always does
   * @returns as `value`
   */
  async read(
    reading: Reading,
    what: string,
    call: () => Promise<T>,
    isFinal: (value: T | undefined) => boolean,
  ): Promise<T | undefined> {
    if (this.#final) {
      if (this.#missed) reading.miss(this.#missed);
      return this.#value;
    }
    const answer = await reading.attempt(what, call);
    this.#waits = answer.type === 'postponed';
    if (answer.type === 'read') {
      this.#value = answer.value;
      this.#missed = undefined;
      this.#final = isFinal(answer.value);
    }
    if (answer.type === 'unread') {
      const { why } = answer.unread;
      this.#missed = answer.unread;
      this.#final = why === 'denied' || (why === 'gone' && isFinal(undefined));
    }
    return this.#value;
  }

  /** Lets it be asked for again: it can have changed after all. */
  reopen(): void {
    this.#final = false;
  }

  /** It is not needed any more, or not now. */
  skip(): void {
    this.#waits = false;
  }
}
