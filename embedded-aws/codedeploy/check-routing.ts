import { shiftMinutes, type TrafficRouting } from '../../aws-rules/traffic-shift';
import { AwsError } from '../errors';

/** Minutes from the first to the last step, at most (CodeDeploy user guide, "deployment configurations"). */
const LONGEST_SHIFT = 2_880;

/**
 * Checks a routing against CodeDeploy's limits.
 *
 * @returns The same routing.
 * @throws AwsError InvalidTrafficRoutingConfigurationException when it exceeds a limit.
 */
export function checkRouting(routing: TrafficRouting): TrafficRouting {
  if (routing.type === 'AllAtOnce') return routing;
  const { percentage, interval } = routing;
  if (!(Number.isInteger(percentage) && percentage >= 1 && percentage <= 99)) {
    throw refuse(`the percentage is ${percentage}; it must be a whole number from 1 to 99`);
  }
  if (!(Number.isInteger(interval) && interval >= 1)) {
    throw refuse(`the interval is ${interval}; it must be a whole number of minutes, at least 1`);
  }
  const minutes = shiftMinutes(routing);
  if (minutes > LONGEST_SHIFT) throw refuse(`the shift takes ${minutes} minutes; the maximum is ${LONGEST_SHIFT}`);
  return routing;
}

function refuse(message: string): AwsError {
  return new AwsError('InvalidTrafficRoutingConfigurationException', message);
}
