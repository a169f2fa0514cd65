import type { Input } from '../../protocol/input';
import type { Scope } from '../../scope';
import type { CodeStore } from '../code-store';
import type { FunctionStore } from '../function-store';

/** The state that the operations of Lambda's API work on. */
export interface OperationContext {
  readonly scope: Scope;
  readonly functions: FunctionStore;
  readonly code: CodeStore;
  readonly endpointUrl: () => string;
}

/** Path prefix of most operations of Lambda's API. */
export const FUNCTIONS = '/2015-03-31/functions';

/**
 * Cuts a page out of a list.
 *
 * @param size Items in a page, and the largest MaxItems; 50 when absent.
 */
export function page<T>(
  items: readonly T[],
  { Marker, MaxItems }: Input,
  size = 50,
): { items: T[]; NextMarker?: string } {
  const start = Number(Marker ?? 0);
  const end = start + Math.min(Number(MaxItems ?? size), size);
  return { items: items.slice(start, end), ...(end < items.length && { NextMarker: String(end) }) };
}
