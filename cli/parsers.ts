import type { Parsed } from './command-spec';

/** Accepts every text. */
export function text(value: string): Parsed<string> {
  return { value };
}

/** Limits of a whole number, both included. */
interface Limits {
  readonly from: number;
  /** @default Number.MAX_SAFE_INTEGER */
  readonly to?: number;
  /** Number to propose. @default - `from` */
  readonly example?: number;
}

/** Accepts whole numbers between two limits. */
export function wholeNumber({
  from,
  to = Number.MAX_SAFE_INTEGER,
  example = from,
}: Limits): (text: string) => Parsed<number> {
  const range = to === Number.MAX_SAFE_INTEGER ? '' : ` from ${from} to ${to}`;
  return (written) => {
    const value = Number(written);
    if (/^\d+$/.test(written) && value >= from && value <= to) return { value };
    return { problem: `is not a whole number${range}`, remedy: `write one such as ${example}` };
  };
}

/**
 * Accepts the names of a closed set.
 *
 * @param what What the names are names of, such as "a fault".
 */
export function oneOf<Name extends string>(what: string, names: readonly Name[]): (text: string) => Parsed<Name> {
  return (written) => {
    const value = names.find((name) => name === written);
    return value === undefined ? { problem: `is not ${what}`, remedy: `write one of ${names.join(', ')}` } : { value };
  };
}
