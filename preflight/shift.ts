import {
  longestShiftMinutes,
  PRESET_PREFIX,
  routingNamed,
  shiftSteps,
  type TrafficRouting,
} from '../aws-rules/traffic-shift';
import { numeric, target, text } from './template/intrinsics';
import { at, type Template } from './template/template';

/** How CodeDeploy moves an alias from one version to the next. */
export interface Shift {
  /** Name of the deployment configuration, e.g. `Canary10Percent5Minutes`. */
  readonly name: string;
  /** Oldest first. `after`: seconds since the first traffic on the new version; `weight`: its share, 0 to 1. */
  readonly steps: readonly { readonly after: number; readonly weight: number }[];
  /** Seconds from the first traffic on the new version to all of it; 0 if all traffic moves at once. */
  readonly seconds: number;
  /** Seconds to allow for in a time limit, see {@link longestShiftMinutes}. */
  readonly longest: number;
}

/**
 * Reads a deployment configuration that the template defines, or one whose name gives its routing.
 *
 * @returns Undefined for any other configuration.
 */
export function readShift(template: Template, configuration: unknown): Shift | undefined {
  const id = target(configuration);
  const own = template.Resources[id ?? ''];
  if (id !== undefined && own?.Type === 'AWS::CodeDeploy::DeploymentConfig') {
    return shiftOf(id, routingOf(own.Properties.TrafficRoutingConfig));
  }
  const name = text(configuration).replace(PRESET_PREFIX, '');
  return shiftOf(name, routingNamed(name));
}

/** @returns Undefined for a routing that only CloudFormation can resolve. */
function routingOf(config: unknown): TrafficRouting | undefined {
  for (const kind of ['Canary', 'Linear'] as const) {
    const given = at(config, `TimeBased${kind}`);
    const percentage = numeric(at(given, `${kind}Percentage`));
    const interval = numeric(at(given, `${kind}Interval`));
    if (percentage && interval) return { type: `TimeBased${kind}`, percentage, interval };
  }
  return undefined;
}

function shiftOf(name: string, routing: TrafficRouting | undefined): Shift | undefined {
  if (!routing) return undefined;
  const steps = shiftSteps(routing).map(({ after, weight }) => ({ after: after / 1_000, weight }));
  return { name, steps, seconds: steps.at(-1)!.after, longest: longestShiftMinutes(routing) * 60 };
}

/**
 * @param from Seconds since the first traffic on the new version.
 * @param to Seconds since the first traffic on the new version.
 * @returns The traffic that the new version gets in that time, as seconds of all traffic.
 */
export function newTraffic({ steps }: Shift, from: number, to: number): number {
  return steps.reduce((sum, { after, weight }, index) => {
    const until = steps[index + 1]?.after ?? Number.POSITIVE_INFINITY;
    return sum + weight * Math.max(0, Math.min(to, until) - Math.max(from, after));
  }, 0);
}
