import { isDeepStrictEqual } from 'node:util';
import { type Check, isRouteCheck } from './checks';

/** What API Gateway makes of a function's result. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** What a function that is not behind HTTP returns. */
interface ResultAnswer {
  readonly result: unknown;
}

export type Answer = HttpAnswer | ResultAnswer;

/** Characters of an answer that a failure shows. */
const SHOWN = 200;

/** @returns Whether an answer is what the check expects; without an expected status, anything below 500 is. */
export function meets(check: Check, answer: Answer): boolean {
  if (!('status' in answer)) {
    return isRouteCheck(check) || check.expected?.result === undefined || agrees(check.expected.result, answer.result);
  }
  const { status, body } = (isRouteCheck(check) && check.expected) || {};
  if (status === undefined ? answer.status >= 500 : answer.status !== status) return false;
  return body === undefined || agrees(body, contentOf(answer));
}

/** @returns The JSON of an answer, or the text of a body that is not JSON. */
export function contentOf(answer: Answer): unknown {
  if (!('status' in answer)) return answer.result;
  try {
    return JSON.parse(answer.body);
  } catch {
    return answer.body;
  }
}

/** An expected object may be a part of the received one; anything else has to be equal. */
function agrees(expected: unknown, received: unknown): boolean {
  if (!isObject(expected)) return isDeepStrictEqual(received, expected);
  return Object.entries(expected).every(([field, value]) =>
    isDeepStrictEqual((received as Record<string, unknown> | null | undefined)?.[field], value),
  );
}

/** @returns What the check expects, as text. */
export function describeExpected(check: Check): string {
  if (!isRouteCheck(check)) {
    const result = check.expected?.result;
    return result === undefined ? 'a result' : `a result with ${JSON.stringify(result)}`;
  }
  const { status, body } = check.expected ?? {};
  const allowed = status === undefined ? 'a status below 500' : `status ${status}`;
  return body === undefined ? allowed : `${allowed} with ${JSON.stringify(body)}`;
}

/** @returns An answer as text, shortened. */
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
