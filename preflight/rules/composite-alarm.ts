import { target } from '../template/intrinsics';
import type { Problem, Rule } from './rule';

export const compositeAlarm = {
  id: 'composite-alarm',
  find: ({ canaries, template }) =>
    canaries.flatMap(({ attached, key }) =>
      attached
        .filter(({ name }) => template.Resources[target(name) ?? '']?.Type === 'AWS::CloudWatch::CompositeAlarm')
        .map(
          ({ name, path }): Problem => ({
            severity: 'warning',
            where: { path, function: key, alarm: target(name) },
            why: 'That CodeDeploy watches composite alarms is nowhere documented: this one may never stop a release.',
            fix: `name the alarms it is made of in functions.${key}.deploymentSettings.alarms`,
          }),
        ),
    ),
} as const satisfies Rule;
