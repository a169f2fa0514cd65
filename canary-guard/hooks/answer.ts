import { isDeepStrictEqual } from 'node:util';
import { type Check, isRouteCheck } from './checks';

/** What API Gateway makes of a function's result. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** What a function that is not behind HTTP returns. */
export interface ResultAnswer {
  readonly result: unknown;
}

export type Answer = HttpAnswer | ResultAnswer;

/** Characters of a body that a failure shows. */
const SHOWN = 200;

/** @returns whether an answer is what the check expects; with no status expected, anything below 500 is */
export function meets(check: Check, answer: Answer): boolean {
  if (!('status' in answer)) {
    return isRouteCheck(check) || check.expected?.result === undefined || agrees(check.expected.result, answer.result);
  }
  const { status, body } = (isRouteCheck(check) && check.expected) || {};
  if (status === undefined ? answer.status >= 500 : answer.status !== status) return false;
  return body === undefined || agrees(body, contentOf(answer));
}

/** @returns the JSON of an answer; a body that is not JSON as the text that it is */
export function contentOf(answer: Answer): unknown {
  if (!('status' in answer)) return answer.result;
  try {
    return JSON.parse(answer.body);
  } catch {
    return answer.body;
  }
}

/** Of an object its fields must be there, with these values; others may be there too. */
function agrees(expected: unknown, received: unknown): boolean {
  if (!isObject(expected)) return isDeepStrictEqual(received, expected);
  return Object.entries(expected).every(([field, value]) =>
    isDeepStrictEqual((received as Record<string, unknown> | null | undefined)?.[field], value),
  );
}

/** @returns what the check expects, in words */
export function describeExpected(check: Check): string {
  if (!isRouteCheck(check)) {
    const result = check.expected?.result;
    return result === undefined ? 'a result' : `a result with ${JSON.stringify(result)}`;
  }
  const { status, body } = check.expected ?? {};
  const wanted = status === undefined ? 'a status below 500' : `status ${status}`;
  return body === undefined ? wanted : `${wanted} with ${JSON.stringify(body)}`;
}

/** @returns an answer in words */
export function describeAnswer(answer: Answer): string {
  if (!('status' in answer)) return shorten(`the result ${JSON.stringify(answer.result)}`);
  return answer.body === ''
    ? `status ${answer.status} without a body`
    : shorten(`status ${answer.status}: ${answer.body}`);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shorten(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
