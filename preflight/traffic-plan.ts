import { readFileSync } from 'node:fs';
import { z } from 'zod';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const share = 'is not a share; write a number above 0, such as 40';
const path = 'is not a path; write one that begins with "/", such as "/orders/7?full=true"';
const headers = 'is not a set of headers; write an object of texts, such as { "user-agent": "…" }';
const rate = 'is not a rate; write a number above 0, such as 10';

const request = z.strictObject(
  {
    /** Part of all requests, relative to the other shares. */
    share: z.number({ error: share }).positive({ error: share }),
    method: z.enum(METHODS, { error: `is not a method; write one of ${METHODS.join(', ')}` }).default('GET'),
    path: z.string({ error: path }).startsWith('/', { error: path }),
    headers: z.record(z.string(), z.string({ error: headers }), { error: headers }).default({}),
    body: z.string({ error: 'is not text; write the body as a string' }).optional(),
  },
  { error: 'is not a request; write an object with "share" and "path"' },
);

/** The schema of `traffic.json`. */
export const trafficPlanSchema = z.strictObject(
  {
    /** Mean of a Poisson process. */
    requestsPerSecond: z.number({ error: rate }).positive({ error: rate }),
    /** @default - not declared, so that every function gets all of the traffic */
    requests: z
      .array(request, { error: 'is not a list of requests; write it as [{ "share": 1, "path": "/" }]' })
      .default([]),
  },
  { error: 'is not a description of traffic; write an object with "requestsPerSecond" and "requests"' },
);

/** The traffic that a service declares in its `traffic.json`. */
export type TrafficPlan = z.infer<typeof trafficPlanSchema>;

/**
 * Reads a `traffic.json`.
 *
 * @param schema A stricter schema, for a reader that needs more than {@link trafficPlanSchema}.
 * @throws Error with every mistake in the file: its path, the value, and what to write.
 */
export function readTrafficPlan(file: string, schema: z.ZodType<TrafficPlan> = trafficPlanSchema): TrafficPlan {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`cannot read the declared traffic '${file}': ${(cause as Error).message}`, { cause });
  }
  const plan = schema.safeParse(content, { reportInput: true });
  if (plan.success) return plan.data;
  const mistakes = plan.error.issues.flatMap(mistakesOf).map((mistake) => `  ${mistake}`);
  throw new Error(`'${file}' does not describe traffic:\n${mistakes.join('\n')}`);
}

function mistakesOf(issue: z.core.$ZodIssue): readonly string[] {
  const place = z.core.toDotPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(issue.path.length === 0 ? trafficPlanSchema.shape : request.shape).join(', ');
    return issue.keys.map((key) => `${place ? `${place}.` : ''}${key}: is not a known key; write one of ${known}`);
  }
  const received = issue.input === undefined ? 'missing;' : `${JSON.stringify(issue.input)} `;
  const text = issue.input === undefined ? issue.message.slice(issue.message.indexOf(';') + 1) : issue.message;
  return [`${place || 'the file'}: ${received}${text}`];
}
