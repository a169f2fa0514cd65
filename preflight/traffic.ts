import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { target, text } from './template/intrinsics';
import { resourcesOf, type Template } from './template/template';

const Plan = z.looseObject({
  requestsPerSecond: z.number().positive(),
  requests: z
    .array(
      z.looseObject({
        share: z.number().positive(),
        method: z.string().default('GET'),
        path: z.string().startsWith('/'),
      }),
    )
    .default([]),
});

/** The traffic that a service declares in its `traffic.json`. */
export type DeclaredTraffic = z.infer<typeof Plan>;

/** @throws Error that names every mistake in the file */
export function readTraffic(file: string): DeclaredTraffic {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`cannot read the declared traffic: ${(cause as Error).message}`, { cause });
  }
  const plan = Plan.safeParse(content);
  if (!plan.success) throw new Error(`'${file}' does not describe traffic:\n${z.prettifyError(plan.error)}`);
  return plan.data;
}

/**
 * The share (0 to 1) of the declared requests that a function answers: those whose HTTP API route leads to its alias or
 * to itself. Without routes of an HTTP API nothing tells requests apart, and all are the function's.
 */
export function shareOf(template: Template, traffic: DeclaredTraffic, ids: readonly string[]): number {
  const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => ({
    key: text(Properties.RouteKey),
    mine: leadsTo(template, Properties.Target, ids),
  }));
  if (routes.length === 0 || traffic.requests.length === 0) return 1;
  const total = traffic.requests.reduce((sum, { share }) => sum + share, 0);
  const mine = traffic.requests
    .filter(({ method, path }) => bestRoute(routes, method, path.split('?')[0]!)?.mine)
    .reduce((sum, { share }) => sum + share, 0);
  return mine / total;
}

function leadsTo(template: Template, route: unknown, ids: readonly string[]): boolean {
  const integration = target(text(route).replace(/^integrations\//, ''));
  const uri = text(template.Resources[integration ?? '']?.Properties.IntegrationUri);
  return ids.some((id) => uri.includes(`\${${id}}`) || uri.includes(`\${${id}.`));
}

/** A full match before a greedy one, a greedy one before `$default` (API Gateway, "routing API requests"). */
function bestRoute<T extends { readonly key: string }>(
  routes: readonly T[],
  method: string,
  path: string,
): T | undefined {
  const fitting = routes.filter(({ key }) => {
    const [verb = '', template = ''] = key.split(' ');
    if (verb !== 'ANY' && verb !== method) return false;
    const parts = template.split('/').map((part) => {
      if (/^\{.*\+\}$/.test(part)) return '.+';
      return /^\{.*\}$/.test(part) ? '[^/]+' : part.replaceAll(/[^\w-]/g, '\\$&');
    });
    return new RegExp(`^${parts.join('/')}$`).test(path);
  });
  const rank = ({ key }: T) => (key.includes('+}') ? 2 : 0) + (key.startsWith('ANY ') ? 1 : 0);
  return fitting.sort((a, b) => rank(a) - rank(b))[0] ?? routes.find(({ key }) => key === '$default');
}
