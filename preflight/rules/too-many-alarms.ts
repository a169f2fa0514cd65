import type { PreflightRule, RuleProblem } from './rule';

/** CodeDeploy API, AlarmConfiguration: "a maximum of 10 alarms". A newer page says 50; 10 are always accepted. */
const MOST = 10;

/** More alarms than a deployment group can have. */
export const tooManyAlarms = {
  id: 'too-many-alarms',
  find: ({ canaries }) =>
    canaries
      .filter(({ attached }) => attached.length > MOST)
      .map(
        ({ attached, groupId, key }): RuleProblem => ({
          severity: 'error',
          where: { path: `Resources.${groupId}.Properties.AlarmConfiguration.Alarms`, function: key },
          why: `A deployment group can have ${MOST} alarms, and this one has ${attached.length}: CloudFormation fails in the middle of the deployment.`,
          fix: `keep only the alarms in functions.${key}.deploymentSettings.alarms that a bad version sets off first`,
        }),
      ),
} as const satisfies PreflightRule;
