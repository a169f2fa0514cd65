import { AwsError } from '../errors';
import type { Iam } from '../iam/iam';
import { trusts } from '../iam/trust';
import type { InvokePermissions } from '../lambda/permission';
import type { Scope } from '../scope';
import { type DeadLetterQueue, stringAttribute } from '../sqs/message';
import type { Sender } from './bus-policy';
import type { AwsEvent } from './event';
import type { EventRule, RuleTarget } from './rule';

/** The part of Lambda that EventBridge needs. */
interface EventFunctions extends InvokePermissions {
  /**
   * @returns When the last attempt has ended.
   * @throws AwsError ResourceNotFoundException, at once.
   */
  invokeAsync(functionName: string, payload: string): Promise<void>;
  exists(functionName: string): boolean;
}

/** A bus of any account and region, as another one reaches it. */
export interface EventReceiver {
  /** @returns Why the event was not taken, undefined when it was. */
  receive(busName: string, event: AwsEvent, sender: Sender): DeliveryFailure | undefined;
}

/** Why an event did not reach its target. */
export interface DeliveryFailure {
  /** EventBridge user guide, "dead-letter queues". */
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
  /** Told of events that are lost. */
  readonly onNotice: (notice: string) => void;
}

/** An event on its way from a rule to one of its targets. */
interface Delivery {
  readonly event: AwsEvent;
  readonly rule: EventRule;
  readonly target: RuleTarget;
  /** Whether it came to the rule's bus from another bus. */
  readonly forwarded: boolean;
}

/** Hands an event to a target; what cannot be delivered goes to the target's dead-letter queue, or is lost. */
export function deliver(delivery: Delivery, props: DeliveryProps): void {
  const { target } = delivery;
  const failure = target.type === 'function' ? toFunction(delivery, target, props) : toBus(delivery, target, props);
  if (failure) giveUp(delivery, failure, props);
}

type Of<Type extends RuleTarget['type']> = Extract<RuleTarget, { readonly type: Type }>;

function toFunction(
  { event, rule }: Delivery,
  target: Of<'function'>,
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
  target: Of<'bus'>,
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
  const closed = whyClosed(iam, target.roleArn, rule);
  if (closed) return { code: 'FAILED_TO_ASSUME_ROLE', message: closed };
  return neighbour(target.scope).receive(target.busName, event, {
    accountId: scope.accountId,
    roleArn: target.roleArn,
    ruleArn: rule.arn,
    source: event.source,
    detailType: event['detail-type'],
  });
}

/** @returns Why EventBridge cannot assume a role, undefined when it can. */
function whyClosed(iam: Iam, roleArn: string, rule: EventRule): string | undefined {
  try {
    const role = iam.roleByArn(roleArn);
    if (!role) return `there is no role ${roleArn}`;
    const principal = { type: 'service', name: 'events.amazonaws.com', sourceArn: rule.arn } as const;
    return trusts(role.trustPolicy, principal) ? undefined : `the role ${roleArn} does not trust events.amazonaws.com`;
  } catch (error) {
    // A condition that nobody evaluates here lets nobody in.
    if (error instanceof AwsError) return error.message;
    throw error;
  }
}

function giveUp(
  { event, rule, target }: Delivery,
  { code, message }: DeliveryFailure,
  { deadLetters, onNotice }: DeliveryProps,
): void {
  const what = `${rule.name}: the event ${event.id} (${event['detail-type']}) did not reach ${target.arn}`;
  if (!target.deadLetters) {
    onNotice(`${what} and is lost, the target has no dead-letter queue: ${code}, ${message}`);
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
    onNotice(`${what} and is lost, its dead-letter queue ${target.deadLetters} refused it: ${error.message}`);
  }
}
