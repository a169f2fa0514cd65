import { canariesOf } from '../subject';
import { text } from '../template/intrinsics';
import { resourcesOf, type Template } from '../template/template';
import type { PreflightRule, RuleProblem } from './rule';

/** A route is removed for all clients at once: no canary covers it, and no rollback of an alias restores it. */
export const routeRemoved = {
  id: 'route-removed',
  find: ({ template, deployed }) => {
    if (!deployed) return [];
    const now = new Set(routes(template).map(({ key }) => key));
    return routes(deployed)
      .filter(({ key }) => !now.has(key))
      .map(
        ({ id, key, function: served }): RuleProblem => ({
          severity: 'warning',
          where: { path: `Resources.${id}`, function: served },
          why: `The release removes the live route ${key}, for all clients at once when the shift has ended: no alarm can stop it if a client still needs the route.`,
          fix: `keep the event ${key} for this release, and remove it when no client calls it any more`,
        }),
      );
  },
} as const satisfies PreflightRule;

function routes(
  template: Template,
): readonly { readonly id: string; readonly key: string; readonly function?: string }[] {
  const canaries = canariesOf(template, [], undefined);
  const http = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([id, { Properties }]) => {
    const integration = /\$\{([^}]+)\}/.exec(text(Properties.Target))?.[1];
    const uri = text(template.Resources[integration ?? '']?.Properties.IntegrationUri);
    const served = canaries.find(
      ({ aliasId, functionId }) => uri.includes(`\${${aliasId}}`) || uri.includes(`\${${functionId}`),
    );
    return { id, key: text(Properties.RouteKey), ...(served && { function: served.key }) };
  });
  const rest = resourcesOf(template, 'AWS::ApiGateway::Method').map(([id, { Properties }]) => ({
    id,
    key: `${text(Properties.HttpMethod)} ${text(Properties.ResourceId)}`,
  }));
  return [...http, ...rest.filter(({ key }) => !key.startsWith('OPTIONS '))];
}
