/**
 * CodeDeploy's presets for Lambda, without their prefix `CodeDeployDefault.Lambda`, and the minutes from the first
 * traffic on the new version to the last. Sources differ on a linear shift, nine intervals or ten (docs/fidelity.md):
 * ten here, because what is computed from it is a time limit.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */
const MINUTES_TO_SHIFT = {
  AllAtOnce: 0,
  Canary10Percent5Minutes: 5,
  Canary10Percent10Minutes: 10,
  Canary10Percent15Minutes: 15,
  Canary10Percent30Minutes: 30,
  Linear10PercentEvery1Minute: 10,
  Linear10PercentEvery2Minutes: 20,
  Linear10PercentEvery3Minutes: 30,
  Linear10PercentEvery10Minutes: 100,
} as const;

/** How CodeDeploy shifts traffic from one version of a function to the next. */
export type DeploymentType = keyof typeof MINUTES_TO_SHIFT;

export const DEPLOYMENT_TYPES = Object.keys(MINUTES_TO_SHIFT) as [DeploymentType, ...DeploymentType[]];

export function isDeploymentType(value: unknown): value is DeploymentType {
  return typeof value === 'string' && Object.hasOwn(MINUTES_TO_SHIFT, value);
}

export function minutesToShift(type: DeploymentType): number {
  return MINUTES_TO_SHIFT[type];
}
