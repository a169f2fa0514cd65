import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Properties, ResourceContext, ResourceType } from '../resource-type';
import { ALARM_MEMBERS, parseAlarm } from './alarm-definition';
import type { Alarms } from './alarms';
import type { Dashboards } from './dashboards';

/** Virtual milliseconds of a stack operation on an alarm or a dashboard (inferred). */
export const PROVISIONING = 1_000;

interface ResourceTypesProps {
  readonly alarms: Alarms;
  readonly dashboards: Dashboards;
  readonly clock: VirtualClock;
  readonly random: Random;
}

export function resourceTypes({ alarms, dashboards, clock, random }: ResourceTypesProps): readonly ResourceType[] {
  return [alarmType(alarms, clock, random), dashboardType(dashboards, clock, random)];
}

function alarmType(alarms: Alarms, clock: VirtualClock, random: Random): ResourceType {
  const put = async (name: string, properties: Properties) => {
    const definition = parseAlarm({ ...properties, AlarmName: name });
    await clock.sleep(PROVISIONING);
    return { id: name, attributes: { Arn: alarms.put(definition).arn } };
  };
  return {
    type: 'AWS::CloudWatch::Alarm',
    accepts: ALARM_MEMBERS,
    replacedBy: ['AlarmName'],
    async create(properties, context) {
      const name = properties.AlarmName ?? generatedName(random, context);
      if (alarms.get(name)) throw new AwsError('AlreadyExists', `${name} already exists`);
      return put(name, properties);
    },
    update: (name, properties) => put(name, properties),
    async delete(name) {
      await clock.sleep(PROVISIONING);
      alarms.delete(name);
    },
  };
}

function dashboardType(dashboards: Dashboards, clock: VirtualClock, random: Random): ResourceType {
  const put = async (name: string, properties: Properties) => {
    await clock.sleep(PROVISIONING);
    dashboards.put(name, String(properties.DashboardBody));
    return { id: name, attributes: {} };
  };
  return {
    type: 'AWS::CloudWatch::Dashboard',
    accepts: ['DashboardName', 'DashboardBody'],
    replacedBy: ['DashboardName'],
    create: (properties, context) => put(properties.DashboardName ?? generatedName(random, context), properties),
    update: (name, properties) => put(name, properties),
    async delete(name) {
      await clock.sleep(PROVISIONING);
      dashboards.delete(name);
    },
  };
}

/** A name has at most 255 characters, the limit of an alarm name. */
function generatedName(random: Random, context: ResourceContext): string {
  return physicalName(context, random.stream(`name/${context.stackId}/${context.logicalId}`), { longest: 255 });
}
