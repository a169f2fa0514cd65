import { type Canary, canariesOf, type Subject } from '../subject';
import type { Template } from '../template/template';

/** A canary of this release beside the one that is live. */
export interface Update {
  readonly canary: Canary;
  readonly live: Canary;
  readonly deployed: Template;
}

/**
 * The canaries of which two versions will run: those that are live and get a new version. The live version serves the
 * rest of the traffic until the shift has ended.
 */
export function updatesOf({ deployed, canaries }: Subject): readonly Update[] {
  if (!deployed) return [];
  const before = canariesOf(deployed, [], undefined);
  return canaries.flatMap((canary) => {
    const live = before.find(({ aliasId }) => aliasId === canary.aliasId);
    if (!live || live.versionId === canary.versionId || canary.shift?.seconds === 0) return [];
    return [{ canary, live, deployed }];
  });
}
