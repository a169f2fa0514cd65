import { AwsError, Unsupported } from '../errors';
import type { Input } from '../protocol/input';

/**
 * Readers of members of requests and of CloudFormation properties. The same value is a number in JSON and a text in
 * Query and in templates; an instant is tagged in CBOR.
 */

/** @throws AwsError ValidationError when it is not a number. */
export function number(value: unknown, name: string): number {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof read === 'number' && Number.isFinite(read)) return read;
  throw invalid(`'${name}' is ${JSON.stringify(value)}, expected a number`);
}

/** @throws AwsError ValidationError when it is neither true nor false. */
export function boolean(value: unknown, name: string): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw invalid(`'${name}' is ${JSON.stringify(value)}, expected true or false`);
}

/** @throws AwsError ValidationError when it is empty or not a text. */
export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(`'${name}' is ${JSON.stringify(value)}, expected text`);
}

/**
 * @returns Milliseconds since the epoch.
 * @throws AwsError ValidationError when it is not an instant.
 */
export function instant(value: unknown, name: string): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value * 1000;
  if (typeof value === 'object' && value !== null && 'value' in value) return number(value.value, name) * 1000;
  const read = Date.parse(String(value));
  if (Number.isNaN(read)) throw invalid(`'${name}' is ${JSON.stringify(value)}, expected an instant`);
  return read;
}

/**
 * @returns The list; empty when absent. Query sends an empty list as an empty text.
 * @throws AwsError ValidationError when it is not a list.
 */
export function list<T = Input>(value: unknown, name: string): readonly T[] {
  if (value === undefined || value === '') return [];
  if (Array.isArray(value)) return value;
  throw invalid(`'${name}' is ${JSON.stringify(value)}, expected a list`);
}

/** @throws AwsError ValidationError when it is not one of the choices. */
export function oneOf<T extends string>(value: unknown, choices: readonly T[], name: string): T {
  if (choices.includes(value as T)) return value as T;
  throw invalid(`'${name}' is ${JSON.stringify(value)}, expected one of ${choices.join(', ')}`);
}

/** @throws Unsupported with the names of the members of a nested structure that would be ignored. */
export function refuseOthers(structure: Input, known: readonly string[], name: string): void {
  const others = Object.keys(structure).filter((key) => structure[key] !== undefined && !known.includes(key));
  if (others.length > 0) throw new Unsupported(`${name} with ${others.join(', ')}`);
}

/** @returns CloudWatch's error for an invalid request. */
export function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
