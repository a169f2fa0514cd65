import { Duration } from 'aws-cdk-lib';
import { longestShiftMinutes, PRESETS } from '../../aws-rules/traffic-shift';
import type { FunctionShift, ServiceDescription } from './service-description';

/** CodeDeploy waits an hour for the report of a hook, then the deployment fails. */
const MINUTES_PER_HOOK = 60;

/** Minutes for everything but the shift: install, upload, the stack's other resources, and their rollback. */
const MINUTES_FOR_THE_REST = 30;

/**
 * @returns How long a Deploy action may take: the longest shift that the service declares, with hooks that never
 * report. The deployments of a stack run in parallel, so the slowest function decides. The maximum, 250 minutes, is
 * well below the limits of 8 hours for a CodeBuild action (CodePipeline) and 2,160 minutes for a build (CodeBuild).
 */
export function deployTimeout(service: ServiceDescription): Duration {
  return Duration.minutes(MINUTES_FOR_THE_REST + Math.max(0, ...service.shifts.map(minutesFor)));
}

function minutesFor(shift: FunctionShift): number {
  return longestShiftMinutes(PRESETS[shift.deploymentType]) + MINUTES_PER_HOOK * shift.hooks.length;
}
