import { matchesWildcard } from '../wildcard';
import type { ResourceChange } from './handler-call';
import published from './published-permissions.json';

const PUBLISHED: Readonly<Record<string, Readonly<Record<ResourceChange['operation'], readonly string[]>>>> =
  published.types;

/** @returns Whether AWS publishes the action for an operation on resources of the type, for whichever properties. */
export function isPublished(type: string, operation: ResourceChange['operation'], action: string): boolean {
  return (PUBLISHED[type]?.[operation] ?? []).some((pattern) => matchesWildcard(pattern, action));
}
