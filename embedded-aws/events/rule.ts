import { AwsError, Unsupported } from '../errors';
import type { Properties } from '../resource-type';
import { arn, type Scope } from '../scope';
import { compilePattern, type Matcher } from './event-pattern';

/** A target of a rule. */
export type RuleTarget = {
  readonly id: string;
  readonly arn: string;
  readonly roleArn?: string;
  /**
   * ARN of a queue for undeliverable events.
   *
   * @default - They are dropped.
   */
  readonly deadLetters?: string;
  /**
   * Retry policy as the template has it, without effect: contract.md states why nothing is retried.
   *
   * @default - Absent.
   */
  readonly retryPolicy?: object;
} & (
  | {
      readonly type: 'function';
      /**
       * JSON that the function receives instead of the event.
       *
       * @default - The event.
       */
      readonly input?: string;
    }
  | { readonly type: 'bus'; readonly roleArn: string; readonly scope: Scope; readonly busName: string }
);

export interface EventRule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly description: string;
  /** Event pattern, as JSON text. */
  readonly pattern: string;
  readonly matches: Matcher;
  readonly isEnabled: boolean;
  readonly targets: readonly RuleTarget[];
}

/** Largest number of targets of a rule (EventBridge user guide, "quotas"). */
const MOST_TARGETS = 5;
const BUS = 'event-bus/';
const TARGET_MEMBERS = ['Id', 'Arn', 'RoleArn', 'DeadLetterConfig', 'RetryPolicy', 'Input'];

/**
 * @returns The rule that a template describes.
 * @throws AwsError as EventBridge does; Unsupported for unsupported properties.
 */
export function readRule(name: string, busName: string, properties: Properties, scope: Scope): EventRule {
  const { Description = '', EventPattern, State = 'ENABLED', Targets = [] } = properties;
  if (!/^[\w.-]{1,64}$/.test(name)) {
    throw validation(`Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy [\\.\\-_A-Za-z0-9]+`);
  }
  if (EventPattern === undefined) {
    throw validation('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (State !== 'ENABLED' && State !== 'DISABLED') throw new Unsupported(`AWS::Events::Rule with State ${State}`);
  if (Targets.length > MOST_TARGETS) {
    throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
  }
  return {
    name,
    arn: arn('events', scope, busName === 'default' ? `rule/${name}` : `rule/${busName}/${name}`),
    busName,
    description: Description,
    pattern: typeof EventPattern === 'string' ? EventPattern : JSON.stringify(EventPattern),
    matches: compilePattern(EventPattern),
    isEnabled: State === 'ENABLED',
    targets: Targets.map((target: Properties) => readTarget(target, scope)),
  };
}

function readTarget(target: Properties, scope: Scope): RuleTarget {
  const { Id, Arn, RoleArn, DeadLetterConfig, RetryPolicy, Input } = target;
  const unknown = Object.keys(target).filter((member) => !TARGET_MEMBERS.includes(member));
  if (unknown.length > 0) throw new Unsupported(`AWS::Events::Rule with Targets.${unknown.join(', Targets.')}`);
  const common = {
    id: Id,
    arn: Arn,
    ...(RoleArn !== undefined && { roleArn: RoleArn }),
    ...(DeadLetterConfig?.Arn !== undefined && { deadLetters: readQueue(DeadLetterConfig.Arn, scope) }),
    ...(RetryPolicy !== undefined && { retryPolicy: RetryPolicy }),
  };
  const [, , service, region = '', accountId = '', resource = ''] = String(Arn).split(':');
  if (service === 'lambda' && resource === 'function') {
    if (region !== scope.region || accountId !== scope.accountId) {
      throw new Unsupported(`a rule with the target ${Arn}`, 'invoke a function of the same account and region');
    }
    if (Input !== undefined) checkJson(Input);
    return { ...common, type: 'function', ...(Input !== undefined && { input: Input }) };
  }
  if (service === 'events' && resource.startsWith(BUS)) {
    if (Input !== undefined) throw new Unsupported('AWS::Events::Rule with Targets.Input for an event bus');
    if (RoleArn === undefined) throw validation(`RoleArn is required for target ${Arn}.`);
    return {
      ...common,
      type: 'bus',
      roleArn: RoleArn,
      scope: { accountId, region },
      busName: resource.slice(BUS.length),
    };
  }
  throw new Unsupported(`a rule with the target ${Arn}`, 'send to a Lambda function or an event bus');
}

function readQueue(queueArn: string, scope: Scope): string {
  if (queueArn.startsWith(arn('sqs', scope, ''))) return queueArn;
  throw validation(`Invalid DeadLetterConfig: ${queueArn} is not a queue of this account and Region.`);
}

function checkJson(input: string): void {
  try {
    JSON.parse(input);
  } catch {
    throw validation(`JSON syntax error in input for target ${input}`);
  }
}

function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
