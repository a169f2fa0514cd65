import { keyOf } from '../subject';
import { target, text } from '../template/intrinsics';
import { resourcesOf } from '../template/template';
import type { Problem, Rule } from './rule';

/** A hook that no function of the template is. */
export const hookUnknown = {
  id: 'hook-unknown',
  find: ({ canaries, template }) =>
    canaries.flatMap(({ hooks, key }) =>
      hooks.flatMap(({ event, name, path, functionId }): readonly Problem[] => {
        if (functionId !== undefined) return [];
        const reference = target(name);
        if (reference !== undefined && reference in template.Parameters) return [];
        const known = resourcesOf(template, 'AWS::Lambda::Function').map(([id]) => keyOf(id));
        const setting = event === 'BeforeAllowTrafficHook' ? 'preTrafficHook' : 'postTrafficHook';
        return [
          {
            severity: reference === undefined ? 'warning' : 'error',
            where: { path, function: key },
            why:
              reference === undefined
                ? `No function of the template is ${text(name)}: unless another stack has it, CodeDeploy calls nothing and the deployment fails.`
                : `No function of the template has the logical id ${reference}: CloudFormation refuses the reference.`,
            fix: `write functions.${key}.deploymentSettings.${setting} as the key of a function: ${known.filter((each) => each !== key).join(', ') || 'there is none yet'}`,
          },
        ];
      }),
    ),
} as const satisfies Rule;
