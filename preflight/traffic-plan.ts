import { readFileSync } from 'node:fs';
import { z } from 'zod';

const request = z.strictObject({
  /** Part of all requests, relative to the other shares. */
  share: z.number().positive(),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  path: z.string().startsWith('/'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
});

/** The schema of `traffic.json`. */
export const trafficPlanSchema = z.strictObject({
  /** Mean of a Poisson process. */
  requestsPerSecond: z.number().positive(),
  /** @default - not declared, so that every function gets all of the traffic */
  requests: z.array(request).default([]),
});

/** The traffic that a service declares in its `traffic.json`. */
export type TrafficPlan = z.infer<typeof trafficPlanSchema>;

/**
 * Reads a `traffic.json`.
 *
 * @param schema A stricter schema, for a reader that needs more than {@link trafficPlanSchema}.
 * @throws Error with every mistake in the file.
 */
export function readTrafficPlan(file: string, schema: z.ZodType<TrafficPlan> = trafficPlanSchema): TrafficPlan {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`cannot read the declared traffic: ${(cause as Error).message}`, { cause });
  }
  const plan = schema.safeParse(content);
  if (!plan.success) throw new Error(`'${file}' does not describe traffic:\n${z.prettifyError(plan.error)}`);
  return plan.data;
}
