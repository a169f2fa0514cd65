import { AwsError } from '../errors';
import type { Iam } from '../iam/iam';
import { trusts } from '../iam/trust';
import type { InvokePermissions } from '../lambda/permission';
import type { Scope } from '../scope';
import { type DeadLetterQueue, stringAttribute } from '../sqs/message';
import type { Sender } from './bus-policy';
import type { AwsEvent } from './event';
import type { EventRule, RuleTarget } from './rule';

/** Lambda, as EventBridge uses it. */
interface EventFunctions extends InvokePermissions {
  /**
   * @returns A promise that resolves after the last attempt.
   * @throws AwsError ResourceNotFoundException, synchronously.
   */
  invokeAsync(functionName: string, payload: string): Promise<void>;
  exists(functionName: string): boolean;
}

/** Event buses of an account and region, as others send events to them. */
export interface EventReceiver {
  /** @returns Why the event was not accepted; undefined when it was. */
  receive(busName: string, event: AwsEvent, sender: Sender): DeliveryFailure | undefined;
}

/** Why an event did not reach its target. */
export interface DeliveryFailure {
  /** Error code (EventBridge user guide, "dead-letter queues"). */
  readonly code:
    | 'NO_PERMISSIONS'
    | 'NO_RESOURCE'
    | 'FAILED_TO_ASSUME_ROLE'
    | 'THIRD_ACCOUNT_HOP_DETECTED'
    | 'THIRD_REGION_HOP_DETECTED';
  readonly message: string;
}

export interface DeliveryProps {
  readonly scope: Scope;
  readonly functions: EventFunctions;
  readonly iam: Iam;
  readonly deadLetters: DeadLetterQueue;
  readonly neighbour: (scope: Scope) => EventReceiver;
  /** Called with a message for each event that is lost. */
  readonly onNotice: (notice: string) => void;
}

/** A delivery of an event to a target of a rule. */
interface Delivery {
  readonly event: AwsEvent;
  readonly rule: EventRule;
  readonly target: RuleTarget;
  /** Whether the event came to the rule's bus from another bus. */
  readonly forwarded: boolean;
}

/**
 * Delivers an event to a target. An undeliverable event goes to the target's dead-letter queue; without one it is lost.
 */
export function deliver(delivery: Delivery, props: DeliveryProps): void {
  const { target } = delivery;
  const failure = target.type === 'function' ? toFunction(delivery, target, props) : toBus(delivery, target, props);
  if (failure) giveUp(delivery, failure, props);
}

type TargetOf<Type extends RuleTarget['type']> = Extract<RuleTarget, { readonly type: Type }>;

function toFunction(
  { event, rule }: Delivery,
  target: TargetOf<'function'>,
  { functions }: DeliveryProps,
): DeliveryFailure | undefined {
  if (!functions.exists(target.arn)) {
    return { code: 'NO_RESOURCE', message: `Function not found: ${target.arn}` };
  }
  if (!functions.mayInvoke(target.arn, 'events.amazonaws.com', rule.arn)) {
    return {
      code: 'NO_PERMISSIONS',
      message:
        `events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ${target.arn} ` +
        'because no resource-based policy allows the lambda:InvokeFunction action',
    };
  }
  void functions.invokeAsync(target.arn, target.input ?? JSON.stringify(event));
  return undefined;
}

function toBus(
  { event, rule, forwarded }: Delivery,
  target: TargetOf<'bus'>,
  { scope, iam, neighbour }: DeliveryProps,
): DeliveryFailure | undefined {
  if (forwarded) {
    return {
      code: target.scope.region === scope.region ? 'THIRD_ACCOUNT_HOP_DETECTED' : 'THIRD_REGION_HOP_DETECTED',
      message:
        `Event ingestion rejected for event ${event.id} because an event can be sent to an event bus target only once. ` +
        'This event was previously delivered to an event bus target.',
    };
  }
  const roleError = findRoleError(iam, target.roleArn, rule);
  if (roleError) return { code: 'FAILED_TO_ASSUME_ROLE', message: roleError };
  return neighbour(target.scope).receive(target.busName, event, {
    accountId: scope.accountId,
    roleArn: target.roleArn,
    ruleArn: rule.arn,
    source: event.source,
    detailType: event['detail-type'],
  });
}

/** @returns Why EventBridge cannot assume a role; undefined when it can. */
function findRoleError(iam: Iam, roleArn: string, rule: EventRule): string | undefined {
  try {
    const role = iam.roleByArn(roleArn);
    if (!role) return `the role ${roleArn} does not exist`;
    const principal = { type: 'service', name: 'events.amazonaws.com', sourceArn: rule.arn } as const;
    return trusts(role.trustPolicy, principal) ? undefined : `the role ${roleArn} does not trust events.amazonaws.com`;
  } catch (error) {
    // A condition that is not supported counts as not met.
    if (error instanceof AwsError) return error.message;
    throw error;
  }
}

function giveUp(
  { event, rule, target }: Delivery,
  { code, message }: DeliveryFailure,
  { deadLetters, onNotice }: DeliveryProps,
): void {
  const lost = `rule ${rule.name}: event ${event.id} (${event['detail-type']}) to ${target.arn} was lost`;
  if (!target.deadLetters) {
    onNotice(`${lost}: ${code}, ${message}; the target has no dead-letter queue`);
    return;
  }
  try {
    deadLetters.send(target.deadLetters, JSON.stringify(event), {
      RULE_ARN: stringAttribute(rule.arn),
      TARGET_ARN: stringAttribute(target.arn),
      ERROR_CODE: stringAttribute(code),
      ERROR_MESSAGE: stringAttribute(message),
      RETRY_ATTEMPTS: stringAttribute('0'),
    });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    onNotice(`${lost}: ${code}, ${message}; the dead-letter queue ${target.deadLetters} refused it: ${error.message}`);
  }
}
