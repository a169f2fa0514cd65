import { keyOf } from '../subject';
import { target, text } from '../template/intrinsics';
import { resourcesOf } from '../template/template';
import type { PreflightRule, RuleProblem } from './rule';

/** A hook that is not a function of the template. */
export const hookUnknown = {
  id: 'hook-unknown',
  find: ({ canaries, template }) =>
    canaries.flatMap(({ hooks, key }) =>
      hooks.flatMap(({ event, name, path, functionId }): readonly RuleProblem[] => {
        if (functionId !== undefined) return [];
        const reference = target(name);
        if (reference !== undefined && reference in template.Parameters) return [];
        const others = resourcesOf(template, 'AWS::Lambda::Function')
          .map(([id]) => keyOf(id))
          .filter((each) => each !== key);
        const setting = event === 'BeforeAllowTrafficHook' ? 'preTrafficHook' : 'postTrafficHook';
        return [
          {
            severity: reference === undefined ? 'warning' : 'error',
            where: { path, function: key },
            why:
              reference === undefined
                ? `The template has no function named ${text(name)}: unless another stack has it, CodeDeploy cannot invoke the hook and the deployment fails.`
                : `The template has no function with the logical id ${reference}: CloudFormation refuses the reference.`,
            fix: `write the key of a function in functions.${key}.deploymentSettings.${setting}; the service has ${others.join(', ') || 'no other function yet'}`,
          },
        ];
      }),
    ),
} as const satisfies PreflightRule;
