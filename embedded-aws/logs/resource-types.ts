import type { VirtualClock } from '../clock';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, Properties, ResourceType } from '../resource-type';
import type { LogGroup, LogGroups } from './log-groups';

/** Virtual milliseconds of a stack operation on a log group. */
const GROUP_TIME = 2_000;

/** `AWS::Logs::LogGroup`. */
export function logsResourceTypes(groups: LogGroups, clock: VirtualClock, random: Random): readonly ResourceType[] {
  const apply = (group: LogGroup, { RetentionInDays: days }: Properties): Physical => {
    group.retention = days === undefined ? undefined : Number(days);
    return { id: group.name, attributes: { Arn: group.arn } };
  };
  return [
    {
      type: 'AWS::Logs::LogGroup',
      accepts: ['LogGroupName', 'RetentionInDays', 'Tags'],
      replacedBy: ['LogGroupName'],
      async create(properties, context) {
        await clock.sleep(GROUP_TIME);
        const name = properties.LogGroupName ?? physicalName(context, random, { longest: 512 });
        return apply(groups.createGroup(name), properties);
      },
      async update(name, properties) {
        await clock.sleep(GROUP_TIME);
        return apply(groups.group(name), properties);
      },
      async delete(name) {
        await clock.sleep(GROUP_TIME);
        groups.deleteGroup(name);
      },
    },
  ];
}
