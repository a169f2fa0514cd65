import { references, text } from '../template/intrinsics';
import { resourcesOf } from '../template/template';
import type { PreflightRule, RuleProblem } from './rule';

/** Provisioned concurrency of an alias cannot be managed while the alias has weights (Lambda guide, "weighted aliases"). */
export const provisionedConcurrency = {
  id: 'provisioned-concurrency',
  find: ({ canaries, template }) =>
    canaries.flatMap(({ functionId, aliasId, aliasName, key, shift }): readonly RuleProblem[] => {
      if (shift?.seconds === 0) return [];
      const fix = `remove functions.${key}.provisionedConcurrency, or write deploymentSettings.type: AllAtOnce`;
      const configured = resourcesOf(template, 'AWS::Lambda::Alias', 'AWS::Lambda::Version')
        .filter(([id, { Properties }]) => id === aliasId || references(Properties.FunctionName).has(functionId))
        .filter(([, { Properties }]) => Properties.ProvisionedConcurrencyConfig !== undefined)
        .map(
          ([id]): RuleProblem => ({
            severity: id === aliasId ? 'error' : 'warning',
            where: { path: `Resources.${id}.Properties.ProvisionedConcurrencyConfig`, function: key },
            why:
              id === aliasId
                ? `The alias ${aliasName} is shifted and has provisioned concurrency, which Lambda refuses to change while an alias has weights: the deployment fails.`
                : `It keeps instances that the alias ${aliasName} does not use: requests to the canary start cold, so its latency cannot be judged.`,
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
          ([id]): RuleProblem => ({
            severity: 'error',
            where: { path: `Resources.${id}`, function: key },
            why: `It scales the provisioned concurrency of ${key}, which Lambda refuses while the alias has weights: the deployment fails.`,
            fix,
          }),
        );
      return [...configured, ...scaled];
    }),
} as const satisfies PreflightRule;
