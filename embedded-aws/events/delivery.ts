import type { AccessControl, Denial } from '../access/access-control';
import { AwsError } from '../errors';
import type { InvokePermissions } from '../lambda/permission';
import type { Scope } from '../scope';
import { type DeadLetterQueue, stringAttribute } from '../sqs/message';
import { busArn } from './access';
import type { AwsEvent } from './event';
import type { EventRule, RuleTarget } from './rule';

const SERVICE = 'events.amazonaws.com';

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
  has(busName: string): boolean;
  /**
   * Accepts an event of another bus, whose role may send it.
   *
   * @throws AwsError ResourceNotFoundException.
   */
  receive(busName: string, event: AwsEvent): void;
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
  /** Decides about what rules do. */
  readonly access: Pick<AccessControl, 'checkRole' | 'checkService' | 'checkTrust'>;
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
  if (!functions.mayInvoke(target.arn, SERVICE, rule.arn)) {
    return {
      code: 'NO_PERMISSIONS',
      message:
        `${SERVICE} is not authorized to perform: lambda:InvokeFunction on resource: ${target.arn} ` +
        'because no resource-based policy allows the lambda:InvokeFunction action',
    };
  }
  void functions.invokeAsync(target.arn, target.input ?? JSON.stringify(event));
  return undefined;
}

function toBus(
  { event, rule, forwarded }: Delivery,
  target: TargetOf<'bus'>,
  { scope, access, neighbour }: DeliveryProps,
): DeliveryFailure | undefined {
  if (forwarded) {
    return {
      code: target.scope.region === scope.region ? 'THIRD_ACCOUNT_HOP_DETECTED' : 'THIRD_REGION_HOP_DETECTED',
      message:
        `Event ingestion rejected for event ${event.id} because an event can be sent to an event bus target only once. ` +
        'This event was previously delivered to an event bus target.',
    };
  }
  const { roleArn } = target;
  const use = { service: SERVICE, sourceArn: rule.arn, roleArn, session: 'events' };
  const untrusted = access.checkTrust(use, roleArn);
  if (untrusted) return { code: 'FAILED_TO_ASSUME_ROLE', message: untrusted.message };
  const buses = neighbour(target.scope);
  if (!buses.has(target.busName)) {
    return { code: 'NO_RESOURCE', message: `Event bus ${target.busName} does not exist.` };
  }
  const denial = access.checkRole(use, {
    action: 'events:PutEvents',
    resource: busArn(target.scope, target.busName),
    // What policies of a bus can refer to (EventBridge user guide, "using IAM policy conditions").
    context: {
      'events:source': event.source,
      'events:detail-type': event['detail-type'],
      'aws:SourceArn': rule.arn,
      'aws:SourceAccount': scope.accountId,
    },
  });
  if (denial) return { code: 'NO_PERMISSIONS', message: denial.message };
  buses.receive(target.busName, event);
  return undefined;
}

/** @returns Why a queue does not accept dead letters of a rule; undefined when its policy allows it. */
function refusedByQueue(queueArn: string, rule: EventRule, access: DeliveryProps['access']): Denial | undefined {
  const need = { action: 'sqs:SendMessage', resource: queueArn };
  return access.checkService({ service: SERVICE, sourceArn: rule.arn }, need);
}

function giveUp(
  { event, rule, target }: Delivery,
  { code, message }: DeliveryFailure,
  { access, deadLetters, onNotice }: DeliveryProps,
): void {
  const lost = `rule ${rule.name}: event ${event.id} (${event['detail-type']}) to ${target.arn} was lost`;
  if (!target.deadLetters) {
    onNotice(`${lost}: ${code}, ${message}; the target has no dead-letter queue`);
    return;
  }
  try {
    const denial = refusedByQueue(target.deadLetters, rule, access);
    if (denial) throw new AwsError('AccessDenied', denial.message, 403);
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
