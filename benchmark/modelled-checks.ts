import type { HttpAnswer } from '../canary-guard/hooks/answer';
import type { RouteCheck } from '../canary-guard/hooks/checks';

interface AnsweredCheck {
  readonly check: RouteCheck;
  /** what a version answers with which nothing is wrong */
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
 * What the modelled service's `checks.json` would hold: the sample's three checks, and one for each of the other routes,
 * without which the package would be refused. The last makes something, so it is asked once.
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

/** @returns what an answer has left when its body has lost its content, as `runtime/bootstrap.cjs` does it */
export function withoutContent({ status }: HttpAnswer): HttpAnswer {
  return { status, body: '{}' };
}

export const serverError: HttpAnswer = answer(500, { message: 'Internal Server Error' });
