import { AwsError, Unsupported } from '../errors';
import type { Caller } from '../scope';

/** An HTTP request as the endpoint hands it to a service: complete, inflated, its signature read. */
export interface ApiRequest {
  readonly method: string;
  /** still percent-encoded, without the query */
  readonly path: string;
  readonly query: URLSearchParams;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly caller: Caller;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One AWS service, as HTTP sees it. */
export interface ServiceApi {
  /** the name under which SDKs sign its calls (SigV4 credential scope), e.g. `monitoring` for CloudWatch */
  readonly signingName: string;
  handle(request: ApiRequest): Promise<ApiResponse>;
}

/** Input of an operation: the members of its request shape by name, lists as arrays, timestamps as the protocol sends them. */
// biome-ignore lint/suspicious/noExplicitAny: the wire decides; every operation checks what it reads
export type Input = Record<string, any>;

export interface Operation {
  /** the members of the request shape that the operation acts on; any other is refused by name */
  readonly accepts: readonly string[];
  /**
   * @returns the members of the response shape: arrays for lists, `Date` for timestamps, absent members undefined
   * @throws AwsError as the service would
   */
  run(input: Input, caller: Caller): Promise<object | undefined> | object | undefined;
}

export type Operations = Readonly<Record<string, Operation>>;

/** Runs an operation after it has refused what it would otherwise ignore. @throws Unsupported */
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

/** @returns the error as the service would send it; anything but an AwsError is a defect of the endpoint, and says so */
export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError('InternalFailure', `the rehearsal's endpoint failed: ${(error as Error)?.stack ?? error}`, 500);
}
