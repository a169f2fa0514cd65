import type { Input } from '../protocol/input';
import type { Caller } from '../scope';

/** Values of a request by IAM condition key, in any case. */
export type ConditionKeys = Readonly<Record<string, string | readonly string[]>>;

/** The same, with keys that may be absent. */
type PossibleKeys = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A permission that a call needs. */
export interface AccessNeed {
  /** Action of IAM, e.g. `lambda:InvokeFunction`; often not the name of the operation. */
  readonly action: string;
  /** ARN, or `*` for actions that take no resource. */
  readonly resource: string;
  /**
   * Condition keys of the service.
   *
   * @default - None.
   */
  readonly context?: ConditionKeys;
}

/**
 * States what a call of an operation needs, by the Service Authorization Reference of its service. No need means that
 * every caller may call it.
 *
 * @throws AwsError when the request names nothing that could be authorised.
 */
export type AccessRule = (input: Input, caller: Caller) => readonly AccessNeed[];

/** Rules by operation. */
export type AccessRules = Readonly<Record<string, AccessRule>>;

/**
 * @param resources ARNs, each of which has to be allowed; `*` when there is none.
 * @returns One need for each resource.
 */
export function need(
  action: string,
  resources: string | readonly string[] = '*',
  context?: PossibleKeys,
): AccessNeed[] {
  const list = typeof resources === 'string' ? [resources] : resources;
  return list.map((resource) => ({ action, resource, ...(context && { context: defined(context) }) }));
}

/** A request does not have a key whose value is absent. */
function defined(context: PossibleKeys): ConditionKeys {
  return Object.fromEntries(
    Object.entries(context).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
