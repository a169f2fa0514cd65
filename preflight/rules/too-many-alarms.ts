import type { Problem, Rule } from './rule';

/** CodeDeploy API, AlarmConfiguration: "a maximum of 10 alarms". A newer page says 50; ten is what always passes. */
const MOST = 10;

export const tooManyAlarms = {
  id: 'too-many-alarms',
  find: ({ canaries }) =>
    canaries
      .filter(({ attached }) => attached.length > MOST)
      .map(
        ({ attached, groupId, key }): Problem => ({
          severity: 'error',
          where: { path: `Resources.${groupId}.Properties.AlarmConfiguration.Alarms`, function: key },
          why: `A deployment group takes ${MOST} alarms and this one has ${attached.length}: CloudFormation fails in the middle of the deployment.`,
          fix: `keep in functions.${key}.deploymentSettings.alarms those that a bad version sets off first`,
        }),
      ),
} as const satisfies Rule;
