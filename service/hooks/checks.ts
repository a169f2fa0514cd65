import { isDeepStrictEqual } from 'node:util';

export interface Request {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Check {
  readonly name: string;
  readonly request: Request;
  /** The status, and the fields of the JSON body that matter; others may be there. */
  readonly expected: { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
}

export interface Failure {
  readonly check: string;
  readonly expected: unknown;
  readonly received: unknown;
}

/**
 * What a version must answer to be released. Put your own checks here: the pre-traffic hook asks them of the new
 * version alone, the post-traffic hook of the public endpoint.
 */
export const checks: readonly Check[] = [
  {
    name: 'greets the world',
    request: { path: '/hello' },
    expected: { status: 200, body: { message: 'Hello, world!' } },
  },
  {
    name: 'greets by name',
    request: { path: '/hello', query: { name: 'Ada' } },
    expected: { status: 200, body: { message: 'Hello, Ada!' } },
  },
  {
    name: 'refuses a name that is too long',
    request: { path: '/hello', query: { name: 'a'.repeat(65) } },
    expected: { status: 400, body: { message: 'a name has at most 64 characters' } },
  },
];

/** Asks every check, also after one has failed, and returns those that did. */
export async function runChecks(
  ask: (request: Request) => Promise<Answer>,
  list: readonly Check[] = checks,
): Promise<Failure[]> {
  const results = await Promise.all(
    list.map(async ({ name, request, expected }): Promise<Failure | undefined> => {
      try {
        const answer = await ask(request);
        return meets(answer, expected) ? undefined : { check: name, expected, received: answer };
      } catch (error) {
        return { check: name, expected, received: String(error) };
      }
    }),
  );
  return results.filter((result) => result !== undefined);
}

function meets(answer: Answer, expected: Check['expected']): boolean {
  if (answer.status !== expected.status) return false;
  const body: unknown = parse(answer.body);
  return Object.entries(expected.body).every(([field, value]) =>
    isDeepStrictEqual((body as Record<string, unknown> | undefined)?.[field], value),
  );
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) ?? undefined;
  } catch {
    return undefined; // not JSON: it meets no expectation, and the failure shows it as it came
  }
}
