import { references, text } from '../template/intrinsics';
import { resourcesOf } from '../template/template';
import type { Problem, Rule } from './rule';

/** Provisioned concurrency of an alias cannot be managed while the alias has weights (Lambda guide, "weighted aliases"). */
export const provisionedConcurrency = {
  id: 'provisioned-concurrency',
  find: ({ canaries, template }) =>
    canaries.flatMap(({ functionId, aliasId, aliasName, key, shift }): readonly Problem[] => {
      if (shift?.seconds === 0) return [];
      const fix = `remove functions.${key}.provisionedConcurrency, or write deploymentSettings.type: AllAtOnce`;
      const configured = resourcesOf(template, 'AWS::Lambda::Alias', 'AWS::Lambda::Version')
        .filter(([id, { Properties }]) => id === aliasId || references(Properties.FunctionName).has(functionId))
        .filter(([, { Properties }]) => Properties.ProvisionedConcurrencyConfig !== undefined)
        .map(
          ([id]): Problem => ({
            severity: id === aliasId ? 'error' : 'warning',
            where: { path: `Resources.${id}.Properties.ProvisionedConcurrencyConfig`, function: key },
            why:
              id === aliasId
                ? `The alias ${aliasName} is shifted and has provisioned concurrency, which Lambda does not let anybody change while an alias has weights: the deployment fails.`
                : `It keeps instances for what the alias ${aliasName} does not call: requests of the canary start cold, and its latency says nothing.`,
            fix,
          }),
        );
      const scaled = resourcesOf(template, 'AWS::ApplicationAutoScaling::ScalableTarget')
        .filter(
          ([, { Properties }]) =>
            references(Properties.ResourceId).has(aliasId) || references(Properties.ResourceId).has(functionId),
        )
        .filter(([, { Properties }]) => text(Properties.ScalableDimension) === 'lambda:function:ProvisionedConcurrency')
        .map(
          ([id]): Problem => ({
            severity: 'error',
            where: { path: `Resources.${id}`, function: key },
            why: `It scales the provisioned concurrency of ${key}, which Lambda refuses while the alias has weights.`,
            fix,
          }),
        );
      return [...configured, ...scaled];
    }),
} as const satisfies Rule;
