import { target, text } from './template/intrinsics';
import { at, type Template } from './template/template';

/** How CodeDeploy moves an alias from one version to the next. */
export interface Shift {
  /** e.g. `Canary10Percent5Minutes` */
  readonly name: string;
  /** From so many seconds after the first traffic on, the new version gets this share (0 to 1). */
  readonly steps: readonly { readonly after: number; readonly weight: number }[];
  /** Seconds from the first traffic on the new version to all of it; 0 if it gets all at once. */
  readonly seconds: number;
  /** Seconds a time limit has to allow for: sources differ on whether a linear shift takes one interval more. */
  readonly longest: number;
}

/**
 * The presets by what their names say, and the configurations that the template defines.
 *
 * The first increment of a linear shift comes at once, so 10 % steps arrive after nine intervals (CodeDeploy API,
 * TimeBasedLinear); SAM's documentation counts ten.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 * @returns undefined for a configuration that is neither
 */
export function readShift(template: Template, configuration: unknown): Shift | undefined {
  const own = template.Resources[target(configuration) ?? ''];
  if (own?.Type === 'AWS::CodeDeploy::DeploymentConfig') return readOwn(target(configuration)!, own.Properties);
  const name = text(configuration).replace('CodeDeployDefault.Lambda', '');
  if (name === 'AllAtOnce') return { name, steps: [{ after: 0, weight: 1 }], seconds: 0, longest: 0 };
  const canary = /^Canary(\d+)Percent(\d+)Minutes$/.exec(name);
  if (canary) return canaryShift(name, Number(canary[1]), Number(canary[2]));
  const linear = /^Linear(\d+)PercentEvery(\d+)Minutes?$/.exec(name);
  return linear ? linearShift(name, Number(linear[1]), Number(linear[2])) : undefined;
}

function readOwn(name: string, properties: unknown): Shift | undefined {
  const routing = at(properties, 'TrafficRoutingConfig');
  const canary = at(routing, 'TimeBasedCanary');
  if (canary) return canaryShift(name, Number(at(canary, 'CanaryPercentage')), Number(at(canary, 'CanaryInterval')));
  const linear = at(routing, 'TimeBasedLinear');
  return linear
    ? linearShift(name, Number(at(linear, 'LinearPercentage')), Number(at(linear, 'LinearInterval')))
    : undefined;
}

function canaryShift(name: string, percent: number, minutes: number): Shift {
  const seconds = minutes * 60;
  const steps = [
    { after: 0, weight: percent / 100 },
    { after: seconds, weight: 1 },
  ];
  return { name, steps, seconds, longest: seconds };
}

function linearShift(name: string, percent: number, minutes: number): Shift {
  const interval = minutes * 60;
  const steps = Array.from({ length: Math.ceil(100 / percent) }, (_, index) => ({
    after: index * interval,
    weight: Math.min(100, (index + 1) * percent) / 100,
  }));
  const seconds = steps.at(-1)!.after;
  return { name, steps, seconds, longest: seconds + interval };
}

/** @returns seconds of all traffic that the new version gets between two times, in seconds since its first traffic */
export function newTraffic({ steps }: Shift, from: number, to: number): number {
  return steps.reduce((sum, { after, weight }, index) => {
    const until = steps[index + 1]?.after ?? Number.POSITIVE_INFINITY;
    return sum + weight * Math.max(0, Math.min(to, until) - Math.max(from, after));
  }, 0);
}
