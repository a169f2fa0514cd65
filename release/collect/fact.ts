import type { Unread } from '../outcome/unread';
import type { Reading } from './reading';

/** A value of AWS that is read again until it cannot change any more. */
export class Fact<T> {
  #value: T | undefined;
  #missed: Unread | undefined;
  #final = false;
  #waits = false;

  /** The value as last read; undefined until it was. */
  get value(): T | undefined {
    return this.#value;
  }

  /** Whether the last attempt to read it was postponed because the call limit was reached. */
  get waits(): boolean {
    return this.#waits;
  }

  /**
   * Reads the value unless it is final.
   *
   * @param what Name of the value, for people.
   * @param isFinal Whether a value cannot change any more. A denied read is always final.
   * @returns The value as last read.
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
    const result = await reading.attempt(what, call);
    this.#waits = result.type === 'postponed';
    if (result.type === 'read') {
      this.#value = result.value;
      this.#missed = undefined;
      this.#final = isFinal(result.value);
    }
    if (result.type === 'unread') {
      const { why } = result.unread;
      this.#missed = result.unread;
      this.#final = why === 'denied' || (why === 'gone' && isFinal(undefined));
    }
    return this.#value;
  }

  /** Allows further reads, because the value can have changed after all. */
  reopen(): void {
    this.#final = false;
  }

  /** Marks the value as not needed at present. */
  skip(): void {
    this.#waits = false;
  }
}
