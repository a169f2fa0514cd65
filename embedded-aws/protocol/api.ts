import type { AccessNeed, AccessRule, AccessRules } from '../access/need';
import { AwsError, Unsupported } from '../errors';
import type { Caller } from '../scope';
import type { Input } from './input';

/** Id in every response. It is always the same, because no client reads it. */
export const REQUEST_ID = 'embedded-aws';

/** An HTTP request as the endpoint passes it to a service: the body complete and inflated, the caller authenticated. */
export interface ApiRequest {
  readonly method: string;
  /** Percent-encoded path, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly caller: Caller;
  /** @returns AWS's message why the caller may not do something; undefined when it may. */
  readonly authorize: (need: AccessNeed) => string | undefined;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** An operation that a service supports. */
export interface SupportedOperation {
  /** AWS's name of the operation, e.g. `GetFunction`. */
  readonly name: string;
  /** Members of the request that the operation acts on; any other is refused by name. */
  readonly accepts: readonly string[];
  /** Permissions that a call needs. */
  readonly access: AccessRule;
}

/** HTTP API of one AWS service. */
export interface ServiceApi {
  /** Name under which SDKs sign its calls (SigV4 credential scope), e.g. `monitoring` for CloudWatch. */
  readonly signingName: string;
  readonly operations: readonly SupportedOperation[];
  handle(request: ApiRequest): Promise<ApiResponse>;
}

export interface Operation {
  /** Members of the request that the operation acts on; any other is refused by name. */
  readonly accepts: readonly string[];
  /**
   * @returns The members of the response: arrays for lists, `Date` for timestamps, undefined for absent members.
   * @throws AwsError as the service would.
   */
  run(input: Input, caller: Caller): Promise<object | undefined> | object | undefined;
}

export type Operations = Readonly<Record<string, Operation>>;

/** The operations of a service with the permissions that they need. */
export interface AuthorizedOperations {
  readonly signingName: string;
  readonly operations: Operations;
  /** Rules for exactly these operations. */
  readonly access: AccessRules;
}

/**
 * @returns The operations by name, for {@link ServiceApi.operations}.
 * @throws Error when the rules are not for exactly these operations.
 */
export function supportedOperations({
  signingName,
  operations,
  access,
}: AuthorizedOperations): readonly SupportedOperation[] {
  return joinAccess(
    signingName,
    Object.entries(operations).map(([name, { accepts }]) => ({ name, accepts })),
    access,
  );
}

/**
 * Joins operations with the rules of their access, so that none can be forgotten.
 *
 * @throws Error when the rules are not for exactly these operations.
 */
export function joinAccess<T extends { readonly name: string }>(
  signingName: string,
  operations: readonly T[],
  access: AccessRules,
): readonly (T & { readonly access: AccessRule })[] {
  const names = new Set(operations.map(({ name }) => name));
  const missing = [...names].filter((name) => !Object.hasOwn(access, name));
  const unknown = Object.keys(access).filter((name) => !names.has(name));
  if (missing.length > 0 || unknown.length > 0) {
    throw new Error(
      `the access rules of ${signingName} lack [${missing.join(', ')}] and have [${unknown.join(', ')}] in addition; ` +
        'write one for each operation',
    );
  }
  return operations.map((operation) => ({ ...operation, access: access[operation.name]! }));
}

/** How a service refuses what a caller has no permission for. */
export interface DenialForm {
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
}

/** @throws AwsError in the service's form when the caller lacks a permission. */
export function authorize(request: ApiRequest, needs: readonly AccessNeed[], { code, status }: DenialForm): void {
  for (const need of needs) {
    const denial = request.authorize(need);
    if (denial !== undefined) throw new AwsError(code, denial, status);
  }
}

/**
 * Authorizes a call of an operation and runs it.
 *
 * @throws Unsupported when there is no such operation, or it would ignore a member of the request.
 * @throws AwsError when the caller lacks a permission.
 */
export async function perform(
  { signingName: service, operations, access }: AuthorizedOperations,
  name: string,
  input: Input,
  request: ApiRequest,
  denial: DenialForm,
): Promise<object> {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation) throw new Unsupported(`${service}:${name}`);
  const unknown = Object.keys(input).filter(
    (member) => input[member] !== undefined && !operation.accepts.includes(member),
  );
  if (unknown.length > 0) throw new Unsupported(`${service}:${name} with ${unknown.join(', ')}`);
  authorize(request, access[name]!(input, request.caller), denial);
  return (await operation.run(input, request.caller)) ?? {};
}
