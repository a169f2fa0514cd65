import { AwsError } from '../errors';
import type { Input } from '../protocol/input';
import { number } from './input';

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Token of the next page; undefined on the last page. */
  readonly nextToken: string | undefined;
}

/**
 * @param most Items of a page without MaxRecords.
 * @throws AwsError InvalidNextToken.
 */
export function page<T>(items: readonly T[], { NextToken, MaxRecords }: Input, most: number): Page<T> {
  const start = NextToken === undefined ? 0 : Number(NextToken);
  if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidNextToken', `invalid NextToken '${NextToken}'`);
  const end = start + (MaxRecords === undefined ? most : number(MaxRecords, 'MaxRecords'));
  return { items: items.slice(start, end), nextToken: end < items.length ? String(end) : undefined };
}
