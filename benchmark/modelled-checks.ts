import type { HttpAnswer } from '../canary-guard/hooks/answer';
import type { RouteCheck } from '../canary-guard/hooks/checks';

interface AnsweredCheck {
  readonly check: RouteCheck;
  /** Answer of a version that nothing is wrong with. */
  readonly answer: HttpAnswer;
}

const FUNCTION = 'hello';

function answer(status: number, body: object): HttpAnswer {
  return { status, body: JSON.stringify(body) };
}

function greeting(name: string, path: string, status: number, message: string): AnsweredCheck {
  const check = { name, function: FUNCTION, route: 'GET /hello', path, expected: { status, body: { message } } };
  return { check, answer: answer(status, { message, version: '1' }) };
}

/**
 * The `checks.json` of the modelled service: the sample's three checks, and one for each of the other routes, without which
 * canary-guard would refuse the package. The last creates something, so its request is sent only once.
 */
export const answeredChecks: readonly AnsweredCheck[] = [
  greeting('greets the world', '/hello', 200, 'Hello, world!'),
  greeting('greets by name', '/hello?name=Ada', 200, 'Hello, Ada!'),
  greeting('refuses a name that is too long', `/hello?name=${'a'.repeat(65)}`, 400, 'a name has at most 64 characters'),
  {
    check: {
      name: 'shows an order',
      function: FUNCTION,
      route: 'GET /orders/{id}',
      path: '/orders/17',
      expected: { status: 200 },
    },
    answer: answer(200, { id: 17, lines: [{ article: 'tea', quantity: 2 }] }),
  },
  {
    check: {
      name: 'takes an order',
      function: FUNCTION,
      route: 'POST /orders',
      body: { article: 'tea', quantity: 2 },
      expected: { status: 201 },
    },
    answer: answer(201, { id: 18 }),
  },
];

/** @returns The answer after its body has lost its content, as the effect `loses-content` changes it. */
export function withoutContent({ status }: HttpAnswer): HttpAnswer {
  return { status, body: '{}' };
}

/** Answer of an invocation that failed, or that the effect `answers-500` changed. */
export const serverError: HttpAnswer = answer(500, { message: 'Internal Server Error' });
