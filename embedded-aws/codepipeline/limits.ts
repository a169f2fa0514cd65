import { AwsError } from '../errors';
import type { Input } from '../protocol/input';

const FAILURE_TYPES = [
  'JobFailed',
  'ConfigurationError',
  'PermissionError',
  'RevisionOutOfSync',
  'RevisionUnavailable',
  'SystemUnavailable',
] as const;
export type FailureType = (typeof FAILURE_TYPES)[number];

/** Largest total size of an action's output variables, in bytes (user guide, "Quotas"). */
const OUTPUT_VARIABLES_LIMIT = 122_880;
const JOB_ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const VARIABLE_NAME = '[A-Za-z0-9@\\-_]+';

/** Collects the problems of a request and reports them as AWS does: all at once, in one error. */
export class Validation {
  readonly #problems: string[] = [];

  /** Checks the length of a text in characters; an absent text passes. */
  text(value: unknown, path: string, { min = 1, max }: { readonly min?: number; readonly max: number }): this {
    if (value === undefined || value === null) return this;
    const { length } = String(value);
    if (length < min) this.#add(value, path, `Member must have length greater than or equal to ${min}`);
    if (length > max) this.#add(value, path, `Member must have length less than or equal to ${max}`);
    return this;
  }

  number(value: unknown, path: string, { min, max }: { readonly min: number; readonly max: number }): this {
    if (value === undefined || value === null) return this;
    if (!(Number(value) >= min)) this.#add(value, path, `Member must have value greater than or equal to ${min}`);
    if (!(Number(value) <= max)) this.#add(value, path, `Member must have value less than or equal to ${max}`);
    return this;
  }

  required(value: unknown, path: string): this {
    if (value === undefined || value === null) this.#problem('null', path, 'Member must not be null');
    return this;
  }

  matches(value: unknown, path: string, pattern: string): this {
    if (value === undefined || value === null || new RegExp(`^(?:${pattern})$`).test(String(value))) return this;
    this.#add(value, path, `Member must satisfy regular expression pattern: ${pattern}`);
    return this;
  }

  oneOf(value: unknown, path: string, allowed: readonly string[]): this {
    if (value === undefined || value === null || allowed.includes(String(value))) return this;
    this.#add(value, path, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
    return this;
  }

  /** @throws AwsError ValidationException when there is any problem. */
  check(): void {
    const count = this.#problems.length;
    if (count === 0) return;
    const intro = `${count} validation error${count === 1 ? '' : 's'} detected: `;
    throw new AwsError('ValidationException', intro + this.#problems.join('; '));
  }

  #add(value: unknown, path: string, constraint: string): void {
    this.#problem(`'${value}'`, path, constraint);
  }

  #problem(value: string, path: string, constraint: string): void {
    this.#problems.push(`Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`);
  }
}

/**
 * Checks the input of PutJobSuccessResult.
 *
 * @throws AwsError ValidationException or OutputVariablesSizeExceededException.
 */
export function checkSuccess({ jobId, continuationToken, executionDetails = {}, outputVariables = {} }: Input): void {
  const validation = new Validation()
    .required(jobId, 'jobId')
    .matches(jobId, 'jobId', JOB_ID)
    .text(continuationToken, 'continuationToken', { max: 2_048 })
    .text(executionDetails.summary, 'executionDetails.summary', { max: 2_048 })
    .text(executionDetails.externalExecutionId, 'executionDetails.externalExecutionId', { max: 1_500 })
    .number(executionDetails.percentComplete, 'executionDetails.percentComplete', { min: 0, max: 100 });
  const variables = Object.entries<unknown>(outputVariables);
  for (const [name] of variables) validation.matches(name, 'outputVariables', VARIABLE_NAME);
  validation.check();
  if (variables.length > 0 && continuationToken !== undefined) {
    throw new AwsError(
      'ValidationException',
      'outputVariables can be included only when there is no continuation token on the request',
    );
  }
  const size = variables.reduce((sum, [name, value]) => sum + Buffer.byteLength(`${name}${value}`), 0);
  if (size <= OUTPUT_VARIABLES_LIMIT) return;
  throw new AwsError(
    'OutputVariablesSizeExceededException',
    `The output variables have ${size} bytes, the limit is ${OUTPUT_VARIABLES_LIMIT}`,
  );
}

/**
 * Checks the input of PutJobFailureResult.
 *
 * @throws AwsError ValidationException.
 */
export function checkFailure({ jobId, failureDetails }: Input): void {
  new Validation()
    .required(jobId, 'jobId')
    .matches(jobId, 'jobId', JOB_ID)
    .required(failureDetails, 'failureDetails')
    .check();
  const { type, message, externalExecutionId } = failureDetails;
  new Validation()
    .required(type, 'failureDetails.type')
    .oneOf(type, 'failureDetails.type', FAILURE_TYPES)
    .required(message, 'failureDetails.message')
    .text(message, 'failureDetails.message', { max: 5_000 })
    .text(externalExecutionId, 'failureDetails.externalExecutionId', { max: 1_500 })
    .check();
}
