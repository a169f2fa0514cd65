import { Duration } from 'aws-cdk-lib';
import { longestShiftMinutes, PRESETS } from '../../aws-rules/traffic-shift';
import type { FunctionShift, ServiceDescription } from './service-description';

/** A hook that never reports costs its deployment an hour, then fails it. */
const MINUTES_PER_HOOK = 60;

/** Beside the shift: install, upload, the stack's other resources, and their rollback. */
const MINUTES_FOR_THE_REST = 30;

/**
 * How long a Deploy action may take: the longest shift its service declares, with both hooks silent. The deployment
 * groups of a stack run side by side, so the slowest function decides. The longest possible, 250 minutes, is well
 * under the 8 hours that CodePipeline gives a CodeBuild action and the 2,160 minutes that CodeBuild gives a build.
 */
export function deployTimeout(service: ServiceDescription): Duration {
  return Duration.minutes(MINUTES_FOR_THE_REST + Math.max(0, ...service.shifts.map(minutesFor)));
}

function minutesFor(shift: FunctionShift): number {
  return longestShiftMinutes(PRESETS[shift.deploymentType]) + MINUTES_PER_HOOK * shift.hooks.length;
}
