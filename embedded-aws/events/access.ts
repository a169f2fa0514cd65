import { type AccessRule, type AccessRules, need } from '../access/need';
import type { Input } from '../protocol/input';
import { arn, type Scope } from '../scope';

/** @param reference Name or ARN of the bus. */
export function busArn(scope: Scope, reference = 'default'): string {
  return reference.startsWith('arn:') ? reference : arn('events', scope, `event-bus/${reference}`);
}

const onRule =
  (action: string, member: string): AccessRule =>
  (input, caller) => {
    const { [member]: name, EventBusName = 'default' } = input;
    const bus = String(EventBusName).split('/').at(-1);
    return need(action, arn('events', caller, bus === 'default' ? `rule/${name}` : `rule/${bus}/${name}`));
  };

/**
 * Permissions that EventBridge's operations need.
 *
 * Source: Service Authorization Reference, Amazon EventBridge.
 */
export const EVENTS_ACCESS: AccessRules = {
  ListEventBuses: () => need('events:ListEventBuses'),
  ListRules: () => need('events:ListRules'),
  DescribeRule: onRule('events:DescribeRule', 'Name'),
  ListTargetsByRule: onRule('events:ListTargetsByRule', 'Rule'),
  PutEvents: ({ Entries = [] }, caller) =>
    Entries.flatMap(({ EventBusName, Source, DetailType }: Input) =>
      need('events:PutEvents', busArn(caller, EventBusName), {
        'events:source': Source,
        'events:detail-type': DetailType,
      }),
    ),
  TestEventPattern: () => need('events:TestEventPattern'),
};
