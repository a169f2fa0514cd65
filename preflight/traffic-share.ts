import { InvalidRouteKey, parseRouteKey, selectRoute } from '../aws-rules/http-routes';
import { target, text } from './template/intrinsics';
import { resourcesOf, type Template } from './template/template';
import type { TrafficPlan } from './traffic-plan';

/**
 * @param ids Logical ids of the function and its alias.
 * @returns The share (0 to 1) of the declared requests that a function answers: those whose HTTP API route leads to its
 *   alias or to the function itself. Without routes of an HTTP API it is 1, because nothing says which requests are for
 *   which function.
 */
export function shareOf(template: Template, traffic: TrafficPlan, ids: readonly string[]): number {
  const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').flatMap(([, { Properties }]) => {
    const key = routeKeyOf(text(Properties.RouteKey));
    return key ? [{ key, isOwn: leadsTo(template, Properties.Target, ids) }] : [];
  });
  if (routes.length === 0 || traffic.requests.length === 0) return 1;
  const total = traffic.requests.reduce((sum, { share }) => sum + share, 0);
  const own = traffic.requests
    .filter(({ method, path }) => selectRoute(routes, method, path.split('?')[0]!)?.route.isOwn)
    .reduce((sum, { share }) => sum + share, 0);
  return own / total;
}

/** @returns Undefined for a route key that only CloudFormation can resolve, or that API Gateway would reject. */
function routeKeyOf(key: string) {
  try {
    return parseRouteKey(key);
  } catch (error) {
    if (error instanceof InvalidRouteKey) return undefined;
    throw error;
  }
}

function leadsTo(template: Template, route: unknown, ids: readonly string[]): boolean {
  const integration = target(text(route).replace(/^integrations\//, ''));
  const uri = text(template.Resources[integration ?? '']?.Properties.IntegrationUri);
  return ids.some((id) => uri.includes(`\${${id}}`) || uri.includes(`\${${id}.`));
}
