import { Unsupported } from '../errors';
import type { Caller } from '../scope';

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
}

/** HTTP API of one AWS service. */
export interface ServiceApi {
  /** Name under which SDKs sign its calls (SigV4 credential scope), e.g. `monitoring` for CloudWatch. */
  readonly signingName: string;
  readonly operations: readonly SupportedOperation[];
  handle(request: ApiRequest): Promise<ApiResponse>;
}

/** Members of a request by name: lists are arrays, timestamps are as the protocol sends them. */
// biome-ignore lint/suspicious/noExplicitAny: clients decide what they send; every operation checks what it reads
export type Input = Record<string, any>;

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

/** @returns The operations of a table by name, for {@link ServiceApi.operations}. */
export function supportedOperations(operations: Operations): readonly SupportedOperation[] {
  return Object.entries(operations).map(([name, { accepts }]) => ({ name, accepts }));
}

/**
 * Runs an operation.
 *
 * @throws Unsupported when there is no such operation, or it would ignore a member of the request.
 */
export async function perform(
  service: string,
  operations: Operations,
  name: string,
  input: Input,
  caller: Caller,
): Promise<object> {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation) throw new Unsupported(`${service}:${name}`);
  const unknown = Object.keys(input).filter(
    (member) => input[member] !== undefined && !operation.accepts.includes(member),
  );
  if (unknown.length > 0) throw new Unsupported(`${service}:${name} with ${unknown.join(', ')}`);
  return (await operation.run(input, caller)) ?? {};
}
