import { z } from 'zod';

/** What is wrong with a value and what to do: the two halves of an error message after the path and the value. */
export type Rule = `${string}; ${string}`;

/** @returns The schema of a string that matches a pattern. */
export const matching = (pattern: RegExp, rule: Rule) => z.string({ error: rule }).regex(pattern, { error: rule });
