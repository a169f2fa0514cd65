import { target } from '../template/intrinsics';
import type { PreflightRule, RuleProblem } from './rule';

/** An attached composite alarm. */
export const compositeAlarm = {
  id: 'composite-alarm',
  find: ({ canaries, template }) =>
    canaries.flatMap(({ attached, key }) =>
      attached
        .filter(({ name }) => template.Resources[target(name) ?? '']?.Type === 'AWS::CloudWatch::CompositeAlarm')
        .map(
          ({ name, path }): RuleProblem => ({
            severity: 'warning',
            where: { path, function: key, alarm: target(name) },
            why: 'AWS does not document that CodeDeploy watches composite alarms: this one may never stop a release.',
            fix: `name the alarms that it combines in functions.${key}.deploymentSettings.alarms`,
          }),
        ),
    ),
} as const satisfies PreflightRule;
