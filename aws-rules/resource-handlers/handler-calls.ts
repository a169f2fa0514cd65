import { HandledChange } from './handled-change';
import type { HandlerCall, ResourceChange } from './handler-call';
import type { HandlerTable } from './handler-table';
import { isPublished } from './published-actions';
import { API_GATEWAY_HANDLERS } from './types/api-gateway';
import { CODE_DEPLOY_HANDLERS } from './types/code-deploy';
import { IAM_HANDLERS } from './types/iam';
import { LAMBDA_HANDLERS } from './types/lambda';
import { MESSAGING_HANDLERS } from './types/messaging';
import { MONITORING_HANDLERS } from './types/monitoring';
import { customResourceCalls, ORCHESTRATION_HANDLERS } from './types/orchestration';
import { STORAGE_HANDLERS } from './types/storage';

const HANDLERS: HandlerTable = {
  ...API_GATEWAY_HANDLERS,
  ...CODE_DEPLOY_HANDLERS,
  ...IAM_HANDLERS,
  ...LAMBDA_HANDLERS,
  ...MESSAGING_HANDLERS,
  ...MONITORING_HANDLERS,
  ...ORCHESTRATION_HANDLERS,
  ...STORAGE_HANDLERS,
};

/** The resource types whose calls are known, apart from custom resources. */
export const KNOWN_TYPES: readonly string[] = Object.keys(HANDLERS);

/**
 * What CloudFormation calls for a resource, with the permissions of the stack's role or else of the caller: which actions
 * on which ARN, in the order of the calls. AWS publishes, for most types, the actions of each operation, but for all
 * properties together; the tables in `types/` have those that the properties of the change need.
 *
 * @returns Undefined when the calls of the type are not known.
 */
export function handlerCalls(change: ResourceChange): readonly HandlerCall[] | undefined {
  const { type, operation } = change;
  const table = Object.hasOwn(HANDLERS, type) ? HANDLERS[type] : undefined;
  const found = table ?? (type.startsWith('Custom::') ? customResourceCalls : undefined);
  return found?.(new HandledChange(change)).map((call) => ({
    ...call,
    basis: isPublished(type, operation, call.action) ? 'published' : 'inferred',
  }));
}
