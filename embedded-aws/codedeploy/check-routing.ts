import { shiftMinutes, type TrafficRouting } from '../../aws-rules/traffic-shift';
import { AwsError } from '../errors';

/** Minutes that may pass between the first and the last step (CodeDeploy user guide, "deployment configurations"). */
const LONGEST_SHIFT = 2_880;

/** @throws AwsError InvalidTrafficRoutingConfigurationException for what CodeDeploy's limits forbid. */
export function checkRouting(routing: TrafficRouting): TrafficRouting {
  if (routing.type === 'AllAtOnce') return routing;
  const { percentage, interval } = routing;
  if (!(Number.isInteger(percentage) && percentage >= 1 && percentage <= 99)) {
    throw refuse(`the percentage of a step is ${percentage}, it must be from 1 to 99`);
  }
  if (!(Number.isInteger(interval) && interval >= 1)) {
    throw refuse(`the interval is ${interval}, it must be a whole number of minutes`);
  }
  const minutes = shiftMinutes(routing);
  if (minutes > LONGEST_SHIFT) throw refuse(`the shift takes ${minutes} minutes, the most is ${LONGEST_SHIFT}`);
  return routing;
}

function refuse(message: string): AwsError {
  return new AwsError('InvalidTrafficRoutingConfigurationException', message);
}
