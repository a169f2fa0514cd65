import type { Input } from '../../protocol/api';
import type { Scope } from '../../scope';
import type { CodeStore } from '../code-store';
import type { FunctionStore } from '../function-store';

/** What the operations of Lambda's API work on. */
export interface OperationContext {
  readonly scope: Scope;
  readonly functions: FunctionStore;
  readonly code: CodeStore;
  readonly endpointUrl: () => string;
}

/** The path below which most of Lambda's API lies. */
export const FUNCTIONS = '/2015-03-31/functions';

/**
 * Cuts a list as Lambda does.
 *
 * @param size Items a page.
 * @default 50
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
